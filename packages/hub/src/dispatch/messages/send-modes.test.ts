/** The five ways to say something, on the real codex. */
import { operations } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callRaw, createHubWorld, type HubWorld } from "../../../fixtures/hub-world.ts";
import { openRunningTalk, openTalk } from "../../../fixtures/talk.ts";

const { "sessions.send": send, "messages.get": get, "messages.list": list } = operations;
const { "queue.list": queue } = operations;

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

const newSession = () => openTalk(world.hub, world.model);
const runningTurn = () => openRunningTalk(world.hub, world.model);
const read = async (messageId: string) => (await call(world.hub, get, { messageId })).message;

/** What the user said, as the model was last given it in a session, oldest first. */
const heard = (sessionId: string) =>
  world.model.requests.findLast(({ threadId }) => threadId === sessionId)?.userTexts ?? [];

test("start begins a turn and tells of the message from its making to the end of its turn", async () => {
  using session = await newSession();
  const { sessionId, stream } = session;
  session.model.turn(text("Hello."));
  const sent = await call(world.hub, send, { sessionId, text: "Hi", model: "gpt-5.4" });
  expect(sent).toMatchObject({ status: "accepted", mode: "start", position: null });
  await session.told("completed", sent.messageId);
  expect(await read(sent.messageId)).toMatchObject({
    state: "completed",
    text: "Hi",
    overrides: { model: "gpt-5.4" },
    turnId: sent.turnId,
  });
  const states = stream.events.filter(({ type }) => type.startsWith("message."));
  expect(states.map(({ type }) => type)).toEqual([
    "message.created",
    "message.accepted",
    "message.completed",
  ]);
  // In the order things happened: right behind the end it follows from.
  const types = stream.events.map(({ type }) => type);
  expect(types.at(types.indexOf("message.completed") - 1)).toBe("app_server.turn.completed");
});

test("start on a busy session is refused, and nothing is kept or done", async () => {
  using session = await runningTurn();
  const { sessionId } = session;
  expect(await callRaw(world.hub, send, { sessionId, text: "Too" })).toMatchObject({
    status: 409,
    body: { code: "session_busy", details: { turnId: session.first.turnId } },
  });
  const { data } = await call(world.hub, list, { sessionId });
  expect(data.map(({ text: said }) => said)).toEqual(["Begin"]);
  session.goOn();
  await session.told("completed", session.first.messageId);
});

test("of many starts at the same time one begins a turn and the others find the session busy", async () => {
  using session = await newSession();
  const { sessionId } = session;
  session.model.turn(text(["One", gate("one of many")]));
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      callRaw(world.hub, send, { sessionId, text: `${i}`, mode: "start" }),
    ),
  );
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(11);
  world.model.gate("one of many").release();
});

test("steer joins the turn that runs, and shares its end", async () => {
  using session = await runningTurn();
  const { sessionId, first } = session;
  session.model.turn(text("Both."));
  const steered = await call(world.hub, send, { sessionId, text: "And this", mode: "steer" });
  expect(steered).toMatchObject({ status: "accepted", mode: "steer", turnId: first.turnId });
  session.goOn();
  await session.told("completed", steered.messageId);
  expect(heard(sessionId)).toEqual(expect.arrayContaining(["Begin", "And this"]));
  expect(await read(steered.messageId)).toMatchObject({ state: "completed", turnId: first.turnId });
});

test.each(["steer", "interject"] as const)(
  "%s without a running turn is refused, and no call is made",
  async (mode) => {
    using session = await newSession();
    const { sessionId } = session;
    const refused = await callRaw(world.hub, send, { sessionId, text: "Now", mode });
    expect(refused).toMatchObject({ status: 409, body: { code: "no_active_turn" } });
    expect((await call(world.hub, list, { sessionId })).data).toEqual([]);
  },
);

test("queue on an idle session starts at once, and on a busy one when its turn has ended", async () => {
  using session = await newSession();
  const { sessionId } = session;
  session.model.turn(text(["A", gate("queue first"), "B"]));
  const first = await call(world.hub, send, { sessionId, text: "First", mode: "queue" });
  expect(first).toMatchObject({ status: "accepted", position: null });
  expect(first.turnId).not.toBeNull();
  const second = await call(world.hub, send, { sessionId, text: "Second", mode: "queue" });
  expect(second).toMatchObject({ status: "queued", turnId: null, position: 0 });
  const third = await call(world.hub, send, { sessionId, text: "Third", mode: "queue" });
  expect(third.position).toBe(1);
  const { data, hold } = await call(world.hub, queue, { sessionId });
  expect([data.map(({ text: said }) => said), hold]).toEqual([["Second", "Third"], null]);
  session.model.turn(text("2"), text("3"));
  world.model.gate("queue first").release();
  await session.told("completed", third.messageId);
  expect(heard(sessionId).slice(-3)).toEqual(["First", "Second", "Third"]);
  const starts = session.stream.events.filter(({ type }) => type === "app_server.turn.started");
  expect(starts).toHaveLength(3);
});

