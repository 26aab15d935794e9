import { triggerGuards } from "@signalbox/contract";
import { expect, test } from "vitest";
import { judge, maxDepth, maxWaiting, type Standing } from "./guards.ts";

const free: Standing = {
  enabled: true,
  now: 100_000,
  cause: { type: "time", dueAt: 100_000, missed: 0, skipped: false },
  depth: 0,
  waiting: 0,
  lastActedAt: null,
  actedWithinHour: 0,
  busy: false,
  same: false,
};

/** The guards that object. */
function objecting(given: object, standing: Partial<Standing>): string[] {
  return judge(triggerGuards.parse(given), { ...free, ...standing })
    .filter(({ passes }) => !passes)
    .map(({ guard }) => guard);
}

test("where nothing is in the way every guard that was set says so", () => {
  const all = { idleOnly: true, deduplicate: true, minIntervalSeconds: 1, maxPerHour: 1 };
  const verdicts = judge(triggerGuards.parse(all), free);
  expect(verdicts.map(({ guard }) => guard)).toEqual([
    "enabled",
    "missed",
    "depth",
    "backlog",
    "min_interval",
    "max_per_hour",
    "idle_only",
    "deduplicate",
  ]);
  expect(verdicts.every(({ passes }) => passes)).toBe(true);
});

const seconds = { minIntervalSeconds: 10 };

test.each([
  ["enabled", {}, { enabled: true }, { enabled: false }],
  ["missed", {}, {}, { cause: { ...free.cause, skipped: true } as Standing["cause"] }],
  ["request", {}, { open: true }, { open: false }],
  ["depth", {}, { depth: maxDepth - 1 }, { depth: maxDepth }],
  ["backlog", {}, { waiting: maxWaiting - 1 }, { waiting: maxWaiting }],
  ["min_interval", seconds, { lastActedAt: 90_000 }, { lastActedAt: 90_001 }],
  ["max_per_hour", { maxPerHour: 3 }, { actedWithinHour: 2 }, { actedWithinHour: 3 }],
  ["idle_only", { idleOnly: true }, {}, { busy: true }],
  ["deduplicate", { deduplicate: true }, {}, { same: true }],
  ["rules", {}, { decided: true }, { decided: false }],
] as const)("%s lets pass up to its limit and objects beyond", (guard, given, at, past) => {
  expect(objecting(given, at)).toEqual([]);
  expect(objecting(given, past)).toEqual([guard]);
});

test("a guard that was not set objects to nothing", () => {
  expect(
    objecting({}, { busy: true, same: true, lastActedAt: 100_000, actedWithinHour: 9 }),
  ).toEqual([]);
});
