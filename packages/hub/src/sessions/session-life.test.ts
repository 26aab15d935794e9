/** What happens to sessions as a whole, on the real codex. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Operation, operations } from "@signalbox/contract";
import { execCommand, gate, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { startHub } from "../index.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
const turnId = "01990000-0000-7000-8000-0000000000fe";

async function create(hub: HubAddress, input: object = {}) {
  return (await call(hub, operations["sessions.create"], input)).session.sessionId;
}

async function say(hub: HubAddress, sessionId: string, input: object = {}) {
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  const started = await call(hub, operations["sessions.send_message"], {
    sessionId,
    text: "Go",
    ...input,
  });
  await stream.event<{ context: { turnId: string } }>(
    "app_server.turn.completed",
    ({ payload }) => payload.context.turnId === started.turnId,
  );
}

/** Every write to a session, with inputs that are valid in themselves. */
const writes: readonly [Operation, Record<string, unknown>][] = [
  [operations["sessions.rename"], { title: "Other" }],
  [operations["sessions.archive"], {}],
  [operations["sessions.unarchive"], {}],
  [operations["sessions.resume"], {}],
  [operations["sessions.fork"], {}],
  [operations["sessions.compact"], {}],
  [operations["sessions.rollback"], {}],
  [operations["sessions.review"], {}],
  [operations["sessions.background_terminals.clean"], {}],
  [operations["sessions.approval_policy.set"], { approvalPolicy: "never" }],
  [operations["sessions.steer"], { turnId, input: "Stop" }],
  [operations["sessions.send_message"], { text: "Hello" }],
  [operations["sessions.interrupt"], {}],
  [operations["sessions.delete"], {}],
];

/** Status and code of every write, and of reading, tried on a session. */
async function tryAll(hub: HubAddress, sessionId: string) {
  const all = [[operations["sessions.get"], {}] as const, ...writes];
  const answers = all.map(async ([operation, input]) => {
    const { status, body } = await callRaw(hub, operation, { ...input, sessionId });
    return [operation.name, status, (body as { code?: string }).code];
  });
  return Promise.all(answers);
}

test("every change of a session is told by exactly one event, though codex tells of it as well", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  using stream = await StreamClient.open(hub);
  using legacy = await StreamClient.open(hub, { threadId: "another" }, { legacy: true });
  const sessionId = await create(hub);
  model.turn(text("Here."));
  await say(hub, sessionId);
  const title = "Release notes";
  await call(hub, operations["sessions.rename"], { sessionId, title });
  await call(hub, operations["sessions.rename"], { sessionId, title });
  await call(hub, operations["sessions.approval_policy.set"], {
    sessionId,
    approvalPolicy: "never",
  });
  for (let twice = 0; twice < 2; twice += 1) {
    await call(hub, operations["sessions.archive"], { sessionId });
  }
  await stream.event("app_server.thread.archived");
  await call(hub, operations["sessions.unarchive"], { sessionId });
  await stream.event("app_server.thread.unarchived");
  const deleted = await call(hub, operations["sessions.delete"], { sessionId });
  expect(deleted).toEqual({ status: "ok", sessionId, title, deletedFileCount: 1 });
  // What codex still had to say of it comes before this.
  const { sessionId: last } = (await call(hub, operations["sessions.create"], {})).session;
  await stream.event("session.created", ({ threadId }) => threadId === last);
  const told = stream.events
    .filter(({ type, threadId }) => type.startsWith("session.") && threadId !== last)
    .map(({ type, payload }) => [type, (payload as { changed?: string[] }).changed]);
  expect(told).toEqual([
    ["session.created", undefined],
    ["session.updated", ["title"]],
    ["session.updated", ["sessionControls"]],
    ["session.archived", undefined],
    ["session.unarchived", undefined],
    ["session.deleted", undefined],
  ]);
  // The end of a session concerns everybody.
  const view = await legacy.event("session_deleted");
  expect(view).toMatchObject({
    threadId: sessionId,
    payload: { status: "deleted", sessionId, title },
  });
});

