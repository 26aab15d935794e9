/** Answers of codex that come late, twice told, or not at all: a scripted codex gives them. */
import { operations } from "@signalbox/contract";
import {
  agentMessage,
  holdAt,
  neverAnswer,
  notify,
  on,
  onFirst,
  overloaded,
  reply,
  replyError,
  turnCompleted,
  turnStarted,
  userMessage,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  fetchJson,
  type HubAddress,
  StreamClient,
} from "../../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../../fixtures/scripted-hub.ts";

const { "sessions.send": send, "messages.get": get, "messages.list": list } = operations;
const { "queue.list": listQueue, "sessions.create": create } = operations;

const newSession = async (hub: HubAddress) => (await call(hub, create, {})).session.sessionId;
const read = async (hub: HubAddress, messageId: string) =>
  (await call(hub, get, { messageId })).message;

/** Sends under a caller's key. */
const callOnce = (hub: HubAddress, { sessionId, text }: Record<string, string>, key: string) =>
  fetchJson(hub, `/api/sessions/${sessionId}/send`, {
    method: "POST",
    headers: { "idempotency-key": key },
    body: JSON.stringify({ text }),
  });

/** The end of the turn that is being interrupted. */
const interruptedTurn = () => {
  const { threadId, turnId: id } = { threadId: "{{params.threadId}}", turnId: "{{params.turnId}}" };
  const turn = { id, items: [], itemsView: "notLoaded", status: "interrupted", error: null };
  return [
    notify("thread/status/changed", { threadId, status: { type: "idle" } }),
    notify("turn/completed", { threadId, turn }),
  ];
};

test.each([
  ["completed", [...turnStarted(), ...userMessage(), ...agentMessage("x"), ...turnCompleted()]],
  ["failed", [...turnStarted(), ...turnCompleted("failed")]],
] as const)(
  "a turn that was over (%s) before the answer that names it is over for its message",
  async (state, turn) => {
    await using world = await startScriptedHub({ rules: [on("turn/start", ...turn, reply())] });
    const sessionId = await newSession(world.hub);
    const { messageId, turnId } = await call(world.hub, send, { sessionId, text: "Go" });
    expect(await read(world.hub, messageId)).toMatchObject({ state, turnId });
    // So the next one finds the session idle.
    expect((await callRaw(world.hub, send, { sessionId, text: "Again" })).status).toBe(202);
  },
);

