/** Somebody who looks round again and again, as long as the run lasts. */
import { setTimeout as wait } from "node:timers/promises";
import { isSignalboxError } from "@signalbox/sdk";

/** Looks, with a pause before each look, until it is stopped. */
export class Rounds {
  readonly #stop = new AbortController();
  readonly #looking: Promise<void>;

  /** `pause`: ms before the next look. A look may fail where the hub or codex is away. */
  constructor(pause: () => number, look: () => Promise<unknown>) {
    this.#looking = this.#run(pause, look);
  }

  /** Resolves when the last look is over. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  async #run(pause: () => number, look: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await wait(pause(), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await look();
      } catch (error) {
        if (!isSignalboxError(error)) throw error;
      }
    }
  }
}
