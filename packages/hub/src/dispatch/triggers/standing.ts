/** What is known when a firing's turn comes, for its guards. */
import type { FiringCause, TriggerDefinition } from "@signalbox/contract";
import type { Clock } from "./clock.ts";
import type { FiringStore } from "./firing-store.ts";
import { hourBefore, type Standing } from "./guards.ts";
import type { Questions } from "./questions.ts";

/** Where it is looked up. */
export interface StandingParts {
  readonly firings: FiringStore;
  readonly questions: Questions;
  readonly clock: Clock;
  /** Whether a turn runs on a session. */
  readonly isBusy: (sessionId: string) => boolean;
}

/** A firing, or one that is only thought of. */
export interface Thought {
  readonly cause: FiringCause;
  readonly depth: number;
  readonly targetId: string;
  /** Its place among the firings; undefined where it is only thought of. */
  readonly number?: number;
  readonly digest: string;
  /** What it would do; undefined where rules leave a question to people. */
  readonly content: string | undefined;
}

/** Looks it up. */
export function standingOf(
  { triggerId, enabled, action }: TriggerDefinition,
  { cause, depth, targetId, number, digest, content }: Thought,
  { firings, questions, clock, isBusy }: StandingParts,
): Standing {
  const now = clock.now();
  const { lastActedAt, lastDigest } = firings.history(triggerId);
  return {
    enabled,
    now,
    cause,
    depth,
    waiting: number === undefined ? 0 : firings.waitingAfter(triggerId, number),
    lastActedAt,
    actedWithinHour: firings.actedSince(triggerId, hourBefore(now)),
    busy: isBusy(targetId),
    same: lastDigest === digest,
    open: cause.type === "request" ? questions.isOpen(cause.requestId) : undefined,
    decided: action.type === "answer" ? content !== undefined : undefined,
  };
}
