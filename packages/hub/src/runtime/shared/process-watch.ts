/** Which process the connections are made to, and that its end is told once, after all it said. */
import type { Log } from "../../log.ts";
import type { Identity } from "./identity.ts";
import type { SharedProcess } from "./shared-process.ts";

/** What the watch asks for and reports. */
export interface ProcessEvents {
  /** Resolves when everything the old process said has been passed on. */
  quiet(): Promise<void>;
  /** The process is gone. `how` follows its name. */
  ended(generation: number, how: string): Promise<void>;
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
  /** The process that was ended because it was silent. */
  #silent: string | undefined;

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

  /** Ends this process, if it is there still, because it says nothing. False when it was gone. */
  async endSilent(id: string): Promise<boolean> {
    this.#silent = id;
    const ended = await this.#process.kill(id);
    if (ended === undefined) return false;
    this.#log.error(
      { pid: ended.pid },
      "The shared app-server gave no sign of life; it was ended and is started again",
    );
    return true;
  }

  async #ensure(signal: AbortSignal): Promise<void> {
    const found = await this.#process.find(signal);
    if (found !== undefined && found.id === this.#current?.id) return;
    if (this.#current !== undefined) {
      await this.#events.quiet();
      const how =
        this.#silent === this.#current.id ? "gave no sign of life and was ended" : "has ended";
      this.#current = undefined;
      await this.#events.ended(this.#generation, how);
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
