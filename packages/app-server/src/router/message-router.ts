/**
 * Takes every text app-server writes, decides by its shape what it is, and brings it to whoever
 * waits for it. Runs on the reader, so it never runs or awaits a user's code: it only appends to
 * bounded logs and settles waiters.
 */
import { type RequestId, threadIdOf, turnIdOf } from "@signalbox/protocol";
import type { AppServerError } from "../errors.ts";
import { EventLog, type LogBounds } from "./event-log.ts";
import type { EventStream } from "./event-stream.ts";
import { Handover } from "./handover.ts";
import { isDelta, isRequest, type Message, type Response, weigh } from "./message.ts";
import { PartlyHeard } from "./partly-heard.ts";
import { PendingRequests } from "./pending-requests.ts";
import { TurnRegistry } from "./turn-registry.ts";

/** The bound on the stream of what belongs to no turn, and on every subscription. */
const STREAM_BOUNDS: LogBounds = {
  events: 4_096,
  bytes: 32 * 1024 * 1024,
  gives: ["delta", "plain", "essential"],
};

/** Questions whose turn is remembered until they are resolved. */
const MAX_ASKERS = 4_096;

/** Part of this client that follows what app-server says, but for deltas. Called on the reader: it must return at once. */
export type Observer = (message: Message) => void;

/** Takes every message, deltas too. Called on the reader: it must return at once and never throw. */
export type Tap = (message: Message, bytes: number) => void;

/** What was received that nobody could be given. */
export type RouterCounters = {
  /** Texts that are not JSON. */
  unreadable: number;
  /** JSON that is no request, notification or response. */
  malformed: number;
  /** Answers nobody waits for: late, doubled, or never asked. */
  unmatched: number;
};

export class MessageRouter {
  readonly pending = new PendingRequests();
  readonly turns = new TurnRegistry();
  /** Lets a thread's messages wait while what came before them is read. */
  readonly handover = new Handover((message, bytes) => this.deliver(message, bytes));
  /** Notices what was missed of turns that ran before they were heard. */
  readonly partlyHeard = new PartlyHeard();
  readonly counters: RouterCounters = { unreadable: 0, malformed: 0, unmatched: 0 };
  readonly #observers: Observer[] = [];
  readonly #taps = new Set<Tap>();
  readonly #unscoped = newLog();
  readonly #byThread = new Map<string, Set<EventLog<Message>>>();
  readonly #everything = new Set<EventLog<Message>>();
  /** Which turn asked an open request: `serverRequest/resolved` does not say. */
  readonly #requestTurns = new Map<RequestId, string>();
  readonly #onSkipped: (text: string, why: string) => void;
  #lastMethod = "";
  #lastIsDelta = false;
  #failure: AppServerError | undefined;

  /** `onSkipped` hears of every text that is left out, for the log. */
  constructor(onSkipped: (text: string, why: string) => void = () => {}) {
    this.#onSkipped = onSkipped;
  }

  observe(observer: Observer): void {
    this.#observers.push(observer);
  }

