/** Controls and settings on the real codex. */
import {
  type HubEventPayload,
  type InputOf,
  operations,
  settingsDepthLimit,
  settingsKeyLimit,
  settingsSizeLimit,
} from "@signalbox/contract";
import { gate, holdAt, on, onFirst, reply, replyError, text } from "@signalbox/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";

const ops = {
  create: operations["sessions.create"],
  controls: operations["sessions.controls.get"],
  apply: operations["sessions.controls.apply"],
  get: operations["sessions.settings.get"],
  set: operations["sessions.settings.set"],
  unset: operations["sessions.settings.unset"],
  say: operations["sessions.send_message"],
};

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

async function create(hub: HubAddress = world.hub, input: InputOf<typeof ops.create> = {}) {
  return (await call(hub, ops.create, input)).session.sessionId;
}

test("settings are merged, replaced, set one by one and unset; null is a value, and the same again is no change", async () => {
  const { hub } = world;
  const sessionId = await create();
  const set = (input: object) => call(hub, ops.set, { sessionId, ...input });
  expect(await set({ settings: { a: 1, b: { c: [2] } } })).toMatchObject({ status: "ok" });
  expect(await set({ settings: { b: { c: [2] }, a: 1 } })).toMatchObject({ status: "unchanged" });
  expect((await set({ settings: { b: null }, mode: "merge" })).settings).toEqual({ a: 1, b: null });
  expect(await set({ key: "d", value: null })).toMatchObject({ key: "d", status: "ok" });
  expect(await set({ key: "d", value: null })).toMatchObject({ status: "unchanged" });
  const get = (key: string) => call(hub, ops.get, { sessionId, key });
  expect(await get("d")).toMatchObject({ found: true, value: null });
  expect(await get("e")).toMatchObject({ found: false, value: null });
  const unset = (key: string) => call(hub, ops.unset, { sessionId, key });
  expect(await unset("d")).toMatchObject({ status: "ok", removed: true });
  expect(await unset("d")).toMatchObject({ status: "unchanged", removed: false });
  expect((await set({ settings: { z: 1 }, mode: "replace" })).settings).toEqual({ z: 1 });
  expect(await call(hub, ops.get, { sessionId })).toMatchObject({ settings: { z: 1 } });
});

test("a key is any text, in the query and in the path", async () => {
  const { hub } = world;
  const sessionId = await create();
  const key = fc.oneof(
    fc.constantFrom("a/b", "a.b.c", "%2F", "a b", "?x=1&y#z", "ü/😀", "constructor", "toString"),
    fc.string({ minLength: 1, unit: "grapheme", maxLength: 20 }),
  );
  // A path can't end in "." or "..", and JSON can't name a prototype.
  const unusual = new Set([".", "..", "__proto__"]);
  await fc.assert(
    fc.asyncProperty(
      key.filter((name) => !unusual.has(name)),
      async (name) => {
        await call(hub, ops.set, { sessionId, key: name, value: name });
        expect(await call(hub, ops.get, { sessionId, key: name })).toMatchObject({ value: name });
        const { removed, settings } = await call(hub, ops.unset, { sessionId, key: name });
        expect({ removed, settings }).toEqual({ removed: true, settings: {} });
      },
    ),
    { numRuns: 25 },
  );
});

test("settings set at the same time are all kept", async () => {
  const { hub } = world;
  const sessionId = await create();
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  await Promise.all(keys.map((key) => call(hub, ops.set, { sessionId, key, value: key })));
  const { settings } = (await call(hub, ops.get, { sessionId })) as { settings: object };
  expect(Object.keys(settings).toSorted()).toEqual(keys.toSorted());
});

