import { triggerWhen } from "@signalbox/contract";
import { expect, test } from "vitest";
import { checkCron } from "./cron.ts";
import { dueAfter, dueNow, isDueAt, type Timed } from "./due-times.ts";

const cron = (expression: string, more: object = {}) =>
  triggerWhen.parse({ type: "cron", expression, ...more }) as Timed;
const at = (iso: string) => Date.parse(iso);
const iso = (time: number) => new Date(time).toISOString();

/** The next times after a moment. */
function next(when: Timed, after: string, count: number): string[] {
  const times: string[] = [];
  let from = at(after);
  while (times.length < count) {
    from = dueAfter(when, 0, from)!;
    times.push(iso(from));
  }
  return times;
}

test("a time of day that the clocks leave out in spring comes at the first moment after the gap", () => {
  const when = cron("30 2 * * *", { timeZone: "Europe/Berlin" });
  expect(next(when, "2026-03-28T12:00:00Z", 2)).toEqual([
    "2026-03-29T01:00:00.000Z",
    "2026-03-30T00:30:00.000Z",
  ]);
});

test("a time of day that comes twice in autumn fires once", () => {
  const when = cron("30 2 * * *", { timeZone: "Europe/Berlin" });
  expect(next(when, "2026-10-24T12:00:00Z", 2)).toEqual([
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
  const passed = dueNow(
    cron("30 2 * * *", { timeZone: "Europe/Berlin", missed: "all" }),
    0,
    at("2026-10-25T00:30:00Z"),
    at("2026-10-26T12:00:00Z"),
  );
  expect(passed.map(({ dueAt }) => iso(dueAt))).toEqual([
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
});

test("every hour is every hour that passes, whatever the clocks say", () => {
  const when = cron("0 * * * *", { timeZone: "Europe/Berlin" });
  expect(next(when, "2026-10-24T23:30:00Z", 4)).toEqual([
    "2026-10-25T00:00:00.000Z",
    "2026-10-25T01:00:00.000Z",
    "2026-10-25T02:00:00.000Z",
    "2026-10-25T03:00:00.000Z",
  ]);
  expect(next(when, "2026-03-28T23:30:00Z", 3)).toEqual([
    "2026-03-29T00:00:00.000Z",
    "2026-03-29T01:00:00.000Z",
    "2026-03-29T02:00:00.000Z",
  ]);
});

test("leap days come in leap years only", () => {
  expect(next(cron("0 0 29 2 *"), "2026-03-01T00:00:00Z", 2)).toEqual([
    "2028-02-29T00:00:00.000Z",
    "2032-02-29T00:00:00.000Z",
  ]);
});

test("the same expression is another time in another zone", () => {
  const times = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"].map(
    (timeZone) => next(cron("0 8 * * *", { timeZone }), "2026-01-01T00:00:00Z", 1)[0],
  );
  expect(times).toEqual([
    "2026-01-01T08:00:00.000Z",
    "2026-01-01T13:00:00.000Z",
    "2026-01-01T02:30:00.000Z",
    "2026-01-01T19:00:00.000Z",
  ]);
});

test("six fields begin with seconds, and nicknames are known", () => {
  expect(next(cron("*/20 * * * * *"), "2026-01-01T00:00:05Z", 2)).toEqual([
    "2026-01-01T00:00:20.000Z",
    "2026-01-01T00:00:40.000Z",
  ]);
  expect(next(cron("@daily"), "2026-01-01T00:00:05Z", 1)).toEqual(["2026-01-02T00:00:00.000Z"]);
});

test.each([
  ["61 * * * *", "UTC", "when.expression"],
  ["* * * *", "UTC", "when.expression"],
  ["* * * * * * 2030", "UTC", "when.expression"],
  ["never", "UTC", "when.expression"],
  ["0 0 30 2 *", "UTC", "when.expression"],
  ["0 8 * * *", "Mars/Olympus", "when.timeZone"],
  ["0 8 * * *", "+02:00", "when.timeZone"],
])("the expression %s in %s is refused, and %s is named", (expression, timeZone, path) => {
  expect(() => checkCron({ expression, timeZone }, at("2026-01-01T00:00:00Z"))).toThrow(
    expect.objectContaining({
      code: "invalid_request",
      details: { issues: [expect.objectContaining({ path })] },
    }),
  );
});

const minutely = (missed: string) => cron("* * * * *", { missed });
const from = at("2026-01-01T00:00:00Z");
const minutes = (n: number) => from + n * 60_000;

test("missed times: skip fires none of them, once one for all, all each", () => {
  const now = minutes(10) + 5_000;
  expect(dueNow(minutely("skip"), 0, from, now)).toEqual([
    { type: "time", dueAt: minutes(9), missed: 9, skipped: true },
    { type: "time", dueAt: minutes(10), missed: 0, skipped: false },
  ]);
  expect(dueNow(minutely("once"), 0, from, now)).toEqual([
    { type: "time", dueAt: minutes(10), missed: 10, skipped: false },
  ]);
  const all = dueNow(minutely("all"), 0, from, now);
  expect(all.map(({ dueAt }) => dueAt)).toEqual(Array.from({ length: 11 }, (_, i) => minutes(i)));
});

test("of all missed times the newest hundred fire; the first of them stands for one more that is counted", () => {
  const hundred = dueNow(minutely("all"), 0, from, minutes(99));
  expect([hundred.length, hundred[0]]).toEqual([
    100,
    { type: "time", dueAt: from, missed: 0, skipped: false },
  ]);
  const more = dueNow(minutely("all"), 0, from, minutes(5_000));
  expect([more.length, more[0]?.dueAt, more[0]?.missed]).toEqual([100, minutes(4_901), 1]);
});

test("a time is missed when it is more than a minute late, and not before", () => {
  const hourly = cron("0 * * * *", { missed: "skip" });
  expect(dueNow(hourly, 0, from, from + 60_000)).toMatchObject([{ skipped: false }]);
  expect(dueNow(hourly, 0, from, from + 60_001)).toMatchObject([{ skipped: true }]);
});

test("an interval counts from its anchor, and fires once for what it missed", () => {
  const when: Timed = { type: "interval", seconds: 10 };
  const anchor = from + 123;
  expect(dueAfter(when, anchor, anchor)).toBe(anchor + 10_000);
  expect(dueAfter(when, anchor, anchor - 50_000)).toBe(anchor + 10_000);
  expect(dueAfter(when, anchor, anchor + 9_999)).toBe(anchor + 10_000);
  expect(dueAfter(when, anchor, anchor + 10_000)).toBe(anchor + 20_000);
  expect(dueNow(when, anchor, anchor + 10_000, anchor + 45_000)).toEqual([
    { type: "time", dueAt: anchor + 40_000, missed: 3, skipped: false },
  ]);
  expect(isDueAt(when, anchor, anchor + 30_000)).toBe(true);
  expect(isDueAt(when, anchor, anchor + 30_001)).toBe(false);
});