  /** Gives every message to `tap` from now on. Returns an idempotent way to stop. */
  tap(tap: Tap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** One JSON text as the transport read it. */
  receive(text: string, bytes: number): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.counters.unreadable += 1;
      this.#onSkipped(text, "it is not JSON");
      return;
    }
    const message = value as Partial<Record<"id" | "method" | "result" | "error", unknown>> | null;
    if (typeof message === "object" && message !== null) {
      if (typeof message.method === "string") {
        const asksForAnswer = message.id !== undefined;
        if (!asksForAnswer || isRequestId(message.id)) {
          if (this.handover.isActive && this.handover.takes(message as Message, bytes)) return;
          this.deliver(message as Message, bytes);
          return;
        }
      } else if (isRequestId(message.id) && ("result" in message || "error" in message)) {
        if (!this.pending.settle(message as Response)) this.counters.unmatched += 1;
        return;
      }
    }
    this.counters.malformed += 1;
    this.#onSkipped(text, "it is no request, notification or response");
  }

  /** Brings a notification or request to its turn, its thread and the observers. */
  deliver(message: Message, bytes: number): void {
    if (!this.partlyHeard.isEmpty) this.partlyHeard.observe(message);
    const turnId = this.#turnOf(message);
    const isDelta = this.#isDelta(message);
    if (!isDelta) for (const observe of this.#observers) this.#tell(observe, message);
    if (this.#taps.size > 0) for (const tap of this.#taps) tap(message, bytes);
    if (turnId === undefined) this.#unscoped.append(message, bytes);
    else this.turns.deliver(turnId, message, bytes, isDelta);
    if (this.#byThread.size > 0) {
      for (const log of this.#byThread.get(threadIdOf(message) ?? "") ?? [])
        log.append(message, bytes);
    }
    if (this.#everything.size > 0) for (const log of this.#everything) log.append(message, bytes);
  }

  /**
   * What belongs to no turn. The first consumer also gets what came before it, up to the bound; a
   * later one starts with what the slowest has not read yet.
   */
  unscoped(): EventStream<Message> {
    return this.#unscoped.open();
  }

  /** All that is said from now on, of one thread or of all. */
  subscribe(threadId?: string): EventStream<Message> {
    const log = newLog();
    const logs = threadId === undefined ? this.#everything : this.#threadLogs(threadId);
    if (this.#failure) log.end(this.#failure);
    else logs.add(log);
    const onClose = () => {
      logs.delete(log);
      if (threadId !== undefined && logs.size === 0) this.#byThread.delete(threadId);
    };
    return log.open({ from: "now", onClose });
  }

  /** The process behind the connection is gone: its open requests will never be resolved. */
  forgetRequests(): void {
    this.#requestTurns.clear();
  }

  /** Ends every waiter and stream, present and future, with the same error. */
  failAll(error: AppServerError): void {
    this.#failure ??= error;
    this.pending.failAll(error);
    this.turns.failAll(error);
    this.#unscoped.end(error);
    for (const log of this.#everything) log.end(error);
    for (const logs of this.#byThread.values()) for (const log of logs) log.end(error);
    this.#everything.clear();
    this.#byThread.clear();
  }

  /** Messages come in runs of one method, so what was found out for the last one most often holds. */
  #isDelta(message: Message): boolean {
    if (message.method !== this.#lastMethod) {
      this.#lastMethod = message.method;
      this.#lastIsDelta = isDelta(message);
    }
    return this.#lastIsDelta;
  }

  /** A payload of another shape than the protocol's must not end the reading. */
  #tell(observe: Observer, message: Message): void {
    try {
      observe(message);
    } catch (error) {
      this.counters.malformed += 1;
      this.#onSkipped(message.method, `its payload could not be followed: ${String(error)}`);
    }
  }

  #turnOf(message: Message): string | undefined {
    const turnId = turnIdOf(message);
    if (isRequest(message)) {
      if (turnId !== undefined) this.#rememberAsker(message.id, turnId);
      return turnId;
    }
    if (turnId !== undefined || message.method !== "serverRequest/resolved") return turnId;
    const requestId = message.params?.requestId;
    const asked = this.#requestTurns.get(requestId);
    this.#requestTurns.delete(requestId);
    return asked;
  }

  /** Bounded, since not every question is told to be resolved: a tool call's answer is not. */
  #rememberAsker(id: RequestId, turnId: string): void {
    this.#requestTurns.set(id, turnId);
    if (this.#requestTurns.size <= MAX_ASKERS) return;
    for (const oldest of this.#requestTurns.keys()) {
      this.#requestTurns.delete(oldest);
      return;
    }
  }

  #threadLogs(threadId: string): Set<EventLog<Message>> {
    const logs = this.#byThread.get(threadId) ?? new Set();
    this.#byThread.set(threadId, logs);
    return logs;
  }
}

function newLog(): EventLog<Message> {
  return new EventLog(STREAM_BOUNDS, weigh);
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "number" || typeof id === "string";
}
