/** Where several connections flow together: a bounded queue that makes those who bring wait. */

/** Things that wait to be taken, from several sources, each in its own order. */
export class Confluence<T> {
  readonly #limit: number;
  #waiting: T[] = [];
  #ended = false;
  #wakeTaker = Promise.withResolvers<void>();
  #wakeBringers = Promise.withResolvers<void>();

  /** `limit`: how many may wait before those who bring more wait themselves. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds things in order, all of them. Resolves when there is room for more, or nobody takes any more. */
  async bring(things: readonly T[]): Promise<void> {
    if (this.#ended || things.length === 0) return;
    this.#waiting.push(...things);
    this.#wakeTaker.resolve();
    while (this.#waiting.length >= this.#limit && !this.#ended) await this.#wakeBringers.promise;
  }

  /** What waits, `max` at most, or the first to come; undefined once it ended and all was taken. */
  async take(max: number): Promise<T[] | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#ended) return undefined;
      this.#wakeTaker = Promise.withResolvers();
      await this.#wakeTaker.promise;
    }
    const taken = this.#waiting.slice(0, max);
    this.#waiting = this.#waiting.slice(taken.length);
    this.#wakeBringers.resolve();
    this.#wakeBringers = Promise.withResolvers();
    return taken;
  }

  /** Nothing more is brought. */
  end(): void {
    this.#ended = true;
    this.#wakeTaker.resolve();
    this.#wakeBringers.resolve();
  }
}