test("settings and keys of the longest size are taken, one more is refused, and what is refused changes nothing", async () => {
  const { hub } = world;
  const sessionId = await create();
  const frame = Buffer.byteLength(JSON.stringify({ a: "" }));
  const largest = "x".repeat(settingsSizeLimit - frame);
  const set = (key: string, value: unknown) => callRaw(hub, ops.set, { sessionId, key, value });
  expect((await set("a", largest)).status).toBe(200);
  expect(await set("a", `${largest}x`)).toMatchObject({
    status: 413,
    body: {
      code: "settings_too_large",
      details: { limit: settingsSizeLimit, size: settingsSizeLimit + 1 },
    },
  });
  expect(await set("b", 1)).toMatchObject({ status: 413 });
  expect(await call(hub, ops.get, { sessionId })).toMatchObject({ settings: { a: largest } });
  await call(hub, ops.unset, { sessionId, key: "a" });
  expect((await set("k".repeat(settingsKeyLimit), 1)).status).toBe(200);
  expect(await set("k".repeat(settingsKeyLimit + 1), 1)).toMatchObject({
    status: 400,
    body: { details: { issues: [{ path: "key" }] } },
  });
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  expect((await set("deep", nested(settingsDepthLimit))).status).toBe(200);
  expect((await set("deep", nested(settingsDepthLimit + 1))).status).toBe(400);
  expect((await set("__proto__", 1)).status).toBe(400);
});

test("settings in two styles, in none, or half of one are refused by the field's name", async () => {
  const { hub } = world;
  const sessionId = await create();
  const refused = async (input: object) => {
    const { status, body } = await callRaw(hub, ops.set, { sessionId, ...input });
    expect(status).toBe(400);
    return (body as { details: { issues: { path: string }[] } }).details.issues[0]!.path;
  };
  expect(await refused({})).toBe("settings");
  expect(await refused({ settings: {}, key: "a", value: 1 })).toBe("key");
  expect(await refused({ key: "a" })).toBe("value");
  expect(await refused({ key: "a", value: 1, mode: "merge" })).toBe("mode");
  expect(await refused({ settings: {}, value: 1 })).toBe("value");
});

test("a change of controls is one event with who made it and what was before, and a row of the transcript and the audit", async () => {
  const { hub } = world;
  const sessionId = await create();
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  const before = (await call(hub, ops.controls, { sessionId })).controls;
  const applied = await call(hub, ops.apply, {
    sessionId,
    controls: { filesystemSandbox: "workspace-write", settings: { token: "hunter2" } },
    actor: "ann",
    source: "panel",
  });
  const after = { ...before, filesystemSandbox: "workspace-write", settings: { token: "hunter2" } };
  expect(applied).toMatchObject({
    status: "ok",
    scope: "session",
    applied: after,
    controls: after,
    summary: expect.stringMatching(/^filesystemSandbox: \S+ -> workspace-write, settings: token$/),
    defaultsEditable: true,
    defaultLockReason: null,
  });
  const again = await call(hub, ops.apply, {
    sessionId,
    controls: { settings: { token: "hunter2" }, filesystemSandbox: "workspace-write" },
  });
  expect(again).toMatchObject({ status: "unchanged", summary: "No change" });
  await call(hub, ops.set, { sessionId, key: "token", value: null });
  await stream.event("session.updated", ({ payload }) => payload.actor === "user");
  const updates = stream.events
    .filter(({ type }) => type === "session.updated")
    .map(({ payload }) => payload as HubEventPayload<"session.updated">);
  expect(updates).toHaveLength(2);
  expect(updates[0]).toMatchObject({
    changed: ["sessionControls"],
    actor: "ann",
    source: "panel",
    previous: { sessionControls: before },
    session: { sessionControls: after },
  });
  expect(updates[1]).toMatchObject({ actor: "user", source: "api" });
  const { data } = await call(hub, operations["sessions.transcript.list"], { sessionId });
  expect(data.map(({ type, content }) => [type, content])).toEqual([
    ["session.controls.updated", applied.summary],
    ["session.controls.updated", "settings: token"],
  ]);
  expect(JSON.parse(data[0]!.details!)).toMatchObject({
    actor: "ann",
    previous: before,
    next: after,
  });
  const audit = await call(hub, operations["audit.list"], { sessionId, actor: "ann" });
  expect(audit.data[0]).toMatchObject({
    operation: "sessions.controls.apply",
    source: "panel",
    details: {
      previous: { filesystemSandbox: before.filesystemSandbox },
      next: { filesystemSandbox: "workspace-write" },
      changedSettings: ["token"],
    },
  });
  expect(JSON.stringify(audit)).not.toContain("hunter2");
});