test("interject ends the turn that runs, waits until it has, and comes before all that wait, which go on after it", async () => {
  using session = await runningTurn();
  const { sessionId, first, stream } = session;
  const waiting = await call(world.hub, send, { sessionId, text: "Later", mode: "queue" });
  session.model.turn(text("At once."), text("Later."));
  const cut = await call(world.hub, send, { sessionId, text: "Now", mode: "interject" });
  expect(cut).toMatchObject({ status: "accepted", mode: "interject" });
  await session.told("completed", waiting.messageId);
  expect((await read(first.messageId)).state).toBe("interrupted");
  expect((await read(cut.messageId)).state).toBe("completed");
  const marks = stream.events
    .filter(({ type }) => /^app_server\.turn\.(started|completed)$/.test(type))
    .map(({ type, payload }) => [
      type.split(".").at(-1),
      (payload as { params: { turn: { id: string } } }).params.turn.id,
    ]);
  const later = (await read(waiting.messageId)).turnId;
  expect(marks).toEqual([
    ["started", first.turnId],
    ["completed", first.turnId],
    ["started", cut.turnId],
    ["completed", cut.turnId],
    ["started", later],
    ["completed", later],
  ]);
  expect(
    stream.events.some(({ payload }) => JSON.stringify(payload).includes("turn_interrupted")),
  ).toBe(false);
});

test("context tells without a turn, idle or busy, and the model knows it in the next one", async () => {
  using session = await runningTurn();
  const { sessionId } = session;
  const busy = await call(world.hub, send, { sessionId, text: "Plums", mode: "context" });
  expect(busy).toMatchObject({ status: "accepted", mode: "context", turnId: session.first.turnId });
  session.goOn();
  await session.told("completed", busy.messageId);
  const idle = await call(world.hub, send, { sessionId, text: "Pears", mode: "context" });
  expect(await read(idle.messageId)).toMatchObject({ state: "completed", turnId: null });
  session.model.turn(text("Fruit."));
  const next = await call(world.hub, send, { sessionId, text: "What?" });
  await session.told("completed", next.messageId);
  expect(heard(sessionId)).toEqual(expect.arrayContaining(["Plums", "Pears", "What?"]));
  const starts = session.stream.events.filter(({ type }) => type === "app_server.turn.started");
  expect(starts).toHaveLength(2);
});

test("context told in a turn that is interrupted says so, since codex drops it", async () => {
  using session = await runningTurn();
  const { sessionId, first } = session;
  const told = await call(world.hub, send, { sessionId, text: "Plums", mode: "context" });
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  await session.told("interrupted", told.messageId);
  expect(await read(told.messageId)).toMatchObject({ turnId: first.turnId });
  session.model.turn(text("Nothing."));
  const next = await call(world.hub, send, { sessionId, text: "What?" });
  await session.told("completed", next.messageId);
  expect(heard(sessionId)).toContain("What?");
  expect(heard(sessionId)).not.toContain("Plums");
});

test("steer into a turn that is interrupted is kept, and the model knows it in the next one", async () => {
  using session = await runningTurn();
  const { sessionId, first } = session;
  const added = await call(world.hub, send, { sessionId, text: "Plums", mode: "steer" });
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  await session.told("interrupted", added.messageId);
  expect(await read(added.messageId)).toMatchObject({ turnId: first.turnId, error: null });
  session.model.turn(text("Fruit."));
  const next = await call(world.hub, send, { sessionId, text: "What?" });
  await session.told("completed", next.messageId);
  expect(heard(sessionId)).toEqual(expect.arrayContaining(["Plums", "What?"]));
});

test("a follow-up never lowers what the session may do", async () => {
  using session = await newSession();
  const { sessionId } = session;
  await call(world.hub, operations["sessions.controls.apply"], {
    sessionId,
    controls: { filesystemSandbox: "workspace-write", approvalPolicy: "untrusted" },
  });
  for (const mode of ["start", "queue"] as const) {
    const { messageId } = await call(world.hub, send, { sessionId, text: "Go", mode });
    await session.told("completed", messageId);
  }
  const { session: after } = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(after.sessionControls).toMatchObject({
    filesystemSandbox: "workspace-write",
    approvalPolicy: "untrusted",
  });
});
