/** Waiting for a session, on the real codex. */
import { type InputOf, operations } from "@signalbox/contract";
import {
  execCommand,
  failed,
  functionCall,
  gate,
  holdAt,
  notify,
  on,
  onFirst,
  reply,
  replyError,
  text,
} from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";
import { openElsewhere, speakElsewhere } from "../../fixtures/thread-elsewhere.ts";

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

async function create(): Promise<string> {
  const created = await call(world.hub, operations["sessions.create"], { dynamicTools: [tool] });
  return created.session.sessionId;
}

async function say(sessionId: string): Promise<string> {
  const words = `I am ${sessionId}`;
  const said = { sessionId, text: words };
  return (await call(world.hub, operations["sessions.send_message"], said)).turnId;
}

const wait = (sessionId: string, input: Partial<InputOf<typeof waiting>> = {}) =>
  call(world.hub, waiting, { sessionId, timeoutMs: 60_000, ...input });
const waiting = operations["sessions.wait"];

test("a session nobody has spoken in is idle, and after a turn idle with what was said last", async () => {
  const sessionId = await create();
  const nothing = { sessionId, turnId: null, reply: null, error: null, requests: [] };
  expect(await wait(sessionId)).toEqual({ ...nothing, outcome: "idle" });
  world.model.when(sessionId).turn(text("It is done."));
  const turnId = await say(sessionId);
  expect(await wait(sessionId, { turnId })).toEqual({
    ...nothing,
    outcome: "completed",
    turnId,
    reply: "It is done.",
  });
  // Asked again, and without the turn.
  expect(await wait(sessionId, { turnId })).toMatchObject({ outcome: "completed", turnId });
  expect(await wait(sessionId)).toEqual({
    ...nothing,
    outcome: "idle",
    turnId,
    reply: "It is done.",
  });
  await world.restart();
  expect(await wait(sessionId, { turnId })).toMatchObject({
    outcome: "completed",
    reply: "It is done.",
  });
});

test("the turn that runs is waited for until it ends, also by its handle; time that is over leaves it alone", async () => {
  const sessionId = await create();
  await call(world.hub, operations["sessions.rename"], { sessionId, handle: "@slow" });
  world.model.when(sessionId).turn(text([gate(`hold ${sessionId}`), "At last."]));
  const turnId = await say(sessionId);
  await world.model.gate(`hold ${sessionId}`).reached;
  expect(await wait(sessionId, { timeoutMs: 0 })).toMatchObject({ outcome: "timed_out", turnId });
  expect(await wait(sessionId, { timeoutMs: 1 })).toMatchObject({ outcome: "timed_out", turnId });
  const both = [wait("@slow"), wait(sessionId, { turnId })];
  world.model.gate(`hold ${sessionId}`).release();
  for (const answer of await Promise.all(both)) {
    expect(answer).toMatchObject({ sessionId, outcome: "completed", turnId, reply: "At last." });
  }
});

test("a turn that was asked for and is not told of yet is waited for, and no more once it is refused", async () => {
  const of = { threadId: "{{params.threadId}}" };
  const turn = { id: "short", items: [], itemsView: "notLoaded", error: null };
  await using scripted = await startScriptedHub({
    rules: [
      onFirst(
        1,
        "thread/compact/start",
        reply({}),
        holdAt("begins"),
        notify("turn/started", { ...of, turn: { ...turn, status: "inProgress" } }),
        notify("turn/completed", { ...of, turn: { ...turn, status: "completed" } }),
      ),
      on("thread/turns/list", reply({ data: [], nextCursor: null, backwardsCursor: null })),
      on("thread/compact/start", holdAt("refuses"), replyError(-32600, "Not now")),
    ],
  });
  const { hub, codex } = scripted;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  const compact = () => callRaw(hub, operations["sessions.compact"], { sessionId });
  const look = (timeoutMs: number) => call(hub, waiting, { sessionId, timeoutMs });

  await compact();
  expect(await look(0)).toMatchObject({ outcome: "timed_out", turnId: null });
  const ended = look(60_000);
  codex.gate("begins").release();
  // Idle where the turn was over before the call was read.
  expect(["completed", "idle"]).toContain((await ended).outcome);

  const refused = compact();
  await codex.gate("refuses").reached;
  expect(await look(0)).toMatchObject({ outcome: "timed_out" });
  const nothing = look(60_000);
  codex.gate("refuses").release();
  expect((await refused).status).toBe(409);
  expect(await nothing).toMatchObject({ outcome: "idle" });
});

