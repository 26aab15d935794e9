/**
 * Lets one turn of a thread run at a time. app-server does not: a second `turn/start` is silently
 * added to the turn that runs, and answered with the id of a turn that will never be heard of.
 */
import { untilAborted } from "../abort.ts";
import type { AppServerClient } from "../client/app-server-client.ts";
import { AppServerError } from "../errors.ts";

/** Starts that may wait for one thread. */
const MAX_WAITING = 256;

export class TurnGate {
  readonly #client: AppServerClient;
  readonly #threadId: string;
  #last: Promise<void> = Promise.resolve();
  #held = 0;

  constructor(client: AppServerClient, threadId: string) {
    this.#client = client;
    this.#threadId = threadId;
  }

  /** True while a turn runs, or a start is under way or waits. */
  get isBusy(): boolean {
    return this.#held > 0 || this.#client.threads.isBusy(this.#threadId);
  }

  /**
   * Waits until every start before this one is over and the thread is idle. What is returned must be
   * called, once, when the turn is over or was not started.
   * Rejects with `queue_full` or `aborted`. Lets everybody through when the client has closed: what
   * they send then is refused with its error.
   */
  async enter(signal: AbortSignal = new AbortController().signal): Promise<() => void> {
    if (this.#held >= MAX_WAITING) {
      throw new AppServerError(
        "queue_full",
        `${this.#held} turns wait for thread ${this.#threadId} already.`,
      );
    }
    this.#held += 1;
    const before = this.#last;
    const mine = Promise.withResolvers<void>();
    this.#last = before.then(() => mine.promise);
    const leave = () => {
      this.#held -= 1;
      mine.resolve();
    };
    try {
      await untilAborted(before, signal);
      while (this.#client.state !== "closed" && this.#client.threads.isBusy(this.#threadId))
        await this.#client.threads.changed(this.#threadId, signal);
      return leave;
    } catch (error) {
      leave();
      throw new AppServerError(
        "aborted",
        "Waiting for the thread was aborted by the caller; nothing was sent.",
        { cause: error },
      );
    }
  }
}
