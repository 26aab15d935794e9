/** Waits for moments, however far away: a timer of Node's counts no further than 24 days. */

const longestTimer = 2 ** 31 - 1;

/** One wait for each id. */
export class DeadlineTimers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Ids that wait. */
  get size(): number {
    return this.#timers.size;
  }

  /** Calls back once it is `at` (epoch ms), at once when that is past; in place of an earlier wait of this id. */
  wait(id: string, at: number, due: () => void): void {
    clearTimeout(this.#timers.get(id));
    const left = Math.max(0, at - Date.now());
    const timer = setTimeout(
      () => {
        if (left > longestTimer) return this.wait(id, at, due);
        this.#timers.delete(id);
        due();
      },
      Math.min(left, longestTimer),
    );
    this.#timers.set(id, timer);
  }

  /** Ends a wait. */
  stop(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Ends all waits. */
  stopAll(): void {
    for (const id of [...this.#timers.keys()]) this.stop(id);
  }
}
