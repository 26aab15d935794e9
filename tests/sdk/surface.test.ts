import { fingerprintOf, operationHeader, operations, surfaceHeader } from "@signalbox/contract";
import { Signalbox } from "@signalbox/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHubWorld, type HubWorld } from "../../packages/hub/fixtures/hub-world.ts";

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const lastSurface = async (box: Signalbox) => (await box.audit.list({ limit: 1 })).data[0]?.surface;

test("what a program does by the SDK is the SDK's in the audit", async () => {
  await using box = new Signalbox({ url: world.hub.url, token: world.hub.token });
  await box.projects.create({ name: "By a program" });
  expect(await lastSurface(box)).toBe("sdk");
});

test("a surface built on the SDK is named, and says what it means by each operation", async () => {
  const sent: Headers[] = [];
  await using box = new Signalbox({
    url: world.hub.url,
    token: world.hub.token,
    surface: { name: "cli", version: "0.1.0" },
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers));
      return fetch(input, init);
    },
  });
  await box.projects.create({ name: "By the command line" });
  expect(await lastSurface(box)).toBe("cli");
  expect(sent.map((headers) => headers.get(surfaceHeader))).toEqual(["cli", "cli"]);
  expect(sent.map((headers) => headers.get(operationHeader))).toEqual(
    [operations["projects.create"], operations["audit.list"]].map(fingerprintOf),
  );
});
