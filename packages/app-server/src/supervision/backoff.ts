/** How long to wait before trying again: doubling, bounded, with full jitter so that many clients spread out. */

export type BackoffOptions = {
  /** Bound of the first wait, in ms. */
  initialDelay: number;
  /** Bound of every wait, in ms. */
  maxDelay: number;
};

/** The wait before attempt `attempt` (counted from 1), in ms; `random` gives numbers in [0, 1). */
export function backoffDelay(
  attempt: number,
  { initialDelay, maxDelay }: BackoffOptions,
  random: () => number = Math.random,
): number {
  const bound = Math.min(maxDelay, initialDelay * 2 ** Math.min(attempt - 1, 30));
  return Math.round(bound * random());
}