test("a deleted session is gone with its history, and stays known as deleted after a restart", async () => {
  await using world = await createHubWorld();
  const { model } = world;
  const sessionId = await create(world.hub, { dynamicTools: [tool] });
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  model.turn(text(["One ", gate("hold"), "moment"]));
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" });
  await model.gate("hold").reached;
  // Also in the middle of a turn.
  await call(world.hub, operations["sessions.delete"], { sessionId });
  const gone = await callRaw(world.hub, operations["sessions.get"], { sessionId });
  expect(gone).toMatchObject({
    status: 410,
    body: { status: "deleted", code: "session_deleted", details: { sessionId, title: "New chat" } },
  });
  await create(world.hub);
  using all = await StreamClient.open(world.hub, { threadId: sessionId });
  await create(world.hub);
  const ending = await stream.event("session.deleted");
  expect(
    stream.events.filter(({ seq, type }) => seq > ending.seq && type.startsWith("app_")),
  ).toEqual([]);
  expect(all.events).toEqual([]);
  await world.restart();
  expect(await callRaw(world.hub, operations["sessions.get"], { sessionId })).toEqual(gone);
  for (const [name, status, code] of await tryAll(world.hub, sessionId)) {
    expect([name, status, code]).toEqual([name, 410, "session_deleted"]);
  }
  const { data } = await call(world.hub, operations["sessions.list"], {});
  expect(data.map((session) => session.sessionId)).not.toContain(sessionId);
});

test("of a session that does not exist every operation says so in the same way, and leaves nothing behind", async () => {
  await using world = await createHubWorld();
  for (const sessionId of ["01990000-0000-7000-8000-0000000000ff", "not-even-an-id"]) {
    for (const [name, status, code] of await tryAll(world.hub, sessionId)) {
      expect([name, status, code]).toEqual([name, 404, "session_not_found"]);
    }
  }
  expect((await call(world.hub, operations["sessions.list"], {})).data).toEqual([]);
});

test("another client's session can be renamed and read, and every other write is refused", async () => {
  await using world = await createHubWorld();
  const sessionId = await create(world.hub);
  await world.hub.close();
  const database = new DatabaseSync(join(world.home, "signalbox.db"));
  database.exec("UPDATE session SET authority = 'attached'");
  database.close();
  await world.restart();
  for (const [name, status, code] of await tryAll(world.hub, sessionId)) {
    const isAllowed = name === "sessions.get" || name === "sessions.rename";
    expect([name, status, code]).toEqual(
      isAllowed ? [name, 200, undefined] : [name, 403, "session_attached"],
    );
  }
});

test("what a message overrides holds for its turn and is told as no change of the session", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const sessionId = await create(hub, { filesystemSandbox: "workspace-write" });
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  const escalated = () => execCommand({ cmd: "true", escalate: true });
  model.turn(text("Zero."));
  await say(hub, sessionId);
  model.turn(escalated(), text("One."));
  // Nobody is asked in this turn.
  await say(hub, sessionId, {
    model: "m2",
    effort: "high",
    approvalPolicy: "never",
    filesystemSandbox: "danger-full-access",
  });
  expect(stream.events.map(({ type }) => type)).not.toContain("request.opened");
  // Codex has the session's own settings again, for turns that others start.
  const restored = await stream.event<{
    params: { threadSettings: { model: string; effort?: string | null; sandboxPolicy: object } };
  }>(
    "app_server.thread.settings.updated",
    ({ payload }) => payload.params.threadSettings.model === "mock-model",
  );
  expect(restored.payload.params.threadSettings.effort ?? null).toBe(null);
  expect(restored.payload.params.threadSettings).toMatchObject({
    approvalPolicy: "on-request",
    sandboxPolicy: { type: "workspaceWrite" },
  });
  const { session } = await call(hub, operations["sessions.get"], { sessionId });
  expect(session).toMatchObject({
    effort: null,
    sessionControls: {
      model: "mock-model",
      approvalPolicy: "on-request",
      filesystemSandbox: "workspace-write",
      networkAccess: "restricted",
    },
  });
  // In the next one somebody is.
  model.turn(escalated(), text("Two."));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Again" });
  const { payload } = await stream.event("request.opened");
  await call(hub, operations["approvals.decide"], {
    approvalId: String(payload.requestId),
    decision: "decline",
  });
  await stream.event("app_server.item.completed", ({ payload }) =>
    JSON.stringify(payload).includes("Two."),
  );
  const [plain, ...later] = model.requests.map(({ body }) => [
    body.model,
    (body as { reasoning?: { effort?: string } }).reasoning?.effort,
  ]);
  expect(plain![0]).toBe("mock-model");
  expect(later).toEqual([["m2", "high"], ["m2", "high"], plain, plain]);
  expect(stream.events.map(({ type }) => type)).not.toContain("session.updated");
});

