/** The hub serves what its document says, and the document says all it serves. */
import { type OpenApiDocument, operations, toOpenApi } from "@signalbox/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHubWorld, fetchJson, type HubWorld } from "../../fixtures/hub-world.ts";
import { handlers } from "../operations/handlers.ts";
import { createApp } from "./app.ts";

let world: HubWorld;
let document: OpenApiDocument;
beforeAll(async () => {
  world = await createHubWorld();
  const { status, body } = await fetchJson(world.hub, "/api/openapi.json");
  expect(status).toBe(200);
  document = body as OpenApiDocument;
});
afterAll(() => world[Symbol.asyncDispose]());

const documented = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

test("the hub's routes are the document's paths and methods", () => {
  // Routes are laid out before anything is served, so nothing of a hub is needed to list them.
  const routes = createApp({} as never)
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(routes.toSorted()).toEqual(documented().toSorted());
});

test("each answers, and no other method of the same path does", async () => {
  // A route such as /api/sessions/{sessionId} takes a request for /api/sessions/plan too, where the method is its own.
  const served = documented().map(
    (route) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  );
  for (const path of Object.keys(document.paths)) {
    const real = path.replaceAll(/\{\w+\}/g, "none");
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      // Neither can be a request of any operation, so nothing is done.
      const init = method === "GET" || method === "DELETE" ? {} : { body: "{" };
      const response = await fetch(`${world.hub.url}${real}?no_such_field=1`, {
        method,
        headers: { authorization: `Bearer ${world.hub.token}` },
        ...init,
      });
      const text = await response.text();
      const isUnknown = text.includes('"code":"route_not_found"');
      const isServed = served.some((route) => route.test(`${method} ${real}`));
      expect([method, path, isUnknown]).toEqual([method, path, !isServed]);
    }
  }
});

test("handlers, operations and the document name the same", () => {
  const names = Object.keys(operations).toSorted();
  expect(Object.keys(handlers).toSorted()).toEqual(names);
  const ids = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .filter((object) => object["x-signalbox"] !== undefined)
    .map(({ operationId }) => operationId);
  expect(ids.toSorted()).toEqual(names);
  expect(document).toEqual(
    JSON.parse(JSON.stringify(toOpenApi(operations, document.info.version))),
  );
});

test("the document needs the token like everything else", async () => {
  expect((await fetch(`${world.hub.url}/api/openapi.json`)).status).toBe(401);
});
