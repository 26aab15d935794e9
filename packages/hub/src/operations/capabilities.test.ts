/** What is told of codex, without asking it anything. */
import { methodAccess, operations } from "@signalbox/contract";
import { clientRequests } from "@signalbox/protocol";
import { kill } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, callRaw } from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";

const read = operations["system.capabilities"];

test("every method of codex's own version is available, and codex is asked nothing to find out", async () => {
  await using world = await startScriptedHub({});
  for (const input of [{}, { refresh: true }, { refresh: true }]) {
    const { methods, details, features, runtime } = await call(world.hub, read, input);
    expect(runtime).toMatchObject({ initialized: true, version: "0.169.0" });
    for (const method of Object.keys(clientRequests)) expect(methods[method]).toBe("available");
    expect(details["fs/readFile"]).toEqual({
      status: "available",
      reason: "codex 0.169.0 has it",
      access: "files",
    });
    expect(methods["skills/remote/read"]).toBe("disabled");
    expect(features).toMatchObject({
      sessionFork: true,
      remoteSkillCatalog: false,
      commandExec: false,
    });
  }
  expect(world.asked()).toEqual([]);
});

test("it is what was last seen until it is to be looked at again", async () => {
  await using world = await startScriptedHub({});
  const at = async (refresh?: boolean) =>
    Date.parse((await call(world.hub, read, { refresh })).runtime.capabilitiesLastUpdatedAt ?? "");
  const first = await at();
  while (Date.now() === first);
  expect(await at()).toBe(first);
  const again = await at(true);
  expect(again).toBeGreaterThan(first);
  expect(await at()).toBe(again);
});

test("an older codex has what its own schema says", async () => {
  await using world = await startScriptedHub(
    { version: "0.150.0" },
    { schema: ["thread/list", "skills/remote/read"] },
  );
  const { methods, details, features } = await call(world.hub, read, {});
  expect(methods).toMatchObject({
    "thread/list": "available",
    "skills/remote/read": "available",
    "thread/fork": "disabled",
  });
  expect(details["thread/fork"]).toMatchObject({ reason: "codex 0.150.0 does not have it" });
  expect(features).toMatchObject({ remoteSkillCatalog: true, sessionFork: false });
});

test("of a newer codex nothing is denied that it may have", async () => {
  await using world = await startScriptedHub({ version: "0.300.0" });
  const { methods } = await call(world.hub, read, {});
  expect(methods).toMatchObject({ "thread/fork": "available", "skills/remote/read": "unknown" });
});

test("while codex is away nothing is known of it", async () => {
  await using world = await startScriptedHub({
    rules: [{ method: "model/list", actions: [kill()] }],
  });
  await callRaw(world.hub, operations["models.list"], {});
  const { runtime, methods } = await call(world.hub, read, {});
  expect(runtime).toEqual({ initialized: false, version: null, capabilitiesLastUpdatedAt: null });
  expect(new Set(Object.values(methods))).toEqual(new Set(["unknown"]));
});

test("what this hub was started to allow is told as open", async () => {
  await using world = await startScriptedHub(
    {},
    { hub: { allowExec: true, allowedMethods: ["fs/readFile"] } },
  );
  const { details, features } = await call(world.hub, read, {});
  expect(details["fs/readFile"]?.access).toBe("open");
  expect(details["fs/writeFile"]?.access).toBe(methodAccess("fs/writeFile"));
  expect(features.commandExec).toBe(true);
});
