/**
 * Bounds guessing. What counts is how many different wrong tokens an address has tried of late: who
 * tries many is guessing, and is not listened to for a while; a program that repeats the one token it
 * has been given wrongly locks nobody out.
 */

/** Different wrong tokens an address may try in one window. */
export const maxWrongTokens = 20;
/** Milliseconds of a window, which begins with an address's first wrong token. */
export const guessWindow = 60_000;
/** Addresses remembered; beyond it the one whose window began first is forgotten. */
const maxAddresses = 4_096;

interface Guesses {
  readonly until: number;
  readonly digests: Set<string>;
}

/** Who tried which wrong tokens. */
export class WrongTokens {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, Guesses>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Milliseconds for which this address is not listened to; 0 when it is. */
  blockedFor(address: string): number {
    const guesses = this.#current(address);
    if (guesses === undefined || guesses.digests.size < maxWrongTokens) return 0;
    return guesses.until - this.#now();
  }

  /** Notes a wrong token by its digest. */
  note(address: string, digest: Buffer): void {
    const guesses = this.#current(address) ?? {
      until: this.#now() + guessWindow,
      digests: new Set(),
    };
    guesses.digests.add(digest.toString("base64"));
    this.#byAddress.set(address, guesses);
    if (this.#byAddress.size <= maxAddresses) return;
    for (const first of this.#byAddress.keys()) {
      this.#byAddress.delete(first);
      return;
    }
  }

  #current(address: string): Guesses | undefined {
    const guesses = this.#byAddress.get(address);
    if (guesses === undefined || guesses.until > this.#now()) return guesses;
    this.#byAddress.delete(address);
    return undefined;
  }
}
