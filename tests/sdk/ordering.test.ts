/** Threads side by side, over real sockets, against a hub that cuts and loses. */
import type { RunOptions, SignalboxOptions } from "@signalbox/sdk";
import { describe, expect, test } from "vitest";
import { openFaultyWorld } from "./faulty-world.ts";

const world = await openFaultyWorld();
const { hub } = world;

function connect(options: Partial<SignalboxOptions> = {}) {
  const { box, notices } = world.connect(options);
  const run = (more: RunOptions = {}) =>
    box.stream.runForever({
      ordering: "thread",
      cursor: "e1:0",
      signal: world.stop.signal,
      ...more,
    });
  return { box, notices, run };
}

describe('runForever with the ordering "thread"', () => {
  test("goes on with other threads while the handler of one waits, and keeps each in order", async () => {
    await hub.append("a.1@slow", "a.2@slow", "b.1@quick", "b.2@quick", "c.1", "c.2");
    const { box, run } = connect();
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const others = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    box.onEventPrefix("", async ({ type }) => {
      if (type === "a.1") await gate.promise;
      seen.push(type);
      if (seen.length === 4) others.resolve();
      if (type === "a.2") last.resolve();
    });
    void run();
    await others.promise;
    expect(seen.filter((type) => type.startsWith("b."))).toEqual(["b.1", "b.2"]);
    expect(seen.filter((type) => type.startsWith("c."))).toEqual(["c.1", "c.2"]);
    gate.resolve();
    await last.promise;
    expect(seen.slice(4)).toEqual(["a.1", "a.2"]);
  });

  test("waits for each event before the next one of any thread, without it", async () => {
    await hub.append("a.1@slow", "b.1@quick");
    const { box, run } = connect();
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const seen: string[] = [];
    box.onEvent("a.1", async () => {
      began.resolve();
      await gate.promise;
      seen.push("a.1");
    });
    box.onEvent("b.1", () => {
      seen.push("b.1");
      done.resolve();
    });
    void run({ ordering: "global" });
    await began.promise;
    // Both events are here: the answer to this comes after them.
    await hub.tell({ do: "report" });
    expect(seen).toEqual([]);
    gate.resolve();
    await done.promise;
    expect(seen).toEqual(["a.1", "b.1"]);
  });

  test("lets no flood of a stuck thread stop the others, and hands it over whole once it goes on", async () => {
    const flood = Array.from({ length: 300 }, (_, index) => `a.${index + 1}@stuck`);
    const others = Array.from({ length: 100 }, (_, index) => `b.${index + 1}@busy`);
    const names = flood.flatMap((name, index) =>
      index % 3 === 0 ? [name, others[index / 3]!] : [name],
    );
    await hub.append(...names);
    const { box, run, notices } = connect({ stream: { inbox: { events: 20 } } });
    const gate = Promise.withResolvers<void>();
    const othersDone = Promise.withResolvers<void>();
    const allDone = Promise.withResolvers<void>();
    const stuck: number[] = [];
    const busy: number[] = [];
    box.onEventPrefix("a.", async ({ type }) => {
      await gate.promise;
      stuck.push(Number(type.slice(2)));
      if (stuck.length === flood.length) allDone.resolve();
    });
    box.onEventPrefix("b.", ({ type }) => {
      busy.push(Number(type.slice(2)));
      if (busy.length === others.length) othersDone.resolve();
    });
    void run();
    await othersDone.promise;
    expect(stuck).toEqual([]);
    // More of the thread comes on the stream than was there when it is read again.
    await hub.append("a.301@stuck");
    gate.resolve();
    await allDone.promise;
    await hub.append("a.302@stuck");
    while (stuck.length < 302) await hub.tell({ do: "report" });
    expect(stuck).toEqual(Array.from({ length: 302 }, (_, index) => index + 1));
    expect(busy).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(notices).toContainEqual(
      expect.objectContaining({ type: "lagging", threadId: "stuck", seq: 1 }),
    );
    expect(notices).toContainEqual(
      expect.objectContaining({ type: "caught_up", threadId: "stuck" }),
    );
  });

  test("tells of a gap once everything before it is handled, and what follows waits for who listens", async () => {
    await hub.append("a.old@t1", "b.old@t2");
    const { box, run } = connect();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const snapshot = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const gapFrame = Promise.withResolvers<void>();
    box.onControlFrame(({ type }) => {
      if (type === "gap") gapFrame.resolve();
    });
    box.onConnection(async ({ type }) => {
      if (type !== "gap") return;
      log.push("gap");
      told.resolve();
      await snapshot.promise;
      log.push("snapshot");
    });
    box.onEventPrefix("", async ({ type }) => {
      if (type === "b.old") reached.resolve();
      if (type === "a.old") await gate.promise;
      log.push(type);
      if (type === "c.new") done.resolve();
    });
    void run();
    await reached.promise;
    await hub.newEpoch("e2");
    await hub.append("c.new@t3");
    // The gap is here, while a handler still runs; a round trip leaves it time to be told.
    await gapFrame.promise;
    await hub.tell({ do: "report" });
    expect(log).toEqual(["b.old"]);
    gate.resolve();
    await told.promise;
    expect(log).toEqual(["b.old", "a.old", "gap"]);
    snapshot.resolve();
    await done.promise;
    expect(log).toEqual(["b.old", "a.old", "gap", "snapshot", "c.new"]);
  });

  test("resolves at once when it is stopped, though every lane is stuck and the queue full", async () => {
    await hub.append(...Array.from({ length: 50 }, (_, index) => `a.1@t${index}`));
    const { box, run } = connect({ stream: { inbox: { events: 5 } } });
    const both = Promise.withResolvers<void>();
    let count = 0;
    box.onEvent("a.1", () => {
      count += 1;
      if (count === 2) both.resolve();
      return new Promise(() => undefined);
    });
    const running = run({ lanes: 2 });
    await both.promise;
    world.stop.abort();
    await running;
    expect(count).toBe(2);
  });

  test("refuses an ordering there is not, and lanes that are no number from 1", async () => {
    const { run } = connect();
    const wrong = { ordering: "sideways" as "thread" };
    await expect(run(wrong)).rejects.toMatchObject({ code: "invalid_request" });
    for (const lanes of [0, 1.5, Number.NaN]) {
      await expect(run({ lanes })).rejects.toThrow(/lanes is/);
    }
  });
});
