/** How long to wait before connecting again. */

/** Full jitter: a random time between 0 and a ceiling that doubles with each failure. */
export interface BackoffPolicy {
  /** Milliseconds; the ceiling of the first wait. */
  readonly base: number;
  /** Milliseconds no wait exceeds. */
  readonly cap: number;
  /** Milliseconds a connection must have lasted for the ceiling to start at `base` again. */
  readonly stableAfter: number;
}

/** Used where nothing else is given. */
export const defaultBackoff: BackoffPolicy = { base: 250, cap: 10_000, stableAfter: 5_000 };

/** Counts failures and says how long to wait after each. */
export class Backoff {
  readonly #policy: BackoffPolicy;
  readonly #random: () => number;
  #failures = 0;

  constructor(policy: BackoffPolicy, random: () => number = Math.random) {
    this.#policy = policy;
    this.#random = random;
  }

  /** Milliseconds to wait after a connection that lasted this long (0: never came about). */
  next(lasted: number): number {
    if (lasted >= this.#policy.stableAfter) this.#failures = 0;
    // The exponent is bounded, so that the power stays finite however long the hub is away.
    const ceiling = Math.min(
      this.#policy.cap,
      this.#policy.base * 2 ** Math.min(this.#failures, 30),
    );
    this.#failures += 1;
    return Math.floor(this.#random() * ceiling);
  }
}