test("settings that stick are told once and hold after a restart", async () => {
  await using world = await createHubWorld();
  const { model } = world;
  const sessionId = await create(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  model.turn(text("One."));
  await say(world.hub, sessionId, { sticky: true, model: "m2", effort: "high" });
  expect(
    stream.events.filter(({ type }) => type === "session.updated").map(({ payload }) => payload),
  ).toMatchObject([{ changed: ["sessionControls", "effort"], session: { effort: "high" } }]);
  await world.restart();
  model.turn(text("Two."));
  await say(world.hub, sessionId);
  const { body } = model.requests.at(-1)!;
  expect(body).toMatchObject({ model: "m2", reasoning: { effort: "high" } });
});

test("a copy has the history, the settings and the tools of its source, and goes its own way", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const source = await create(hub, {
    filesystemSandbox: "workspace-write",
    networkAccess: "enabled",
    approvalPolicy: "never",
    dynamicTools: [tool],
  });
  model.turn(text("First."));
  await say(hub, source);
  const { session } = await call(hub, operations["sessions.fork"], { sessionId: source });
  expect(session).toMatchObject({
    title: "New chat",
    materialized: true,
    sessionControls: {
      approvalPolicy: "never",
      networkAccess: "enabled",
      filesystemSandbox: "workspace-write",
    },
  });
  model.turn(text("Second."));
  await say(hub, session.sessionId);
  expect(model.requests.at(-1)!.tools.map(({ name }) => name)).toContain("look");
  const said = async (sessionId: string) =>
    (await call(hub, operations["sessions.get"], { sessionId })).transcript.map(
      ({ content }) => content,
    );
  expect(await said(session.sessionId)).toEqual(["Go", "First.", "Go", "Second."]);
  expect(await said(source)).toEqual(["Go", "First."]);
  // Codex keeps a history that a copy still needs.
  expect(await callRaw(hub, operations["sessions.delete"], { sessionId: source })).toMatchObject({
    status: 409,
    body: { code: "invalid_state" },
  });
});

test("turns are taken back from the newest, and a review can run in a copy", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const sessionId = await create(hub);
  model.turn(text("One."), text("Two."), text("Three."));
  for (let turn = 0; turn < 3; turn += 1) await say(hub, sessionId);
  await call(hub, operations["sessions.rollback"], { sessionId, numTurns: 2 });
  const { thread } = await call(hub, operations["sessions.get"], { sessionId });
  expect(thread.turns).toHaveLength(1);
  model.turn(text("Nothing to find."));
  const { result } = await call(hub, operations["sessions.review"], {
    sessionId,
    delivery: "detached",
    targetType: "custom",
    instructions: "Look for races",
  });
  expect(result.reviewThreadId).not.toBe(sessionId);
  const review = await call(hub, operations["sessions.get"], { sessionId: result.reviewThreadId });
  expect(review.session.authority).toBe("owned");
});

test("a thread the hub does not keep becomes a session when it is resumed", async () => {
  await using world = await createHubWorld();
  const { codex, model } = world;
  const home = await mkdtemp(join(tmpdir(), "signalbox-hub-"));
  const other = await startHub({
    home,
    port: 0,
    env: codex.env,
    cwd: codex.workspace,
    log: { destination: { write: () => {} } },
  });
  const sessionId = await create(other);
  model.turn(text("Elsewhere."));
  await say(other, sessionId);
  await other.close();
  await rm(home, { recursive: true });

  using stream = await StreamClient.open(world.hub);
  expect((await callRaw(world.hub, operations["sessions.get"], { sessionId })).status).toBe(404);
  const { session } = await call(world.hub, operations["sessions.resume"], { sessionId });
  expect(session).toMatchObject({ sessionId, authority: "owned", preview: "Go" });
  await stream.event("session.created", ({ threadId }) => threadId === sessionId);
  model.turn(text("Here."));
  await say(world.hub, sessionId);
  // Resumed once more, it is the same session.
  await call(world.hub, operations["sessions.resume"], { sessionId });
  expect(stream.events.filter(({ type }) => type === "session.created")).toHaveLength(1);
});
