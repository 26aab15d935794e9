import { setImmediate as nextLoop } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAll } from "../../fixtures/journal-conformance.ts";
import type { Log } from "../log.ts";
import { openDatabase } from "../store/database.ts";
import { type NewEvent, type StoredEvent, toNewEvent } from "./event.ts";
import {
  Retention,
  type RetentionFloor,
  type RetentionLimits,
  retain,
  toRetentionLimits,
} from "./retention.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { StoredPosition } from "./stored-position.ts";

const forever: RetentionLimits = {
  maxAge: Number.POSITIVE_INFINITY,
  maxDeltaAge: Number.POSITIVE_INFINITY,
  maxSize: Number.POSITIVE_INFINITY,
};

/** A journal whose clock stands at 1000. */
function setUp(limits: Partial<RetentionLimits>, floor: Partial<RetentionFloor> = {}) {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const open = () =>
    new Retention({
      journal,
      limits: { ...forever, ...limits },
      floor: () => ({ seq: journal.head, at: Number.POSITIVE_INFINITY, ...floor }),
      position: new StoredPosition(database, "retention"),
      now: () => 1000,
    });
  let retention = open();
  return {
    journal,
    reopen: () => {
      retention = open();
    },
    async settle() {
      while (await retention.step());
      return (await readAll(journal)).map((event) => event.seq);
    },
    get retention() {
      return retention;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

const fact = (at = 1, size = 0) => toNewEvent("a.fact", "t", "x".repeat(size), at);
const signal = (type: string, params: object, at: number) =>
  toNewEvent(`app_server.${type}`, "t", { params: { turnId: "u", ...params } }, at);
const delta = (itemId: string, at = 1, turnId = "u") =>
  signal("item.agent_message.delta", { itemId, turnId, delta: "some words" }, at);
const completed = (id: string, at = 1, item: object = {}) =>
  signal("item.completed", { item: { id, type: "agentMessage", ...item } }, at);
const turnCompleted = (id = "u") => signal("turn.completed", { turn: { id } }, 1);

test("events beyond the age go, oldest first, up to the first that is young enough", async () => {
  using t = setUp({ maxAge: 100 });
  await t.journal.append([fact(1), fact(899), fact(900), fact(2)]);
  expect(await t.settle()).toEqual([3, 4]);
  expect(t.journal.trimmed).toBe(2);
});

test("without limits nothing goes", async () => {
  using t = setUp({});
  await t.journal.append([delta("i"), completed("i"), fact(0)]);
  expect(await t.settle()).toEqual([1, 2, 3]);
});

test("at the size nothing goes, and one byte beyond it the oldest event does", async () => {
  const events = [fact(1, 100), fact(1, 100), fact(1, 100)];
  const size = events.reduce((sum, { payload }) => sum + payload.length, 0);
  using at = setUp({ maxSize: size });
  await at.journal.append(events);
  expect(await at.settle()).toEqual([1, 2, 3]);
  using beyond = setUp({ maxSize: size - 1 });
  await beyond.journal.append(events);
  expect(await beyond.settle()).toEqual([2, 3]);
});

test("beyond the size deltas of finished items go before any event does", async () => {
  const events = [fact(), delta("i"), delta("open"), delta("i"), completed("i"), fact()];
  const size = events.reduce((sum, { payload }) => sum + payload.length, 0);
  using t = setUp({ maxSize: size - 1 });
  await t.journal.append(events);
  expect(await t.settle()).toEqual([1, 3, 5, 6]);
  expect(t.journal.trimmed).toBe(0);
});

test("old deltas go once their item carries their text, and only then", async () => {
  using t = setUp({ maxDeltaAge: 100 });
  await t.journal.append([
    delta("i"),
    delta("cut"),
    delta("i", 1, "another turn"),
    completed("i"),
    turnCompleted(),
    // Tells of an item of a turn that has ended: what it says was not looked at, so nothing goes.
    completed("cut"),
    signal("item.command_execution.output_delta", { itemId: "told" }, 1),
    signal("item.command_execution.output_delta", { itemId: "untold" }, 1),
    completed("told", 1, { type: "commandExecution", aggregatedOutput: "" }),
    completed("untold", 1, { type: "commandExecution", aggregatedOutput: null }),
    signal("item.mcp_tool_call.progress", { itemId: "m" }, 1),
    completed("m"),
    delta("young", 950),
    completed("young", 950),
  ]);
  expect(await t.settle()).toEqual([2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14]);
});

test("an item that is completed after another process took over loses its deltas all the same", async () => {
  using t = setUp({ maxDeltaAge: 100 });
  await t.journal.append([delta("i"), fact()]);
  expect(await t.settle()).toEqual([1, 2]);
  t.reopen();
  await t.journal.append([delta("i"), completed("i")]);
  expect(await t.settle()).toEqual([2, 4]);
});

test("an old region of which nothing is left does not stop what comes after it", async () => {
  using t = setUp({ maxAge: 100 });
  await t.journal.append(Array.from({ length: 10_000 }, () => fact(1)));
  await t.journal.drop(Array.from({ length: 9_999 }, (_, i) => i + 1));
  await t.journal.append([fact(999)]);
  expect(await t.settle()).toEqual([10_001]);
});

test("whatever the limits say, what must stay stays", async () => {
  const anyEvent: fc.Arbitrary<NewEvent> = fc.oneof(
    fc.nat({ max: 1000 }).map((at) => fact(at, at % 300)),
    fc.tuple(fc.constantFrom("i", "j"), fc.nat({ max: 1000 })).map(([id, at]) => delta(id, at)),
    fc.tuple(fc.constantFrom("i", "j"), fc.nat({ max: 1000 })).map(([id, at]) => completed(id, at)),
  );
  const limit = fc.oneof(fc.nat({ max: 1000 }), fc.constant(Number.POSITIVE_INFINITY));
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 1, maxLength: 600, size: "max" }),
      fc.record({ maxAge: limit, maxDeltaAge: limit, maxSize: fc.nat({ max: 50_000 }) }),
      fc.nat({ max: 600 }),
      limit,
      async (events, limits, seq, at) => {
        using t = setUp(limits, { seq, at });
        const stored = await t.journal.append(events);
        const left = new Set(await t.settle());
        const isDelta = (event: StoredEvent) => event.type.endsWith("delta");
        const isLeft = (event: StoredEvent) => left.has(event.seq) || !isDelta(event);
        const firstKept = stored.find(
          (event) => event.seq > seq || (event.at >= at && isLeft(event)),
        );
        const gone = stored.filter((event) => !left.has(event.seq));
        for (const event of gone) {
          if (isDelta(event)) expect(event.seq).toBeLessThanOrEqual(seq);
          else expect(event.seq).toBeLessThan(firstKept?.seq ?? Number.POSITIVE_INFINITY);
        }
        const kept = stored.filter(({ seq: one }) => one > t.journal.trimmed);
        // Of what is not trimmed only deltas are missing, and their items are there.
        for (const event of kept.filter((one) => !left.has(one.seq))) {
          expect(event.type).toBe("app_server.item.agent_message.delta");
          const { itemId } = (event.value as { params: { itemId: string } }).params;
          const item = kept.find(
            (one) =>
              one.seq > event.seq &&
              one.type === "app_server.item.completed" &&
              (one.value as { params: { item: { id: string } } }).params.item.id === itemId,
          );
          expect(left.has(item!.seq)).toBe(true);
        }
        const end = firstKept?.seq ?? Number.POSITIVE_INFINITY;
        const isAtFloor = !stored.some((one) => left.has(one.seq) && one.seq < end);
        if (!isAtFloor) expect(t.journal.size).toBeLessThanOrEqual(limits.maxSize);
      },
    ),
    { numRuns: 100 },
  );
});

