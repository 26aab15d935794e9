/** When a trigger of time is due, and what becomes of times that passed: functions of its times and the clock. */
import type { FiringCause, TriggerWhen } from "@signalbox/contract";
import { cronAfter, cronBetween } from "./cron.ts";

/** A `when` that is a row of times. */
export type Timed = Extract<TriggerWhen, { type: "interval" | "cron" }>;

/** A time that has come. */
export type TimeCause = Extract<FiringCause, { type: "time" }>;

/** Missed times that are fired or counted, at most. */
export const maxMissed = 100;
/** A cron time that is no later than this is not missed, in ms. */
export const lateAfter = 60_000;

/** Whether a `when` is a row of times. */
export function isTimed(when: TriggerWhen): when is Timed {
  return when.type === "interval" || when.type === "cron";
}

/** The first time after a moment; null when there is none. `anchor`: from when on an interval counts. */
export function dueAfter(when: Timed, anchor: number, after: number): number | null {
  if (when.type === "cron") return cronAfter(when, after);
  const step = when.seconds * 1_000;
  return anchor + (Math.max(0, Math.floor((after - anchor) / step)) + 1) * step;
}

/** What fires now of all that was due since `nextDue`, oldest first. */
export function dueNow(when: Timed, anchor: number, nextDue: number, now: number): TimeCause[] {
  if (now < nextDue) return [];
  const passed = dueBetween(when, anchor, nextDue, now);
  if (passed.length === 0) return [];
  if (when.type === "interval" || when.missed === "once") return [oneFor(passed)];
  if (when.missed === "all") {
    // The oldest that fires stands for those that are too many.
    const [first = [], ...rest] = passed.length > maxMissed ? withTooMany(passed) : eachOf(passed);
    return [oneFor(first), ...rest.map(oneFor)];
  }
  const late = passed.filter((at) => now - at > lateAfter);
  const onTime = passed.slice(late.length);
  return [
    ...(late.length === 0 ? [] : [{ ...oneFor(late), skipped: true }]),
    ...(onTime.length === 0 ? [] : [oneFor(onTime)]),
  ];
}

/** Whether a moment is one of its times. */
export function isDueAt(when: Timed, anchor: number, at: number): boolean {
  return dueAfter(when, anchor, at - 1) === at;
}

/** The newest times of a span, oldest first; one more than can be counted, at most. */
function dueBetween(when: Timed, anchor: number, from: number, to: number): number[] {
  if (when.type === "cron") return cronBetween(when, from, to, maxMissed + 1);
  const step = when.seconds * 1_000;
  const last = Math.floor((to - anchor) / step);
  const first = Math.max(Math.ceil((from - anchor) / step), last - maxMissed, 1);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => anchor + (first + i) * step,
  );
}

function oneFor(passed: readonly number[]): TimeCause {
  return { type: "time", dueAt: passed.at(-1)!, missed: passed.length - 1, skipped: false };
}

function eachOf(passed: readonly number[]): number[][] {
  return passed.map((at) => [at]);
}

function withTooMany(passed: readonly number[]): number[][] {
  const surplus = passed.length - maxMissed;
  return [passed.slice(0, surplus + 1), ...eachOf(passed.slice(surplus + 1))];
}
