/** How long a call may wait, for those that answer when something happens. */
import { setTimeout as delay } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contract";

/** What ends a call before its time. */
export interface CallEnds {
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The hub ends. */
  readonly closing: AbortSignal;
}

/** The time one call has, from its making. */
export class Patience implements Disposable {
  readonly #done = new AbortController();
  readonly #ends: CallEnds;
  readonly #over: Promise<"over">;
  #isOver: boolean;

  /** `ms` 0: no time at all. */
  constructor(ms: number, ends: CallEnds) {
    this.#ends = ends;
    this.#isOver = ms === 0;
    const any = AbortSignal.any([this.#done.signal, ends.signal, ends.closing]);
    // An abort ends the waiting too; what it was is asked afterwards.
    this.#over = delay(ms, "over" as const, { signal: any })
      .catch(() => "over" as const)
      .finally(() => {
        this.#isOver = true;
      });
  }

  /** Waits for something, at most until the time is over. Throws `aborted` and `hub_closing`. */
  async until(something: Promise<unknown>): Promise<void> {
    this.#check();
    if (!this.#isOver) await Promise.race([something, this.#over]);
    this.#check();
  }

  /** Whether there is no time left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Lets go of the timer. Idempotent. */
  [Symbol.dispose](): void {
    this.#done.abort();
  }

  #check(): void {
    if (this.#ends.signal.aborted) {
      throw new SignalboxError("aborted", "The caller has gone.");
    }
    if (this.#ends.closing.aborted) {
      throw new SignalboxError("hub_closing", "The hub is shutting down. Ask the next one.");
    }
  }
}
