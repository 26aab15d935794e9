/** What people do with a queue, and what holds it, on the real codex. */
import { operations, queueLimit } from "@signalbox/contract";
import { failed, gate, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callRaw, createHubWorld, type HubWorld } from "../../../fixtures/hub-world.ts";
import { openRunningTalk, openTalk } from "../../../fixtures/talk.ts";

const { "sessions.send": send, "sessions.get": getSession, "messages.get": get } = operations;
const { "queue.list": list, "queue.cancel": cancel, "queue.edit": edit } = operations;
const { "queue.move": move, "queue.resume": resume, "queue.clear": clear } = operations;

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

const running = () => openRunningTalk(world.hub, world.model);

/** Lets these wait in a session; gives their ids. */
async function wait(sessionId: string, ...texts: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const said of texts) {
    const sent = await call(world.hub, send, { sessionId, text: said, mode: "queue" });
    expect(sent).toMatchObject({ status: "queued", position: ids.length });
    ids.push(sent.messageId);
  }
  return ids;
}

const textsOf = async (sessionId: string) =>
  (await call(world.hub, list, { sessionId })).data.map(({ text: said }) => said);

/** What the user said in a session's turns, as the model was last given it. */
const heard = (sessionId: string) =>
  world.model.requests.findLast(({ threadId }) => threadId === sessionId)?.userTexts ?? [];

test("what waits can be taken out, edited and moved, and is then said so and in that order", async () => {
  using talk = await running();
  const { sessionId } = talk;
  const [a, b, c, d] = await wait(sessionId, "A", "B", "C", "D");
  const canceled = await call(world.hub, cancel, { messageId: b! });
  expect(canceled.message).toMatchObject({ state: "canceled", position: null });
  const edited = await call(world.hub, edit, { messageId: a!, text: "A, but better" });
  expect(edited.message).toMatchObject({ text: "A, but better", position: 0 });
  await call(world.hub, move, { messageId: d!, before: a! });
  const moved = await call(world.hub, move, { messageId: a!, before: null });
  expect(moved.data.map(({ messageId, position }) => [messageId, position])).toEqual([
    [d, 0],
    [c, 1],
    [a, 2],
  ]);
  expect((await call(world.hub, getSession, { sessionId })).session.queued).toBe(3);
  talk.goOn();
  await talk.told("completed", a!);
  expect(heard(sessionId).slice(-3)).toEqual(["D", "C", "A, but better"]);
  expect((await call(world.hub, getSession, { sessionId })).session.queued).toBe(0);
});

test("a message whose turn has come can't be taken out, edited or moved any more", async () => {
  using talk = await running();
  const { messageId } = talk.first;
  const calls = [
    callRaw(world.hub, cancel, { messageId }),
    callRaw(world.hub, edit, { messageId, text: "Else" }),
    callRaw(world.hub, move, { messageId, before: null }),
  ];
  for (const answer of await Promise.all(calls)) {
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "message_not_queued", status: "conflict", details: { state: "accepted" } },
    });
  }
  const [waiting] = await wait(talk.sessionId, "A");
  const behindNothing = callRaw(world.hub, move, { messageId: waiting!, before: messageId });
  expect((await behindNothing).body).toMatchObject({ code: "message_not_queued" });
  talk.goOn();
  await talk.told("completed", waiting!);
});

test("of those who take out and edit a message while its turn comes each is right: it is said as it then stands, or not at all", async () => {
  using talk = await running();
  const { sessionId } = talk;
  const [a] = await wait(sessionId, "A");
  talk.goOn();
  const [edited, canceled] = await Promise.all([
    callRaw(world.hub, edit, { messageId: a!, text: "Else" }),
    callRaw(world.hub, cancel, { messageId: a! }),
  ]);
  if (canceled.status !== 200) await talk.told("completed", a!);
  else await talk.told("completed", talk.first.messageId);
  const { message } = await call(world.hub, get, { messageId: a! });
  expect(message.state).toBe(canceled.status === 200 ? "canceled" : "completed");
  if (edited.status === 200) expect(message.text).toBe("Else");
  const said = heard(sessionId).includes(message.text);
  expect(said).toBe(message.state === "completed");
});

test("a queue takes 100 messages and refuses the next by its limit", async () => {
  using talk = await running();
  const { sessionId } = talk;
  expect(queueLimit).toBe(100);
  const all = await Promise.all(
    Array.from({ length: 101 }, (_, i) =>
      callRaw(world.hub, send, { sessionId, text: `${i}`, mode: "queue" }),
    ),
  );
  expect(all.filter(({ status }) => status === 202)).toHaveLength(100);
  expect(all.filter(({ status }) => status === 409).map(({ body }) => body)).toMatchObject([
    { code: "queue_full", retryable: true, details: { limit: 100 } },
  ]);
  const { canceled } = await call(world.hub, clear, { sessionId });
  expect(canceled).toHaveLength(100);
  expect(await textsOf(sessionId)).toEqual([]);
  talk.goOn();
});

test("a turn that is stopped holds what waits until somebody lets it go on", async () => {
  using talk = await running();
  const { sessionId, first } = talk;
  const [a, b] = await wait(sessionId, "A", "B");
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  await talk.told("interrupted", first.messageId);
  const { session } = await call(world.hub, getSession, { sessionId });
  expect(session).toMatchObject({
    status: "idle",
    queued: 2,
    queueHold: { reason: "turn_interrupted", turnId: first.turnId, messageId: first.messageId },
  });
  // What comes behind waits too.
  expect(await call(world.hub, send, { sessionId, text: "C", mode: "queue" })).toMatchObject({
    status: "queued",
    position: 2,
  });
  // And who speaks now does, without letting the others go on.
  const now = await call(world.hub, send, { sessionId, text: "Now" });
  await talk.told("completed", now.messageId);
  expect(await textsOf(sessionId)).toEqual(["A", "B", "C"]);
  await call(world.hub, resume, { sessionId });
  await talk.told("completed", a!);
  await talk.told("completed", b!);
  expect((await call(world.hub, list, { sessionId })).hold).toBeNull();
});

