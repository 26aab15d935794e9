/** What is known of codex's process, as it was told: the one that runs, and how the last one ended. */
import type { RuntimeInfo } from "@signalbox/app-server";

/** How the last process ended. `code` and `signal` are null where the client could not learn them. */
export interface LastExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** ISO time. */
  readonly at: string;
  readonly message: string;
}

/** The notes. */
export class ProcessNotes {
  #info: RuntimeInfo | undefined;
  #lastExit: LastExit | undefined;

  /** The process that runs; undefined when none does. */
  get info(): RuntimeInfo | undefined {
    return this.#info;
  }

  /** How the last one ended; undefined when none did since the hub started. */
  get lastExit(): LastExit | undefined {
    return this.#lastExit;
  }

  /** A process was started or found. */
  started(info: RuntimeInfo): void {
    this.#info = info;
  }

  /** The process ended. */
  exited(exit: LastExit): void {
    this.#info = undefined;
    this.#lastExit = exit;
  }
}