test("a turn that was interrupted and one that failed end as that, with what went wrong", async () => {
  const sessionId = await create();
  world.model.when(sessionId).turn(text([gate(`stop ${sessionId}`), "never"]));
  const stopped = await say(sessionId);
  await world.model.gate(`stop ${sessionId}`).reached;
  const ends = wait(sessionId);
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  expect(await ends).toMatchObject({ outcome: "interrupted", turnId: stopped, error: null });

  const other = await create();
  world.model.when(other).turn(failed("invalid_prompt", "No such model today"));
  const turnId = await say(other);
  const { outcome, error } = await wait(other, { turnId });
  expect(outcome).toBe("failed");
  expect(error?.message).toContain("No such model today");
  expect(await wait(other, { turnId })).toMatchObject({ outcome: "failed", error });
});

test("a question for a person ends the wait with the question, a tool call and one a policy answers do not", async () => {
  const sessionId = await create();
  const command = execCommand({ cmd: "true", escalate: true });
  world.model.when(sessionId).turn(functionCall("look", {}), command, text("Asked."));
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const turnId = await say(sessionId);
  const waited = wait(sessionId, { turnId });
  const { payload } = await stream.event<{ requestId: string }>("request.opened");
  const open = await wait(sessionId, { turnId, timeoutMs: 0 });
  expect(open).toMatchObject({ outcome: "timed_out", requests: [{ kind: "tool_call" }] });
  await call(world.hub, operations["tool_calls.respond"], {
    requestId: payload.requestId,
    success: true,
    text: "Seen",
  });
  const asked = await waited;
  expect(asked).toMatchObject({
    outcome: "needs_answer",
    turnId,
    requests: [{ kind: "command_approval", state: "pending" }],
  });
  await call(world.hub, operations["requests.respond"], {
    requestId: asked.requests[0]!.requestId,
    answer: { kind: "command_approval", decision: "decline" },
  });
  expect(await wait(sessionId, { turnId })).toMatchObject({
    outcome: "completed",
    reply: "Asked.",
    requests: [],
  });

  await call(world.hub, operations["sessions.policy.set"], { sessionId, mode: "deny" });
  world.model.when(sessionId).turn(command, text("Denied."));
  const denied = await say(sessionId);
  expect(await wait(sessionId, { turnId: denied })).toMatchObject({
    outcome: "completed",
    reply: "Denied.",
  });
});

test("a turn the session does not have, and a session that is deleted meanwhile, are said", async () => {
  const sessionId = await create();
  world.model.when(sessionId).turn(text([gate(`gone ${sessionId}`), "never"]));
  await say(sessionId);
  await world.model.gate(`gone ${sessionId}`).reached;
  const turnId = "01990000-0000-7000-8000-0000000000fe";
  expect(await callRaw(world.hub, waiting, { sessionId, turnId })).toMatchObject({
    status: 404,
    body: { status: "not_found", code: "turn_not_found", details: { sessionId, turnId } },
  });
  const waited = callRaw(world.hub, waiting, { sessionId, timeoutMs: 60_000 });
  await call(world.hub, operations["sessions.delete"], { sessionId });
  expect((await waited).body).toSatisfy((body: { code?: string; outcome?: string }) =>
    // Deleting ends the turn first, which may be what is heard.
    [body.code, body.outcome].some((word) => word === "session_deleted" || word === "interrupted"),
  );
});

test("of another client's session the last turn is told as it is now, each time it is asked for", async () => {
  world.model.when("Hello there").turn(text("Hello yourself."));
  const threadId = await speakElsewhere(world.codex, "Hello there");
  await call(world.hub, operations["sessions.attach"], { threadId });
  expect(await wait(threadId)).toMatchObject({ outcome: "idle", reply: "Hello yourself." });
  {
    await using codex = openElsewhere(world.codex);
    const thread = await codex.resumeThread(threadId);
    world.model.when("Once more").turn(text("And again."));
    await (await thread.startTurn("Once more")).result();
  }
  expect(await wait(threadId)).toMatchObject({ outcome: "idle", reply: "And again." });
  const { data } = await call(world.hub, operations["sessions.transcript.list"], {
    sessionId: threadId,
    order: "oldest",
  });
  expect(data.map(({ content }) => content)).toEqual([
    "Hello there",
    "Hello yourself.",
    "Once more",
    "And again.",
  ]);
});
