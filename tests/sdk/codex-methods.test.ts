/** What the SDK reaches of codex beside sessions, through a real hub. */
import type { Signalbox } from "@signalbox/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
let box: Signalbox;
beforeAll(async () => {
  world = await World.start();
  box = world.connect();
});
afterAll(() => world[Symbol.asyncDispose]());

test("codex's catalogs, account and configuration are methods of the client", async () => {
  const { data: models } = await box.models.list({ limit: 1 });
  expect(models.map(({ id }) => id)).toEqual(["mock-model"]);
  const modes = await box.system.collaboration.modes({ limit: 1 });
  expect(modes).toMatchObject({ data: [{ mode: "plan" }], nextCursor: "1" });
  const rest = await box.system.collaboration.modes({ limit: 1, cursor: modes.nextCursor! });
  expect(rest).toMatchObject({ data: [{ mode: "default" }], nextCursor: null });
  expect((await box.system.features.experimental()).data.length).toBeGreaterThan(1);
  expect((await box.account.get()).account).toBeNull();
  const { result } = await box.config.set({
    keyPath: "tui.animations",
    mergeStrategy: "replace",
    value: false,
  });
  expect(result.version).toMatch(/^sha256:/);
  const { config } = await box.config.get();
  expect(config.model).toBe("mock-model");
});

test("any harmless method of app-server can be called, and the others say why they can't", async () => {
  const { result } = await box.appServer.call({ method: "thread/list", params: { limit: 1 } });
  expect(result.data).toEqual([]);
  await expect(
    box.appServer.call({ method: "fs/remove", params: { path: "/tmp/x" } }),
  ).rejects.toMatchObject({
    code: "method_denied",
    category: "authority",
    details: { method: "fs/remove", reason: "deletes" },
  });
  await expect(box.appServer.call({ method: "thread/somethingNew" })).rejects.toMatchObject({
    code: "method_denied",
    details: { reason: "unclassified" },
  });
  await expect(box.runtime.exec({ command: ["true"] })).rejects.toMatchObject({
    code: "operation_disabled",
  });
  await expect(box.skills.remote.get()).rejects.toMatchObject({ code: "method_not_supported" });
  await expect(box.account.rateLimits()).rejects.toMatchObject({ code: "auth_required" });
});

test("the hub gives its whole interface as a document", async () => {
  const document = await box.system.openapi();
  expect(document.paths["/api/sessions/{sessionId}/messages"]).toHaveProperty("post");
});