test("codex's own event settles a message whose answer does not come, and frees its session", async () => {
  await using world = await startScriptedHub({
    rules: [on("turn/start", ...turnStarted(), ...userMessage(), ...turnCompleted())],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const first = await call(world.hub, send, { sessionId, text: "Go", effort: "high" });
  // What held for one turn is put back, as behind an answer.
  expect(world.asked().at(-1)).toBe("thread/settings/update");
  const second = await call(world.hub, send, { sessionId, text: "On", mode: "queue" });
  const third = await call(world.hub, send, { sessionId, text: "And on", mode: "queue" });
  await stream.event<{ message: { messageId: string } }>(
    "message.completed",
    ({ payload }) => payload.message.messageId === third.messageId,
  );
  const { data } = await call(world.hub, list, { sessionId, order: "oldest" });
  expect(data.map(({ messageId, state }) => [messageId, state])).toEqual(
    [first, second, third].map(({ messageId }) => [messageId, "completed"]),
  );
  expect(new Set([first.turnId, ...data.map(({ turnId }) => turnId)]).size).toBe(3);
});

test.each([
  ["of success", reply({ turn: { id: "late", items: [], status: "inProgress", error: null } })],
  ["of failure", replyError(-32603, "Too late.")],
])("an answer %s that comes after codex's own event changes nothing", async (_what, late) => {
  const heard = [...turnStarted(), ...userMessage()];
  await using world = await startScriptedHub({
    rules: [
      onFirst(1, "turn/start", ...heard, ...turnCompleted(), holdAt("late"), late),
      onFirst(1, "turn/start", reply(), ...heard, holdAt("end"), ...turnCompleted()),
    ],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const completed = (messageId: string) =>
    stream.event<{ message: { messageId: string } }>(
      "message.completed",
      ({ payload }) => payload.message.messageId === messageId,
    );
  const first = await call(world.hub, send, { sessionId, text: "Go" });
  await completed(first.messageId);
  const second = await call(world.hub, send, { sessionId, text: "On" });
  world.codex.gate("late").release();
  // Codex writes in order, so an answer to this comes behind the late one.
  await callRaw(world.hub, operations["models.list"], {});
  expect(await read(world.hub, first.messageId)).toMatchObject({
    state: "completed",
    turnId: first.turnId,
    error: null,
  });
  expect((await callRaw(world.hub, send, { sessionId, text: "Busy" })).body).toMatchObject({
    code: "session_busy",
  });
  world.codex.gate("end").release();
  await completed(second.messageId);
  const types = stream.events.map(({ type }) => type);
  expect(types.filter((type) => /refused|ambiguous|failed/.test(type))).toEqual([]);
});

test.each([
  ["did not tell of", [], expect.objectContaining({ code: "codex_error" })],
  ["told of", userMessage(), null],
] as const)(
  "an interrupted message that codex %s in its turn says so",
  async (_what, told, why) => {
    await using world = await startScriptedHub({
      rules: [
        on("turn/start", reply(), ...turnStarted(), ...told),
        on("turn/interrupt", reply({}), ...interruptedTurn()),
      ],
    });
    const sessionId = await newSession(world.hub);
    using stream = await StreamClient.open(world.hub, { threadId: sessionId });
    const { messageId } = await call(world.hub, send, { sessionId, text: "Go" });
    await call(world.hub, operations["sessions.interrupt"], { sessionId });
    await stream.event("message.interrupted");
    expect((await read(world.hub, messageId)).error).toEqual(why);
  },
);

test("context that is told while a turn is about to run shares that turn's end", async () => {
  await using world = await startScriptedHub({
    rules: [
      on("turn/start", holdAt("start"), reply(), ...turnStarted()),
      on("thread/inject_items", reply({}), holdAt("told")),
      on("turn/interrupt", reply({}), ...interruptedTurn()),
    ],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const first = call(world.hub, send, { sessionId, text: "Go" });
  await world.codex.gate("start").reached;
  const told = call(world.hub, send, { sessionId, text: "Plums", mode: "context" });
  await world.codex.gate("told").reached;
  world.codex.gate("start").release();
  const { messageId, turnId } = await told;
  expect(turnId).toBe((await first).turnId);
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  await stream.event<{ message: { messageId: string } }>(
    "message.interrupted",
    ({ payload }) => payload.message.messageId === messageId,
  );
});

test("a message for which codex has no time waits on, and is said when it has", async () => {
  await using world = await startScriptedHub({
    rules: [
      onFirst(1, "turn/start", reply(), ...turnStarted(), holdAt("first"), ...turnCompleted()),
      overloaded(8, "turn/start"),
    ],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, send, { sessionId, text: "First" });
  const { messageId } = await call(world.hub, send, { sessionId, text: "Then", mode: "queue" });
  world.codex.gate("first").release();
  await stream.event<{ message: { messageId: string } }>(
    "message.completed",
    ({ payload }) => payload.message.messageId === messageId,
  );
  const types = stream.events.map(({ type }) => type);
  expect(types).toContain("message.queued");
  expect(types).not.toContain("message.refused");
  expect((await call(world.hub, listQueue, { sessionId })).hold).toBeNull();
});

test("a message that codex refuses in its turn says why, and holds what is behind it", async () => {
  await using world = await startScriptedHub({
    rules: [
      onFirst(1, "turn/start", reply(), ...turnStarted(), holdAt("first"), ...turnCompleted()),
      onFirst(1, "turn/start", replyError(-32603, "No, not this.")),
    ],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, send, { sessionId, text: "First" });
  const bad = await call(world.hub, send, { sessionId, text: "Bad", mode: "queue" });
  const behind = await call(world.hub, send, { sessionId, text: "Behind", mode: "queue" });
  world.codex.gate("first").release();
  await stream.event("message.refused");
  expect(await read(world.hub, bad.messageId)).toMatchObject({
    state: "refused",
    turnId: null,
    error: { code: "codex_error", message: expect.stringContaining("No, not this.") as string },
  });
  const { hold, data } = await call(world.hub, listQueue, { sessionId });
  expect(hold).toMatchObject({ reason: "refused", messageId: bad.messageId });
  expect(data.map(({ messageId }) => messageId)).toEqual([behind.messageId]);
  const { data: entries } = await call(world.hub, operations["audit.list"], { sessionId });
  expect(entries.filter(({ source }) => source === "queue")).toMatchObject([
    {
      surface: "hub",
      operation: "sessions.send",
      outcome: "codex_error",
      details: { messageId: bad.messageId },
    },
  ]);
});

test("who cuts in starts no turn before the one that was interrupted has ended, and keeps its place till then", async () => {
  await using world = await startScriptedHub({
    rules: [
      onFirst(1, "turn/start", reply(), ...turnStarted()),
      on("turn/interrupt", reply(), holdAt("ending"), ...interruptedTurn()),
    ],
  });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, send, { sessionId, text: "First" });
  await stream.event("app_server.turn.started");
  const then = await call(world.hub, send, { sessionId, text: "Then", mode: "queue" });
  const cutting = call(world.hub, send, { sessionId, text: "Now", mode: "interject" });
  await world.codex.gate("ending").reached;
  const starts = () =>
    world.codex.processes
      .flatMap(({ received }) => received.flatMap(({ message }) => message ?? []))
      .filter(({ method }) => method === "turn/start")
      .map(({ params }) => (params as { input: { text: string }[] }).input[0]?.text);
  expect(starts()).toEqual(["First"]);
  // Nor can anybody take its place meanwhile.
  const [cut] = (await call(world.hub, listQueue, { sessionId })).data;
  const { messageId } = then;
  const move = callRaw(world.hub, operations["queue.move"], { messageId, before: cut!.messageId });
  expect(await move).toMatchObject({
    status: 409,
    body: { code: "goes_first", details: { messageId: cut!.messageId } },
  });
  world.codex.gate("ending").release();
  expect((await cutting).status).toBe("accepted");
  expect(starts().slice(0, 2)).toEqual(["First", "Now"]);
});

test("who cuts into a turn that does not end is told so after a while, and nothing is said", async () => {
  await using world = await startScriptedHub(
    {
      rules: [on("turn/start", reply(), ...turnStarted()), on("turn/interrupt", reply())],
    },
    { hub: { interjectPatience: 100 } },
  );
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, send, { sessionId, text: "First" });
  await stream.event("app_server.turn.started");
  const { status, body } = await callRaw(world.hub, send, {
    sessionId,
    text: "Now",
    mode: "interject",
  });
  expect([status, body]).toMatchObject([409, { code: "session_busy", retryable: true }]);
  const { messageId } = (body as { details: { messageId: string } }).details;
  expect((await read(world.hub, messageId)).state).toBe("refused");
  expect(world.asked().filter((method) => method === "turn/start")).toHaveLength(1);
});

test("a message that is sent many times at once under one key is said once, and all are told the same", async () => {
  await using world = await startScriptedHub({});
  const sessionId = await newSession(world.hub);
  const input = { sessionId, text: "Once" };
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => callOnce(world.hub, input, "the-same-key")),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(world.asked().filter((method) => method === "turn/start")).toHaveLength(1);
});

test("a hub that is closed in the midst of a message says that its outcome is unknown", async () => {
  await using world = await startScriptedHub({ rules: [neverAnswer("turn/start")] });
  const sessionId = await newSession(world.hub);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const sending = callRaw(world.hub, send, { sessionId, text: "Go" }).catch(() => undefined);
  await stream.event("message.created");
  await world.hub.close();
  const answer = await sending;
  if (answer !== undefined) expect(answer.body).toMatchObject({ code: "outcome_unknown" });
  expect(world.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
});
