/** The scheduler on a clock that is told the time, over real tables. */
import type { Firing } from "@signalbox/contract";
import { triggerDefinition } from "@signalbox/contract";
import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ManualClock } from "../../../fixtures/manual-clock.ts";
import { openDatabase } from "../../store/database.ts";
import { dueAfter, isTimed } from "./due-times.ts";
import { FiringStore } from "./firing-store.ts";
import { longestSleep, Scheduler } from "./scheduler.ts";
import { TriggerStore } from "./trigger-store.ts";

const start = Date.parse("2026-01-01T00:00:00.500Z");
const triggerId = "trg_01990000000070008000000000000001";

/** A database with one trigger, and schedulers that come and go on it. */
function setUp(when: object, anchor = start) {
  const database = openDatabase(":memory:");
  const clock = new ManualClock(start);
  const definition = triggerDefinition.parse({
    triggerId,
    name: "Test",
    sessionId: "s",
    when,
    action: { type: "send", mode: "queue", text: "Hello" },
    guards: {},
    enabled: true,
    createdAt: start,
    updatedAt: start,
  });
  const timed = isTimed(definition.when) ? definition.when : undefined;
  new TriggerStore(database).put(definition, {
    anchor,
    nextDueAt: timed === undefined ? null : dueAfter(timed, anchor, start),
    idleSince: null,
    idleTurnId: null,
  });
  let running: Scheduler | undefined;
  let woken = 0;
  const open = () => {
    running?.close();
    const triggers = new TriggerStore(database);
    running = new Scheduler({
      database,
      triggers,
      firings: new FiringStore(database),
      clock,
      wake: () => {
        woken += 1;
      },
      log: pino({ level: "silent" }),
    });
    running.tick();
    return triggers;
  };
  const fired = () =>
    new FiringStore(database)
      .list({ order: "oldest", limit: 100_000 })
      .map(({ cause }) => cause as Extract<Firing["cause"], { type: "time" }>);
  const stop = () => running?.close();
  return { database, clock, open, stop, fired, woken: () => woken };
}

const seconds = (n: number) => start + n * 1_000;

test("an interval fires at its times and wakes the worker each time", () => {
  const { clock, open, fired, woken } = setUp({ type: "interval", seconds: 10 });
  open();
  clock.advance(35_000);
  expect(fired().map(({ dueAt }) => dueAt)).toEqual([seconds(10), seconds(20), seconds(30)]);
  expect(woken()).toBe(3);
});

test("an interval keeps its phase over a restart and fires once for what it missed", () => {
  const { clock, open, stop, fired } = setUp({ type: "interval", seconds: 10 });
  open();
  clock.advance(12_000);
  stop();
  clock.advance(33_000);
  open();
  clock.advance(10_000);
  expect(fired()).toMatchObject([
    { dueAt: seconds(10), missed: 0 },
    { dueAt: seconds(40), missed: 2 },
    { dueAt: seconds(50), missed: 0 },
  ]);
});

test("a clock that is set back fires no time again, and goes on when it is there once more", () => {
  const { clock, open, fired } = setUp({ type: "cron", expression: "*/10 * * * * *" });
  open();
  clock.advance(25_000);
  clock.set(clock.now() - 3_600_000);
  clock.advance(30_000);
  expect(fired()).toHaveLength(2);
  clock.set(seconds(26));
  clock.advance(10_000);
  expect(new Set(fired().map(({ dueAt }) => dueAt)).size).toBe(3);
  expect(fired()).toHaveLength(3);
});

test("a clock that is set forward is noticed within the longest sleep", () => {
  const { clock, open, fired } = setUp({ type: "cron", expression: "0 12 * * *" });
  open();
  clock.set(Date.parse("2026-01-01T12:00:00Z"));
  clock.advance(longestSleep - 1);
  expect(fired()).toHaveLength(0);
  clock.advance(1);
  expect(fired()).toHaveLength(1);
});

test("what can't be stored is fired when it can, once", () => {
  const { database, clock, open, fired } = setUp({ type: "interval", seconds: 10 });
  open();
  database.exec("ALTER TABLE trigger_firing RENAME TO away");
  clock.advance(11_000);
  database.exec("ALTER TABLE away RENAME TO trigger_firing");
  clock.advance(1_000);
  expect(fired().map(({ dueAt }) => dueAt)).toEqual([seconds(10)]);
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ advance: fc.integer({ min: 0, max: 90_000 }) }) },
  { weight: 2, arbitrary: fc.record({ away: fc.integer({ min: 0, max: 200_000 }) }) },
  { weight: 1, arbitrary: fc.record({ back: fc.integer({ min: 0, max: 100_000 }) }) },
);

test.each(["all", "once", "skip", undefined])(
  "whatever the clock does and however often the hub starts, each due time is accounted for once (%s)",
  (missed) => {
    fc.assert(
      fc.property(fc.array(step, { size: "max", maxLength: 25 }), (steps) => {
        const when =
          missed === undefined
            ? { type: "interval", seconds: 7 }
            : { type: "cron", expression: "*/7 * * * * *", missed };
        const { clock, open, stop, fired } = setUp(when);
        const triggers = open();
        let latest = clock.now();
        const anchor = start;
        const timed = triggers.get(triggerId)!.definition.when;
        if (!isTimed(timed)) throw new Error("It is one of time");
        for (const one of steps) {
          if ("advance" in one) clock.advance(one.advance);
          if ("back" in one) clock.set(clock.now() - one.back);
          if ("away" in one) {
            stop();
            clock.advance(one.away);
            open();
          }
          latest = Math.max(latest, clock.now());
        }
        open();
        const wanted: number[] = [];
        for (let at = dueAfter(timed, anchor, start)!; at <= latest; ) {
          wanted.push(at);
          at = dueAfter(timed, anchor, at)!;
        }
        const causes = fired();
        expect(new Set(causes.map(({ dueAt }) => dueAt)).size).toBe(causes.length);
        expect(causes.reduce((sum, { missed: more }) => sum + 1 + more, 0)).toBe(wanted.length);
        if (missed === "all") expect(causes.map(({ dueAt }) => dueAt)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  },
);
