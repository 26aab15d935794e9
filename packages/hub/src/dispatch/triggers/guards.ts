/** What keeps a firing from acting: a function of what is known when its turn comes. */
import type { FiringCause, GuardName, GuardVerdict, TriggerGuards } from "@signalbox/contract";

/** Firings that may lead to one another, at most. */
export const maxDepth = 8;
/** Firings of one trigger that may wait; older ones are let go. */
export const maxWaiting = 1_000;

const hour = 60 * 60 * 1_000;

/** What is known. */
export interface Standing {
  readonly enabled: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly cause: FiringCause;
  readonly depth: number;
  /** Younger firings of the trigger that wait. */
  readonly waiting: number;
  /** When it last acted, epoch milliseconds; null when it never did. */
  readonly lastActedAt: number | null;
  /** When it acted within the last hour, so often. */
  readonly actedWithinHour: number;
  /** Whether a turn runs in the session it acts on. */
  readonly busy: boolean;
  /** Whether it would do exactly what it did last. */
  readonly same: boolean;
  /** Of a question: whether it still waits for its answer. */
  readonly open?: boolean | undefined;
  /** Of an answer: whether a rule says what it is. */
  readonly decided?: boolean | undefined;
}

/** Since when acts count for `maxPerHour`. */
export function hourBefore(now: number): number {
  return now - hour;
}

/** What each guard that has something to say says, in order. */
export function judge(guards: TriggerGuards, standing: Standing): GuardVerdict[] {
  const { enabled, now, cause, depth, waiting, lastActedAt } = standing;
  const verdicts = [
    verdict("enabled", enabled, "The trigger is on.", "The trigger is paused or gone."),
  ];
  if (cause.type === "time") {
    verdicts.push(
      verdict(
        "missed",
        !cause.skipped,
        "Its time was not missed.",
        "Its time passed while the hub was away, and missed times are skipped.",
      ),
    );
  }
  if (standing.open !== undefined) {
    const why = "The question was answered, or is asked no more.";
    verdicts.push(verdict("request", standing.open, "The question waits.", why));
  }
  verdicts.push(
    verdict(
      "depth",
      depth < maxDepth,
      `${depth} firings led to it.`,
      `${depth} firings led to it, and ${maxDepth} are too many.`,
    ),
    verdict(
      "backlog",
      waiting < maxWaiting,
      `${waiting} younger firings wait.`,
      `${waiting} younger firings of the trigger wait already.`,
    ),
  );
  const { minIntervalSeconds, maxPerHour } = guards;
  if (minIntervalSeconds !== undefined) {
    const since = lastActedAt === null ? null : (now - lastActedAt) / 1_000;
    const said = since === null ? "It never acted." : `It acted ${since.toFixed(1)} s ago.`;
    const isLongAgo = since === null || since >= minIntervalSeconds;
    verdicts.push(
      verdict("min_interval", isLongAgo, said, `${said} It may every ${minIntervalSeconds} s.`),
    );
  }
  if (maxPerHour !== undefined) {
    const said = `It acted ${standing.actedWithinHour} times within the hour`;
    verdicts.push(
      verdict(
        "max_per_hour",
        standing.actedWithinHour < maxPerHour,
        `${said}.`,
        `${said}, and may ${maxPerHour} times.`,
      ),
    );
  }
  if (guards.idleOnly) {
    const idle = "No turn runs in the session.";
    verdicts.push(verdict("idle_only", !standing.busy, idle, "A turn runs in the session."));
  }
  if (guards.deduplicate) {
    const same = "It would do what it did the last time.";
    verdicts.push(verdict("deduplicate", !standing.same, "It differs from the last time.", same));
  }
  if (standing.decided !== undefined) {
    const none = "No rule matches the question; it is left to people.";
    verdicts.push(verdict("rules", standing.decided, "A rule matches the question.", none));
  }
  return verdicts;
}

function verdict(guard: GuardName, passes: boolean, yes: string, no: string): GuardVerdict {
  return { guard, passes, reason: passes ? yes : no };
}
