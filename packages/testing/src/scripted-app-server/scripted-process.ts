/**
 * One process of a scripted app-server, seen from the test.
 */
import type { Socket } from "node:net";
import type { Action } from "./action.ts";
import { type ChildMessage, sendControl } from "./control.ts";

/** A line the client wrote, and what it parses to (`undefined` when it is no JSON object). */
export interface ReceivedLine {
  readonly line: string;
  readonly message: ReceivedMessage | undefined;
}

/** A message of the client. */
export interface ReceivedMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A spawned app-server. */
export interface ScriptedProcess {
  /** 0 for the first one spawned. */
  readonly index: number;
  readonly pid: number;
  /** Its arguments, as for `codex`. */
  readonly argv: readonly string[];
  /** Every line it has read, oldest first. */
  readonly received: readonly ReceivedLine[];
  /** Signals it has got, and `"stdin_end"`, in order. */
  readonly signals: readonly string[];
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /**
   * The first message with this method, or that satisfies the function; one that was read already
   * counts. Rejects when the process ends before it comes.
   */
  message(wanted: string | ((message: ReceivedMessage) => boolean)): Promise<ReceivedMessage>;
  /** Resolves once it has got this signal, or `"stdin_end"`. */
  signal(name: string): Promise<void>;
  /** Has it play these actions now; resolves when they are done, rejects when it ends before. */
  play(...actions: readonly Action[]): Promise<void>;
}

/** The test's end of a process. */
export class DirectedProcess implements ScriptedProcess {
  readonly index: number;
  readonly pid: number;
  readonly argv: readonly string[];
  readonly received: ReceivedLine[] = [];
  readonly signals: string[] = [];
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #plays = new Map<number, PromiseWithResolvers<void>>();
  readonly #waiting = new Set<() => void>();
  #ended = false;
  #playCount = 0;

  constructor(from: {
    readonly index: number;
    readonly pid: number;
    readonly argv: readonly string[];
    readonly socket: Socket;
  }) {
    this.index = from.index;
    this.pid = from.pid;
    this.argv = from.argv;
    this.#socket = from.socket;
    this.gone = new Promise((resolve) => from.socket.once("close", () => resolve()));
    void this.gone.then(() => this.#end());
  }

  /** Takes what the child tells. */
  take(message: Exclude<ChildMessage, { type: "hello" | "gate" }>): void {
    switch (message.type) {
      case "line":
        this.received.push({ line: message.line, message: parseMessage(message.line) });
        break;
      case "stdin_end":
        this.signals.push("stdin_end");
        break;
      case "signal":
        this.signals.push(message.signal);
        break;
      case "played": {
        const play = this.#plays.get(message.play);
        this.#plays.delete(message.play);
        if (message.error === null) play?.resolve();
        else play?.reject(new Error(message.error));
      }
    }
    this.#wake();
  }

  async message(
    wanted: string | ((message: ReceivedMessage) => boolean),
  ): Promise<ReceivedMessage> {
    const matches =
      typeof wanted === "function" ? wanted : (one: ReceivedMessage) => one.method === wanted;
    return await this.#until(
      () => this.received.find(({ message }) => message !== undefined && matches(message))?.message,
      typeof wanted === "string" ? wanted : "the awaited message",
    );
  }

  async signal(name: string): Promise<void> {
    await this.#until(() => (this.signals.includes(name) ? true : undefined), name);
  }

  play(...actions: readonly Action[]): Promise<void> {
    const play = ++this.#playCount;
    const done = Promise.withResolvers<void>();
    if (this.#ended) return Promise.reject(goneError("it played these actions"));
    this.#plays.set(play, done);
    sendControl(this.#socket, { type: "play", play, actions });
    return done.promise;
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#ended) throw goneError(`${what} came`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #end(): void {
    this.#ended = true;
    for (const play of this.#plays.values()) play.reject(goneError("it played these actions"));
    this.#plays.clear();
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}

function goneError(before: string): Error {
  return new Error(`The scripted app-server was gone before ${before}.`);
}

function parseMessage(line: string): ReceivedMessage | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
