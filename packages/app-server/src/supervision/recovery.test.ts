import type { ClientMethod, Turn } from "@signalbox/protocol";
import { describe, expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import type { Message } from "../router/message.ts";
import { MessageRouter } from "../router/message-router.ts";
import { LiveThreads } from "./live-threads.ts";
import { type Call, Recovery } from "./recovery.ts";

const lost = new AppServerError("transport_closed", "the process is gone");

/** Answers calls from a table: a value, or an error to reject with. */
function setUp(
  answers: (method: ClientMethod, params: { threadId: string }) => unknown,
  goesOn = false,
) {
  const router = new MessageRouter();
  const threads = new LiveThreads();
  const said: Message[] = [];
  const given: string[] = [];
  const calls: { method: ClientMethod; params: unknown }[] = [];
  router.observe((message) => threads.observe(message));
  router.tap((message) => void said.push(message));
  const lostDeltas: string[] = [];
  const recovery = new Recovery(router, threads, {
    goesOn,
    onLost: (threadId, error) =>
      given.push(`${threadId}: ${error instanceof Error ? error.message : String(error)}`),
    onDeltasLost: (_, turnId) => lostDeltas.push(turnId),
  });
  const call = (async (method: ClientMethod, params: { threadId: string }) => {
    calls.push({ method, params });
    const answer = await answers(method, params);
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as Call;
  const add = (id: string, ephemeral = false) =>
    threads.add({ id, ephemeral, status: { type: "active", activeFlags: [] } });
  const start = (threadId: string, id: string) =>
    router.deliver({ method: "turn/started", params: { threadId, turn: { id } } } as Message, 1);
  return { router, threads, said, given, lostDeltas, calls, recovery, call, add, start };
}

const turnOf = (id: string, status: string, items: string[] = []) =>
  ({
    id,
    status,
    items: items.map((item) => ({ id: item, type: "plan" })),
    completedAt: 7,
  }) as unknown as Turn;
const resumed = (status = "idle") => ({ thread: { status: { type: status, activeFlags: [] } } });
const summary = (said: Message[]) =>
  said
    .filter((message) => "recovered" in message)
    .map((message) => {
      if (message.method === "item/completed") return `item ${message.params.item.id}`;
      if (message.method === "turn/completed")
        return `${message.params.turn.status} ${message.params.turn.id}`;
      return message.method;
    });

describe("recovery", () => {
  test("tells the end of a turn that was missed, marked, after the items nobody was told of", async () => {
    const world = setUp((method) =>
      method === "thread/resume"
        ? resumed()
        : { data: [turnOf("u", "completed", ["a", "b", "c"]), turnOf("old", "completed", ["z"])] },
    );
    world.add("t");
    const record = world.router.turns.watch("t", "u");
    world.start("t", "u");
    world.router.deliver(
      {
        method: "item/completed",
        params: { threadId: "t", turnId: "u", item: { id: "b", type: "plan" } },
      } as Message,
      1,
    );
    await world.recovery.resumeAll(world.call);
    expect(summary(world.said)).toEqual(["item a", "item c", "completed u"]);
    expect(record.items.map(({ id }) => id)).toEqual(["b", "a", "c"]);
    expect(await record.ended).toMatchObject({ id: "u", status: "completed" });
    expect(world.threads.isBusy("t")).toBe(false);
    expect(world.calls.map(({ method }) => method)).toEqual(["thread/resume", "thread/turns/list"]);
    expect(world.calls[0]?.params).toEqual({ threadId: "t", excludeTurns: true });
  });

  test.each([
    [
      "says that deltas are missing of an item whose end it hears, and not its beginning",
      [],
      ["u"],
    ],
    ["says nothing of an item that it hears whole", ["item/started"], []],
  ])("%s", async (_, before, missing) => {
    const about = { threadId: "t", turnId: "u", item: { id: "a", type: "agentMessage" } };
    const ended = { ...turnOf("u", "completed"), items: [about.item] };
    const world = setUp((method) => {
      if (method === "thread/resume") return resumed("active");
      // The turn goes on to its end while the thread is read.
      for (const heard of [...before, "item/completed"]) {
        world.router.receive(JSON.stringify({ method: heard, params: about }), 1);
      }
      world.router.receive(
        JSON.stringify({ method: "turn/completed", params: { threadId: "t", turn: ended } }),
        1,
      );
      return { data: [ended] };
    }, true);
    world.add("t");
    world.start("t", "u");
    await world.recovery.resumeAll(world.call);
    expect(world.lostDeltas).toEqual(missing);
    expect(world.said.map(({ method }) => method)).toEqual([
      "turn/started",
      ...before,
      "item/completed",
      "turn/completed",
    ]);
  });

  test("leaves a turn that still runs to end by itself", async () => {
    const world = setUp((method) =>
      method === "thread/resume" ? resumed("active") : { data: [turnOf("u", "inProgress")] },
    );
    world.add("t");
    const record = world.router.turns.watch("t", "u");
    world.start("t", "u");
    await world.recovery.resumeAll(world.call);
    expect(summary(world.said)).toEqual([]);
    expect(record.isOver).toBe(false);
    expect(world.threads.isBusy("t")).toBe(true);
  });

  test("ends as interrupted a turn that codex still lists as running though a later one does", async () => {
    const world = setUp((method) =>
      method === "thread/resume"
        ? { thread: { id: "t", ...resumed("active").thread } }
        : {
            data: [
              turnOf("runs", "inProgress"),
              turnOf("killed", "inProgress", ["a"]),
              turnOf("known", "completed"),
            ],
          },
    );
    const mark = { turnId: "known", ended: true, items: [] };
    await world.recovery.join("t", mark, world.call, () => {});
    expect(summary(world.said)).toEqual([
      "turn/started",
      "item a",
      "interrupted killed",
      "turn/started",
      "thread/status/changed",
    ]);
    expect(world.threads.get("t")?.activeTurnId).toBe("runs");
  });

  test("takes up an open turn of a thread it knows already, and tells how it ended", async () => {
    const world = setUp((method) =>
      method === "thread/resume"
        ? { thread: { id: "t", ...resumed().thread } }
        : { data: [turnOf("u", "completed", ["a", "b"])] },
    );
    world.threads.add({ id: "t", ephemeral: false, status: { type: "idle" } });
    const mark = { turnId: "u", ended: false, items: ["a"] };
    await world.recovery.join("t", mark, world.call, () => {});
    expect(summary(world.said)).toEqual(["item b", "completed u", "thread/status/changed"]);
  });

  test("goes on with one look at a thread after the other", async () => {
    const first = Promise.withResolvers<void>();
    const world = setUp(async (method) => {
      if (method === "thread/resume") return { thread: { id: "t", ...resumed().thread } };
      if (world.calls.length === 2) await first.promise;
      return { data: [turnOf("u", "completed", ["a"])] };
    });
    const mark = { turnId: "u", ended: false, items: [] };
    const joining = [1, 2].map(() => world.recovery.join("t", mark, world.call, () => {}));
    await expect.poll(() => world.calls.length).toBe(2);
    first.resolve();
    await Promise.all(joining);
    expect(world.calls.map(({ method }) => method)).toEqual([
      "thread/resume",
      "thread/turns/list",
      "thread/resume",
      "thread/turns/list",
    ]);
  });

  test.each([
    ["runs", "inProgress", { activeTurnId: "u", lastTurnId: undefined }],
    ["has ended", "completed", { activeTurnId: undefined, lastTurnId: "u" }],
  ])("notes of a resumed thread whether its newest turn %s", async (_, status, noted) => {
    const world = setUp(() => ({ data: [turnOf("u", status)] }));
    world.add("t");
    await world.recovery.mark("t", world.call);
    expect(world.threads.get("t")).toMatchObject(noted);
  });

  test("ends as interrupted a turn of which codex has no record, unless the thread runs", async () => {
    for (const [status, ends] of [
      ["idle", ["interrupted ghost"]],
      ["active", []],
    ] as const) {
      const world = setUp((method) =>
        method === "thread/resume" ? resumed(status) : { data: [] },
      );
      world.add("t");
      world.router.turns.watch("t", "ghost");
      await world.recovery.resumeAll(world.call);
      expect(summary(world.said)).toEqual(ends);
    }
  });

  test("reads no thread that has no open turn", async () => {
    const world = setUp(() => resumed());
    world.add("t");
    await world.recovery.resumeAll(world.call);
    expect(world.calls.map(({ method }) => method)).toEqual(["thread/resume"]);
  });

  test("closes a thread that can't be resumed, says why, and ends its turns as interrupted", async () => {
    const world = setUp(() => new AppServerError("no_rollout", "no rollout found"));
    world.add("t");
    const record = world.router.turns.watch("t", "u");
    await world.recovery.resumeAll(world.call);
    expect(summary(world.said)).toEqual(["interrupted u", "thread/closed"]);
    expect(world.given).toEqual(["t: no rollout found"]);
    expect(world.threads.get("t")).toBeUndefined();
    expect((await record.ended).error?.message).toContain("no rollout found");
  });

  test.each([
    ["can't be read", new Error("the history is broken"), ["interrupted u", "thread/closed"]],
    ["is cut off", lost, []],
  ])(
    "where the reading of a joined thread's turns %s, its open turn ends as it can be told",
    async (_, error, told) => {
      const world = setUp((method) =>
        method === "thread/resume" ? { thread: { id: "t", ...resumed().thread } } : error,
      );
      const mark = { turnId: "u", ended: false, items: [] };
      const joining = world.recovery.join("t", mark, world.call, () => {});
      await expect(joining).rejects.toBe(error);
      expect(summary(world.said)).toEqual(told);
      // One whose connection was lost is brought back with the next.
      expect(world.threads.get("t") !== undefined).toBe(told.length === 0);
    },
  );

  test("puts an item it has read behind the one before it, whose own message came during the reading", async () => {
    const completed = (id: string) =>
      JSON.stringify({
        method: "item/completed",
        params: { threadId: "t", turnId: "u", item: { id, type: "plan" } },
      });
    const world = setUp((method) => {
      if (method === "thread/resume") return resumed("active");
      world.router.receive(completed("b"), 1);
      return { data: [turnOf("u", "inProgress", ["a", "b", "c"])] };
    }, true);
    world.add("t");
    world.start("t", "u");
    await world.recovery.resumeAll(world.call);
    world.router.receive(completed("c"), 1);
    const items = world.said.flatMap((message) =>
      message.method === "item/completed" ? message.params.item.id : [],
    );
    expect(items).toEqual(["a", "b", "c"]);
  });

  test("does not ask for an ephemeral thread: it went with its process", async () => {
    const world = setUp(() => resumed());
    world.add("t", true);
    await world.recovery.resumeAll(world.call);
    expect(world.calls).toEqual([]);
    expect(summary(world.said)).toEqual(["thread/closed"]);
  });

  test("keeps a thread whose resume was cut off by the next loss of the connection", async () => {
    const world = setUp(() => lost);
    world.add("t");
    const record = world.router.turns.watch("t", "u");
    await world.recovery.resumeAll(world.call);
    expect(summary(world.said)).toEqual([]);
    expect(world.threads.get("t")).toBeDefined();
    expect(record.isOver).toBe(false);
  });

  test("resumes every thread, a few at a time, and one that fails stops no other", async () => {
    let open = 0;
    let most = 0;
    const world = setUp(async (_, { threadId }) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open -= 1;
      return threadId === "t3" ? new Error("broken") : resumed();
    });
    for (let n = 0; n < 20; n++) world.add(`t${n}`);
    await world.recovery.resumeAll(world.call);
    expect(world.calls).toHaveLength(20);
    expect(most).toBe(4);
    expect(world.given).toEqual(["t3: broken"]);
    expect(world.threads.all).toHaveLength(19);
  });
});
