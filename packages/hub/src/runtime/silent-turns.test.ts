/** Turns of which nothing is heard: codex is asked whether they run, and read where they don't. */
import { operations, SignalboxError } from "@signalbox/contract";
import { holdAt, notify, on, reply, request, turnStarted } from "@signalbox/testing";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { call, StreamClient } from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";
import { openDatabase } from "../store/database.ts";
import { SilentTurns } from "./silent-turns.ts";
import { ThreadProgress } from "./thread-progress.ts";

afterEach(() => void vi.useRealTimers());

const threadId = "{{params.threadId}}";
const statusOf = (type: string, ...activeFlags: string[]) => ({
  thread: { id: threadId, ephemeral: false, status: { type, activeFlags } },
});

/** A hub whose codex began a turn and says no more of it. */
async function startSilent(...rules: ReturnType<typeof on>[]) {
  const world = await startScriptedHub(
    { rules: [on("turn/start", reply(), ...turnStarted()), ...rules] },
    { hub: { silentAfter: 20 } },
  );
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const { turnId } = await call(world.hub, operations["sessions.send"], { sessionId, text: "Go" });
  return { world, stream, turnId };
}

test("the end of a turn that codex never told is read where its thread is idle, and told once", async () => {
  const turn = { id: "turn-1", items: [], status: "completed", error: null, completedAt: 1 };
  const { world, stream, turnId } = await startSilent(
    on("thread/read", reply(statusOf("idle"))),
    on("thread/turns/list", reply({ data: [turn], nextCursor: null })),
  );
  await using _world = world;
  using _stream = stream;
  await stream.event("message.completed");
  const ends = stream.events.filter(({ type }) => type === "app_server.turn.completed");
  expect(ends).toMatchObject([{ payload: { recovered: true, params: { turn: { id: turnId } } } }]);
});

test("a question that codex waits for and never asked the hub is asked again", async () => {
  const question = { threadId, turnId: "turn-1", itemId: "call", command: "true" };
  const { world, stream } = await startSilent(
    on("thread/read", reply(statusOf("active", "waitingOnApproval"))),
    on(
      "thread/resume",
      reply(),
      request("q", "item/commandExecution/requestApproval", question),
      notify("warning", { message: "asked", threadId }),
    ),
    on("thread/turns/list", reply({ data: [], nextCursor: null })),
  );
  await using _world = world;
  using _stream = stream;
  const { payload } = await stream.event<{ itemId: string }>("request.opened");
  expect(payload.itemId).toBe("call");
});

test("a hub ends at once though codex was asked for a silent turn and does not answer", async () => {
  const { world, stream } = await startSilent(on("thread/read", holdAt("asked")));
  await using _world = world;
  using _stream = stream;
  await world.codex.gate("asked").reached;
  await world.hub.close();
  // Sooner than the answer would be given up.
}, 20_000);

/** Looks at one silent thread on a clock of its own; `status` is what codex says of it. */
function createSilence(status: () => unknown) {
  vi.useFakeTimers();
  const progress = new ThreadProgress(openDatabase(":memory:"));
  const tell = (type: string) =>
    progress.apply({ type, threadId: "t", value: { params: { turn: { id: "a" } } } } as never);
  tell("app_server.turn.started");
  const state = { isReady: true, isWritable: true, isAsking: false };
  const read: number[] = [];
  const looked: number[] = [];
  let round = 0;
  const turns = new SilentTurns(
    {
      runtime: {
        get isReady() {
          return state.isReady;
        },
        async request() {
          read.push(round);
          const given = status();
          if (given instanceof Error) throw given;
          return { thread: { status: given } };
        },
        async lookAgain() {
          looked.push(round);
        },
      } as never,
      progress,
      isAsking: () => state.isAsking,
      isWritable: () => state.isWritable,
      log: pino({ level: "silent" }),
    },
    1_000,
  );
  const rounds = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      round += 1;
      await vi.advanceTimersByTimeAsync(1_000);
    }
  };
  const hear = () => turns.follow([{ threadId: "t" } as never]);
  return { turns, state, read, looked, rounds, hear, tell };
}

const active = (...activeFlags: string[]) => ({ type: "active", activeFlags });

test("a turn that runs is asked for after a silent round, then ever more seldom", async () => {
  const { turns, read, looked, rounds } = createSilence(() => active());
  await rounds(130);
  expect(read).toEqual([2, 4, 8, 16, 32, 64, 96, 128]);
  expect(looked).toEqual([]);
  await turns.stop();
  await rounds(64);
  expect(read).toHaveLength(8);
});

const asks = active("waitingOnApproval");
const notLoaded = new SignalboxError("session_not_found", "There is none.");
const timeout = new SignalboxError("codex_timeout", "No answer.");

test.each([
  ["idle", "is read again", { type: "idle" }, false],
  ["not loaded", "is read again", notLoaded, false],
  ["waiting for an answer nobody was asked for", "is read again", asks, false],
  ["waiting for an answer somebody was asked for", "is left", asks, true],
  ["not to be asked for", "is left", timeout, false],
])("a thread with a silent turn that is %s %s", async (_, outcome, status, isAsking) => {
  const { state, looked, rounds } = createSilence(() => status);
  state.isAsking = isAsking;
  await rounds(2);
  expect(looked).toEqual(outcome === "is left" ? [] : [2]);
});

test("what is heard, or can't be heard or stored now, is no silence", async () => {
  const { state, read, rounds, hear, tell } = createSilence(() => active());
  for (let n = 0; n < 5; n += 1) {
    hear();
    await rounds(1);
  }
  state.isReady = false;
  await rounds(5);
  state.isReady = true;
  state.isWritable = false;
  await rounds(5);
  state.isWritable = true;
  expect(read).toEqual([]);
  await rounds(1);
  expect(read).toEqual([16]);
  tell("app_server.turn.completed");
  await rounds(40);
  expect(read).toEqual([16]);
});
