/** How many run side by side, and how many may wait for that. */

/** A bounded number of places, given in the order they were asked for. */
export class Slots {
  #limit: number;
  #taken = 0;
  readonly #maxWaiting: number;
  readonly #waiting = new Set<(hasPlace: boolean) => void>();

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** Whether nobody more may wait. */
  get isFull(): boolean {
    return this.#taken >= this.#limit && this.#waiting.size >= this.#maxWaiting;
  }

  /** Changes how many run side by side, from now on. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#hand();
  }

  /** Waits for a place. True with one, which `free` gives back; false when the signal fired first. */
  take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (hasPlace: boolean) => {
        this.#waiting.delete(settle);
        signal.removeEventListener("abort", leave);
        resolve(hasPlace);
      };
      const leave = () => settle(false);
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(settle);
      this.#hand();
    });
  }

  /** Gives a place back. */
  free(): void {
    this.#taken -= 1;
    this.#hand();
  }

  #hand(): void {
    for (const settle of this.#waiting) {
      if (this.#taken >= this.#limit) return;
      this.#taken += 1;
      settle(true);
    }
  }
}
