/** Who wants to know about the stream itself. */
import { runIsolated } from "../router/isolate.ts";
import type { HandlerErrorListener } from "../router/route.ts";

/** What listeners are made of. */
export interface ListenersOptions {
  /** What they were added with, for failures: `onConnection`. */
  readonly name: string;
  /** Milliseconds a listener may take before it is left behind; Infinity for none. */
  readonly deadline: number;
  readonly onHandlerError: HandlerErrorListener;
}

/** Listeners in the order they were added; each isolated like a handler. */
export class Listeners<Notice extends { readonly type: string }> {
  readonly #options: ListenersOptions;
  #listeners: readonly { readonly listener: (notice: Notice) => unknown }[] = [];

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /** Returns an idempotent removal. */
  add(listener: (notice: Notice) => unknown): () => void {
    const entry = { listener };
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  /**
   * Tells every listener, and `also` after them. Resolves when each is done or left behind; never
   * rejects.
   */
  async tell(
    notice: Notice,
    signal: AbortSignal,
    also?: (notice: Notice) => unknown,
  ): Promise<void> {
    const { name, deadline, onHandlerError } = this.#options;
    const last = also === undefined ? [] : [{ listener: also }];
    for (const { listener } of [...this.#listeners, ...last]) {
      const outcome = await runIsolated(() => listener(notice), { deadline, signal });
      if (outcome.ended === "threw" || outcome.ended === "deadline") {
        onHandlerError({
          reason: outcome.ended,
          error: outcome.error,
          handler: `${name}(${notice.type})`,
          event: null,
        });
      }
    }
  }
}