test("a turn that failed holds what waits, and says why it failed", async () => {
  using talk = await openTalk(world.hub, world.model);
  const { sessionId } = talk;
  const held = world.model.gate("about to fail");
  talk.model.turn([gate(held.name), failed("invalid_prompt", "Enough of this.")]);
  const { messageId } = await call(world.hub, send, { sessionId, text: "Go", mode: "queue" });
  await held.reached;
  const [a] = await wait(sessionId, "A");
  held.release();
  const { error } = await talk.told("failed", messageId);
  expect(error).toMatchObject({ code: "codex_error" });
  expect(error?.message).toContain("Enough of this.");
  expect((await call(world.hub, list, { sessionId })).hold).toMatchObject({
    reason: "turn_failed",
    messageId,
  });
  await call(world.hub, resume, { sessionId });
  await talk.told("completed", a!);
});

test("a queue that is cleared starts the next message that comes", async () => {
  using talk = await running();
  const { sessionId, first } = talk;
  await wait(sessionId, "A");
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  await talk.told("interrupted", first.messageId);
  await call(world.hub, clear, { sessionId });
  const next = await call(world.hub, send, { sessionId, text: "B", mode: "queue" });
  expect(next.status).toBe("accepted");
  await talk.told("completed", next.messageId);
  expect(heard(sessionId)).not.toContain("A");
});

test("a turn of another kind only delays what waits", async () => {
  using talk = await openTalk(world.hub, world.model);
  const { sessionId } = talk;
  const begun = await call(world.hub, send, { sessionId, text: "Begin" });
  await talk.told("completed", begun.messageId);
  await call(world.hub, operations["sessions.compact"], { sessionId });
  const { messageId } = await call(world.hub, send, { sessionId, text: "Then", mode: "queue" });
  await talk.told("completed", messageId);
  expect((await call(world.hub, getSession, { sessionId })).session.queueHold).toBeNull();
});

test("what waits in an archived session waits until it is taken out, and nothing more is taken", async () => {
  using talk = await running();
  const { sessionId, first } = talk;
  const [a] = await wait(sessionId, "A");
  await call(world.hub, operations["sessions.archive"], { sessionId });
  await talk.told("interrupted", first.messageId);
  await call(world.hub, resume, { sessionId });
  const refused = await callRaw(world.hub, send, { sessionId, text: "B", mode: "queue" });
  expect(refused).toMatchObject({ status: 409, body: { code: "invalid_state" } });
  expect(await textsOf(sessionId)).toEqual(["A"]);
  await call(world.hub, operations["sessions.unarchive"], { sessionId });
  await talk.told("completed", a!);
});

test("with a session that is deleted its messages go", async () => {
  using talk = await running();
  const { sessionId, first } = talk;
  const [a] = await wait(sessionId, "A");
  await call(world.hub, operations["sessions.delete"], { sessionId });
  for (const messageId of [a!, first.messageId]) {
    expect(await callRaw(world.hub, get, { messageId })).toMatchObject({
      status: 404,
      body: { code: "message_not_found" },
    });
  }
  const gone = await callRaw(world.hub, send, { sessionId, text: "B", mode: "queue" });
  expect(gone).toMatchObject({ status: 410, body: { code: "session_deleted" } });
});

test("messages of sessions the hub runs for itself are listed for those alone who ask for exactly it", async () => {
  const { "sessions.create": create, "messages.list": listAll } = operations;
  const { session } = await call(world.hub, create, { systemOwned: true });
  const { sessionId } = session;
  const input = { sessionId, text: "Tidy up", asSystem: true };
  const { messageId } = await call(world.hub, send, input);
  const all = await call(world.hub, listAll, { limit: 200 });
  expect(all.data.map((one) => one.messageId)).not.toContain(messageId);
  const own = await call(world.hub, listAll, { sessionId });
  expect(own.data.map((one) => one.messageId)).toEqual([messageId]);
  const refused = await callRaw(world.hub, send, { sessionId, text: "Mine" });
  expect(refused.body).toMatchObject({ code: "system_session" });
});

test("every page of the list follows the one before, and what is asked for is all it has", async () => {
  using talk = await running();
  const { sessionId } = talk;
  const ids = await wait(sessionId, "A", "B", "C");
  const { "messages.list": listAll } = operations;
  const page = await call(world.hub, listAll, { sessionId, order: "oldest", limit: 3 });
  expect(page.data.map(({ text: said }) => said)[0]).toBe("Begin");
  const rest = await call(world.hub, listAll, {
    sessionId,
    order: "oldest",
    cursor: page.nextCursor!,
  });
  expect([...page.data, ...rest.data].map(({ messageId }) => messageId)).toEqual([
    talk.first.messageId,
    ...ids,
  ]);
  const waiting = await call(world.hub, listAll, { sessionId, state: "queued" });
  expect(waiting.data.map(({ messageId }) => messageId)).toEqual(ids.toReversed());
  await call(world.hub, clear, { sessionId });
  talk.goOn();
});
