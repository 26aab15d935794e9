import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../router/message.ts";
import { LiveThreads } from "./live-threads.ts";

const idle = { type: "idle" } as const;
const active = (...activeFlags: ("waitingOnApproval" | "waitingOnUserInput")[]) =>
  ({ type: "active", activeFlags }) as const;
const never = new AbortController().signal;

function withThread(id = "t") {
  const threads = new LiveThreads();
  threads.add({ id, ephemeral: false, status: idle });
  return threads;
}

const changed = (status: object, threadId = "t") =>
  ({ method: "thread/status/changed", params: { threadId, status } }) as Message;
const started = (id: string, threadId = "t") =>
  ({ method: "turn/started", params: { threadId, turn: { id } } }) as Message;
const completed = (id: string, threadId = "t") =>
  ({ method: "turn/completed", params: { threadId, turn: { id } } }) as Message;
const item = (id: string, threadId = "t") =>
  ({ method: "item/completed", params: { threadId, turnId: "u", item: { id } } }) as Message;

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

describe("a live thread", () => {
  test("is busy while it is active, whatever its flags, and while a turn runs, whatever its status", () => {
    const threads = withThread();
    expect(threads.isBusy("t")).toBe(false);
    for (const status of [active(), active("waitingOnApproval"), active("waitingOnUserInput")]) {
      threads.observe(changed(status));
      expect(threads.isBusy("t")).toBe(true);
    }
    threads.observe(started("u"));
    threads.observe(changed(idle));
    expect(threads.isBusy("t")).toBe(true);
    threads.observe(completed("u"));
    expect(threads.isBusy("t")).toBe(false);
  });

  test("stays in its turn when another one ends", () => {
    const threads = withThread();
    threads.observe(started("mine"));
    threads.observe(completed("older"));
    expect(threads.get("t")?.activeTurnId).toBe("mine");
    expect(threads.isBusy("t")).toBe(true);
  });

  test("is free when a review ends, whose turn is announced under one id and ended under its root's", () => {
    const threads = withThread();
    threads.observe({
      method: "turn/started",
      params: { threadId: "t", turn: { id: "inner", rootTurnId: "review" } },
    } as Message);
    threads.observe(completed("older"));
    expect(threads.isBusy("t")).toBe(true);
    threads.observe(completed("review"));
    expect(threads.isBusy("t")).toBe(false);
  });

  test("keeps the items completed in its newest turn only", () => {
    const threads = withThread();
    threads.observe(started("one"));
    threads.observe(item("a"));
    threads.observe(started("two"));
    threads.observe(item("b"));
    expect(threads.get("t")?.completedItems).toEqual(new Set(["b"]));
  });

  test("that is subscribed to again takes the new status and keeps what is known of its turn", () => {
    const threads = withThread();
    threads.observe(started("one"));
    threads.add({ id: "t", ephemeral: false, status: active() });
    expect(threads.get("t")).toMatchObject({ activeTurnId: "one", status: active() });
    expect(threads.all).toHaveLength(1);
  });

  test.each(["thread/closed", "thread/archived", "thread/deleted"])(
    "is gone after %s, and whoever waits for a change of it is woken",
    async (method) => {
      const threads = withThread();
      const waiting = threads.changed("t", never);
      threads.observe({ method, params: { threadId: "t" } } as Message);
      await waiting;
      expect(threads.get("t")).toBeUndefined();
      expect(threads.isBusy("t")).toBe(false);
    },
  );

  test("that nobody subscribed to is not followed", () => {
    const threads = withThread();
    for (const message of [started("u", "other"), item("i", "other"), changed(active(), "other")])
      threads.observe(message);
    expect(threads.get("other")).toBeUndefined();
    expect(threads.all.map(({ id }) => id)).toEqual(["t"]);
  });
});

describe("waiting for a change", () => {
  test("ends at the next change of that thread and of no other, for everybody who waits", async () => {
    const threads = withThread();
    threads.add({ id: "other", ephemeral: false, status: idle });
    const waiting = [threads.changed("t", never), threads.changed("t", never)];
    threads.observe(changed(active(), "other"));
    threads.observe(item("i"));
    expect(await Promise.all(waiting.map(isSettled))).toEqual([false, false]);
    threads.observe(changed(active()));
    await Promise.all(waiting);
  });

  test("ends for everybody when there will be no change any more", async () => {
    const threads = withThread();
    const waiting = [threads.changed("t", never), threads.changed("unknown", never)];
    threads.wakeAll();
    await Promise.all(waiting);
  });

  test("rejects with the reason of its signal, before or later, and the others go on waiting", async () => {
    const threads = withThread();
    const stop = new AbortController();
    const [mine, other] = [threads.changed("t", stop.signal), threads.changed("t", never)];
    stop.abort(new Error("enough"));
    await expect(mine).rejects.toThrow("enough");
    await expect(threads.changed("t", stop.signal)).rejects.toThrow("enough");
    expect(await isSettled(other)).toBe(false);
    threads.observe(changed(active()));
    await other;
  });
});

test("a loop of looking and waiting always sees a thread become free, however its facts are interleaved", async () => {
  const facts = fc.array(
    fc.constantFrom(
      changed(active()),
      changed(active("waitingOnApproval")),
      changed(idle),
      started("a"),
      started("b"),
      completed("a"),
      completed("b"),
      item("i"),
    ),
    { maxLength: 30, size: "max" },
  );
  await fc.assert(
    fc.asyncProperty(facts, async (said) => {
      const threads = withThread();
      threads.observe(started("a"));
      let free = false;
      const loop = (async () => {
        while (threads.isBusy("t")) await threads.changed("t", never);
        free = true;
      })();
      for (const message of said) {
        threads.observe(message);
        await Promise.resolve();
      }
      const turnId = threads.get("t")?.activeTurnId;
      if (turnId) threads.observe(completed(turnId));
      threads.observe(changed(idle));
      await loop;
      expect(free).toBe(true);
    }),
  );
});

test("a status without a shape changes nothing", () => {
  const threads = withThread();
  threads.observe(changed(active()));
  threads.observe({ method: "thread/status/changed", params: { threadId: "t" } } as Message);
  expect(threads.isBusy("t")).toBe(true);
});
