/** Which process the connections are made to, and that its end is told once, after all it said. */
import type { Log } from "../../log.ts";
import type { Identity } from "./identity.ts";
import type { SharedProcess } from "./shared-process.ts";

/** What the watch asks for and reports. */
export interface ProcessEvents {
  /** Resolves when everything the old process said has been passed on. */
  quiet(): Promise<void>;
  /** The process is gone. */
  ended(generation: number): Promise<void>;
}

/** Finds or starts the process before each connection is made. */
export class ProcessWatch {
  readonly #process: SharedProcess;
  readonly #events: ProcessEvents;
  readonly #log: Log;
  readonly #ids = new Map<number, string>();
  #current: Identity | undefined;
  #generation = 0;
  #wasFound = false;
  #ensuring: Promise<void> | undefined;

  constructor(process: SharedProcess, events: ProcessEvents, log: Log) {
    this.#process = process;
    this.#events = events;
    this.#log = log;
  }

  /** The process that was last known to be there. */
  get current(): Identity | undefined {
    return this.#current;
  }

  /** Processes since the hub started, from 1. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether the current process ran before the hub. */
  get wasFound(): boolean {
    return this.#wasFound;
  }

  /** The name of a process, unique for ever. */
  idOf(generation: number): string {
    return this.#ids.get(generation) ?? "";
  }

  /** Makes sure that the process is there and listens. Callers at the same time share one try. */
  ensure(signal: AbortSignal): Promise<void> {
    this.#ensuring ??= this.#ensure(signal).finally(() => {
      this.#ensuring = undefined;
    });
    return this.#ensuring;
  }

  async #ensure(signal: AbortSignal): Promise<void> {
    const found = await this.#process.find(signal);
    if (found !== undefined && found.id === this.#current?.id) return;
    if (this.#current !== undefined) {
      await this.#events.quiet();
      this.#current = undefined;
      await this.#events.ended(this.#generation);
    }
    this.#current = found ?? (await this.#process.start(signal));
    this.#wasFound = found !== undefined;
    this.#generation += 1;
    this.#ids.set(this.#generation, this.#current.id);
    this.#ids.delete(this.#generation - 2);
    const { pid, codexPath } = this.#current;
    this.#log.info(
      { pid, codexPath },
      found === undefined
        ? "The shared app-server was started"
        : "The shared app-server was found running",
    );
  }
}