test("what was applied is what the next turn runs with, also after a restart", async () => {
  await using own = await createHubWorld();
  own.model.respond(() => text("Yes."));
  const sessionId = await create(own.hub);
  const controls = {
    approvalPolicy: "never",
    networkAccess: "enabled",
    filesystemSandbox: "workspace-write",
  } as const;
  await call(own.hub, ops.apply, { sessionId, controls });
  const running = async () => {
    using stream = await StreamClient.open(own.hub, { threadId: sessionId });
    await call(own.hub, ops.say, { sessionId, text: "Go" });
    await stream.event("app_server.turn.completed");
    return (await call(own.hub, ops.controls, { sessionId })).controls;
  };
  expect(await running()).toMatchObject(controls);
  const toldModel = () => JSON.stringify(own.model.requests.at(-1)!.input);
  expect(toldModel()).toMatch(
    /`workspace-write`.*Network access is enabled.*policy is currently never/,
  );
  using stream = await StreamClient.open(own.hub, { threadId: sessionId });
  await call(own.hub, ops.apply, { sessionId, controls: { networkAccess: "restricted" } });
  // Other clients of the thread hear of it at once.
  await stream.event("app_server.thread.settings.updated");
  await call(own.hub, ops.apply, { sessionId, controls });
  await own.restart();
  expect(await running()).toMatchObject(controls);
  const readOnly = { filesystemSandbox: "read-only", networkAccess: "restricted" } as const;
  await call(own.hub, ops.apply, { sessionId, controls: readOnly });
  expect(await running()).toMatchObject({ ...readOnly, approvalPolicy: "never" });
  expect(toldModel().split("sandbox_mode").at(-1)).toMatch(
    /`read-only`.*Network access is restricted/,
  );
});

test("the defaults are what new sessions begin with, and outlive a restart", async () => {
  await using own = await createHubWorld();
  const first = await create(own.hub);
  using stream = await StreamClient.open(own.hub, { threadId: first });
  const defaults = {
    approvalPolicy: "never",
    networkAccess: "enabled",
    filesystemSandbox: "workspace-write",
    settings: { team: "blue" },
  } as const;
  const before = (await call(own.hub, ops.controls, { sessionId: first })).controls;
  await call(own.hub, ops.apply, { sessionId: first, scope: "default", controls: defaults });
  await call(own.hub, ops.set, { sessionId: first, scope: "default", key: "n", value: null });
  await own.restart();
  const state = await call(own.hub, ops.controls, { sessionId: first });
  expect(state.controls).toEqual(before);
  expect(state.defaults).toEqual({ model: null, ...defaults, settings: { team: "blue", n: null } });
  const second = await create(own.hub);
  const third = await create(own.hub, { filesystemSandbox: "read-only" });
  const controlsOf = async (sessionId: string) =>
    (await call(own.hub, ops.controls, { sessionId })).controls;
  expect(await controlsOf(second)).toMatchObject({
    ...defaults,
    settings: { team: "blue", n: null },
  });
  expect(await controlsOf(third)).toMatchObject({ filesystemSandbox: "read-only" });
  const told = stream.events.filter(({ type }) => type === "defaults.updated");
  expect(told.map(({ payload }) => payload)).toMatchObject([
    { actor: "user", source: "ui", previous: { settings: {} } },
    { actor: "user", source: "api", controls: { settings: { n: null } } },
  ]);
});

