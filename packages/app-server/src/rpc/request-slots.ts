/**
 * A bound on the requests in flight. app-server's own queue is short, and when it and its output are
 * full it drops requests without an answer; so a client must not write faster than it is answered.
 */
import { AppServerError } from "../errors.ts";

export class RequestSlots {
  readonly #limit: number;
  readonly #waitLimit: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** `limit` requests in flight, `waitLimit` more that wait for a slot. */
  constructor(limit: number, waitLimit: number) {
    this.#limit = limit;
    this.#waitLimit = waitLimit;
  }

  /** Takes a slot, first come first served. Rejects with `queue_full`, or the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.size >= this.#waitLimit) {
      throw new AppServerError(
        "queue_full",
        `${this.#taken} requests are in flight and ${this.#waiting.size} wait. Wait for some of them before sending more.`,
        { details: { inFlight: this.#taken, waiting: this.#waiting.size } },
      );
    }
    await new Promise<void>((resolve, reject) => {
      const wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Gives a slot back, to whoever waited longest. */
  release(): void {
    for (const wake of this.#waiting) {
      this.#waiting.delete(wake);
      wake();
      return;
    }
    this.#taken -= 1;
  }
}