test("it goes on until it is stopped, and what fails is tried again at the next look", async () => {
  using t = setUp({ maxAge: 100 });
  await t.journal.append(Array.from({ length: 2000 }, () => fact(1)));
  const log = { warn: () => {} } as unknown as Log;
  const stop = new AbortController();
  let steps = 0;
  const tidy = () => {
    steps += 1;
    if (t.journal.trimmed === 2000) stop.abort();
  };
  await retain(t.retention, tidy, log, stop.signal);
  // In steps, not at once.
  expect(steps).toBeGreaterThanOrEqual(2000 / 256);

  const again = new AbortController();
  const warned: unknown[] = [];
  const failing = { step: () => Promise.reject(new Error("full")) } as unknown as Retention;
  const warning = { warn: ({ err }: { err: Error }) => warned.push(err.message) };
  const running = retain(failing, () => {}, warning as unknown as Log, again.signal);
  await nextLoop();
  again.abort();
  await running;
  expect(warned).toEqual(["full"]);
});

test("a limit that is none is refused by its name, and those not given have their defaults", () => {
  expect(toRetentionLimits({ maxAge: 0 })).toMatchObject({ maxAge: 0, maxSize: 2 * 1024 ** 3 });
  for (const maxSize of [-1, Number.NaN]) {
    expect(() => toRetentionLimits({ maxSize })).toThrow(/retention\.maxSize/);
  }
});
