/**
 * How a firing waits for codex, which was away or had no time for what it says: a function of how it
 * went so far and of the clock.
 */
import type { FiringDelay } from "@signalbox/contract";

/** How long one waits before it is given up, in ms. */
export const delayLimit = 10 * 60_000;
/** The first and the longest pause between two tries, in ms. */
const firstPause = 1_000;
const longestPause = 60_000;

/** Why it could not be done. Nothing came of it. */
export type Hindrance = Pick<FiringDelay, "code" | "message">;

/**
 * How it waits on after one more try. The second try is made as soon as codex is there, so that what
 * waits keeps its order; then each pause is twice as long as the one before.
 */
export function delayAfterTry(
  before: FiringDelay | null,
  { code, message }: Hindrance,
  now: number,
): FiringDelay {
  const { since, until, tries } = before ?? { since: now, until: now + delayLimit, tries: 0 };
  const pause = tries === 0 ? 0 : Math.min(longestPause, firstPause * 2 ** (tries - 1));
  return { since, until, tries: tries + 1, nextAt: now + pause, code, message };
}

/** How it begins to wait where codex is known to be away, so that nothing is tried. */
export function delayUntried({ code, message }: Hindrance, now: number): FiringDelay {
  return { since: now, until: now + delayLimit, tries: 0, nextAt: now, code, message };
}

/** Whether it has waited too long. */
export function isGivenUp(delay: FiringDelay | null, now: number): delay is FiringDelay {
  return delay !== null && delay.until <= now;
}

/** What is said of one that is given up. */
export function toGivenUp({ since, until, code, message }: FiringDelay) {
  const minutes = Math.round((until - since) / 60_000);
  return { code, message: `Codex could not take it for ${minutes} minutes. ${message}` };
}
