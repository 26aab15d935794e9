/**
 * Cron expressions. A time of day that a change of the clocks leaves out comes at the first moment
 * after the gap, and one that comes twice fires once; expressions with a wildcard or a step, which
 * say how often and not when, follow the time that really passes.
 */
import { Cron } from "croner";
import { invalidField } from "./invalid-field.ts";

/** What a cron trigger says of its times. */
export interface CronTimes {
  readonly expression: string;
  readonly timeZone: string;
}

/** Expressions read, at most; reading one is dear next to asking it. */
const maxRead = 1_000;
const read = new Map<string, Cron>();

/** Throws `invalid_request` for an expression or zone that means nothing, or that never comes. */
export function checkCron({ expression, timeZone }: CronTimes, now: number): void {
  if (!isTimeZone(timeZone)) {
    throw invalidField(
      "when.timeZone",
      `${timeZone} is no time zone this machine knows. Give an IANA name, such as Europe/Berlin or UTC`,
    );
  }
  let cron: Cron;
  try {
    cron = readCron({ expression, timeZone });
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, "");
    throw invalidField(
      "when.expression",
      `${why}. Give five fields (minute, hour, day of month, month, day of week) or six with seconds first`,
    );
  }
  if (cron.nextRun(new Date(now)) === null) {
    throw invalidField("when.expression", `${expression} never comes. Is there such a day?`);
  }
}

/** The first time after a moment; null when there is none. */
export function cronAfter(times: CronTimes, after: number): number | null {
  return readCron(times).nextRun(new Date(after))?.getTime() ?? null;
}

/** The newest times of a span, both ends in it, oldest first, `limit` at most. */
export function cronBetween(times: CronTimes, from: number, to: number, limit: number): number[] {
  const cron = readCron(times);
  // Nearly always it is one, and reading backwards is dear.
  const found: number[] = [];
  for (let at = cronAfter(times, from - 1); at !== null && at <= to; at = cronAfter(times, at)) {
    if (found.length === limit) return newestOf(cron, to, limit);
    found.push(at);
  }
  return found;
}

/** The newest times up to a moment, oldest first. */
function newestOf(cron: Cron, to: number, limit: number): number[] {
  // The reference itself is not among what came before it.
  const before = cron.previousRuns(limit + 1, new Date(to + 1_000));
  return before
    .map((date) => date.getTime())
    .filter((at) => at <= to)
    .slice(0, limit)
    .reverse();
}

function readCron({ expression, timeZone }: CronTimes): Cron {
  const key = `${timeZone} ${expression}`;
  let cron = read.get(key);
  if (cron === undefined) {
    cron = new Cron(expression, { timezone: timeZone, mode: "5-or-6-parts", paused: true });
    if (read.size >= maxRead) read.clear();
    read.set(key, cron);
  }
  return cron;
}

function isTimeZone(name: string): boolean {
  // Offsets are no zones: they don't know when clocks change.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
