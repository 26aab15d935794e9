/** Who wants to know about the stream itself. */
import { runIsolated } from "../router/isolate.ts";
import type { HandlerErrorListener } from "../router/route.ts";
import type { ConnectionEvent, ConnectionListener } from "./connection-event.ts";

/** Listeners in the order they were added; each isolated like a handler. */
export class ConnectionListeners {
  readonly #deadline: number;
  readonly #onHandlerError: HandlerErrorListener;
  #listeners: readonly { readonly listener: ConnectionListener }[] = [];

  constructor(options: { deadline: number; onHandlerError: HandlerErrorListener }) {
    this.#deadline = options.deadline;
    this.#onHandlerError = options.onHandlerError;
  }

  /** Returns an idempotent removal. */
  add(listener: ConnectionListener): () => void {
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
    event: ConnectionEvent,
    signal: AbortSignal,
    also?: ConnectionListener,
  ): Promise<void> {
    const last = also === undefined ? [] : [{ listener: also }];
    for (const { listener } of [...this.#listeners, ...last]) {
      const outcome = await runIsolated(() => listener(event), {
        deadline: this.#deadline,
        signal,
      });
      if (outcome.ended === "threw" || outcome.ended === "deadline") {
        this.#onHandlerError({
          reason: outcome.ended,
          error: outcome.error,
          handler: `onConnection(${event.type})`,
          event: null,
        });
      }
    }
  }
}
