/** The hub's HTTP interface, by hand. */
import { expect } from "vitest";
import { callRaw } from "../../packages/hub/fixtures/hub-world.ts";
import type { Surface } from "./surface.ts";

export const http: Surface = {
  name: "http",
  async call(hub, operation, input) {
    const { status, body } = await callRaw(hub, operation, input);
    if (status === (operation.http.success ?? 200)) return { output: body };
    expect(status).toBeGreaterThanOrEqual(400);
    return { error: body as { code: string; message: string } };
  },
};