test("locked defaults are read and not changed; sessions are", async () => {
  await using own = await createHubWorld({ hub: { lockDefaults: true } });
  const sessionId = await create(own.hub);
  const locked = { status: 423, body: { status: "locked", code: "locked", retryable: false } };
  const scope = "default" as const;
  expect(
    await callRaw(own.hub, ops.apply, { sessionId, scope, controls: { model: "m" } }),
  ).toMatchObject(locked);
  expect(await callRaw(own.hub, ops.set, { sessionId, scope, settings: {} })).toMatchObject(locked);
  expect(await callRaw(own.hub, ops.unset, { sessionId, scope, key: "a" })).toMatchObject(locked);
  expect(await call(own.hub, ops.controls, { sessionId })).toMatchObject({
    defaultsEditable: false,
    defaultLockReason: expect.stringContaining("--lock-defaults"),
  });
  await call(own.hub, ops.set, { sessionId, key: "a", value: 1 });
});

test("controls applied while a turn runs hold for the next one", async () => {
  await using own = await createHubWorld();
  const sessionId = await create(own.hub);
  using stream = await StreamClient.open(own.hub, { threadId: sessionId });
  own.model.turn(text(["One ", gate("hold"), "two"]));
  await call(own.hub, ops.say, { sessionId, text: "Count" });
  await own.model.gate("hold").reached;
  const controls = { filesystemSandbox: "read-only", networkAccess: "restricted" } as const;
  await call(own.hub, ops.apply, { sessionId, controls });
  own.model.gate("hold").release();
  await stream.event("app_server.turn.completed");
  own.model.turn(text("Yes."));
  await call(own.hub, ops.say, { sessionId, text: "Go on" });
  await stream.event("app_server.item.completed", ({ payload }) =>
    JSON.stringify(payload).includes("Yes."),
  );
  expect(JSON.stringify(own.model.requests.at(-1)!.input)).toContain("read-only");
  expect((await call(own.hub, ops.controls, { sessionId })).controls).toMatchObject(controls);
});

test("controls that codex refuses are taken back, and nothing is left of them", async () => {
  const refusal = replyError(-32600, "Invalid request: unknown variant");
  await using scripted = await startScriptedHub({
    rules: [on("thread/settings/update", refusal)],
  });
  const sessionId = await create(scripted.hub);
  const before = await call(scripted.hub, ops.controls, { sessionId });
  const refused = await callRaw(scripted.hub, ops.apply, {
    sessionId,
    controls: { model: "no-such-model" },
  });
  expect(refused).toMatchObject({ status: 400, body: { code: "invalid_params" } });
  expect(await call(scripted.hub, ops.controls, { sessionId })).toEqual(before);
});

test("of controls that codex refuses only these are taken back, and not what was changed meanwhile", async () => {
  const refusal = replyError(-32600, "Invalid request: unknown variant");
  await using scripted = await startScriptedHub({
    rules: [onFirst(1, "thread/settings/update", holdAt("refusal"), refusal)],
  });
  const { hub, codex } = scripted;
  const sessionId = await create(hub);
  const { controls: before } = await call(hub, ops.controls, { sessionId });
  const refused = callRaw(hub, ops.apply, { sessionId, controls: { model: "no-such-model" } });
  await codex.processes[0]!.message("thread/settings/update");
  await call(hub, ops.set, { sessionId, key: "kept", value: 1 });
  codex.gate("refusal").release();
  expect(await refused).toMatchObject({ status: 400 });
  const { controls } = await call(hub, ops.controls, { sessionId });
  expect(controls).toEqual({ ...before, settings: { kept: 1 } });
});

test("an approval policy that codex takes its time over leaves what was changed meanwhile", async () => {
  await using scripted = await startScriptedHub({
    rules: [onFirst(1, "thread/settings/update", holdAt("answer"), reply())],
  });
  const { hub, codex } = scripted;
  const sessionId = await create(hub);
  const set = operations["sessions.approval_policy.set"];
  const taken = call(hub, set, { sessionId, approvalPolicy: "untrusted" });
  await codex.processes[0]!.message("thread/settings/update");
  await call(hub, ops.set, { sessionId, key: "kept", value: 1 });
  codex.gate("answer").release();
  await taken;
  const { controls } = await call(hub, ops.controls, { sessionId });
  expect(controls).toMatchObject({ approvalPolicy: "untrusted", settings: { kept: 1 } });
});
