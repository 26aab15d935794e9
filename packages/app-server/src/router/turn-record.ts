/** What is known of one turn: the events of its stream, and what they add up to. */
import type { ThreadItem, ThreadTokenUsage, Turn } from "@signalbox/protocol";
import type { AppServerError } from "../errors.ts";
import { EventLog, type LogBounds } from "./event-log.ts";
import type { EventStream } from "./event-stream.ts";
import { type Message, weigh } from "./message.ts";

/** The bound on a turn's stream for consumers that fall behind. Its end and its questions always stay. */
const TURN_LOG_BOUNDS: LogBounds = {
  events: 8_192,
  bytes: 64 * 1024 * 1024,
  gives: ["delta", "plain"],
};

type EndOfTurn = Extract<Message, { method: "turn/completed" }>;

export class TurnRecord {
  readonly threadId: string;
  readonly turnId: string;
  readonly #log: EventLog<Message>;
  readonly #ended = Promise.withResolvers<Turn>();
  readonly #items = new Map<string, ThreadItem>();
  #usage: ThreadTokenUsage | undefined;
  #end: EndOfTurn | undefined;
  #failure: AppServerError | undefined;

  constructor(threadId: string, turnId: string, bounds: LogBounds = TURN_LOG_BOUNDS) {
    this.threadId = threadId;
    this.turnId = turnId;
    this.#log = new EventLog(bounds, weigh);
    // Nobody has to wait for the end.
    this.#ended.promise.catch(() => {});
  }

  /** The turn as `turn/completed` gave it; undefined while it runs. */
  get turn(): Turn | undefined {
    return this.#end?.params.turn;
  }

  get isOver(): boolean {
    return this.#end !== undefined || this.#failure !== undefined;
  }

  /** Whether somebody has a stream of it open. */
  get isRead(): boolean {
    return this.#log.isRead;
  }

  /** Completed items in the order they were first completed. */
  get items(): ThreadItem[] {
    return [...this.#items.values()];
  }

  /** The newest token counts that were reported for this turn. */
  get usage(): ThreadTokenUsage | undefined {
    return this.#usage;
  }

  /** Resolves with the finished turn; rejects when the connection was lost for good before its end. */
  get ended(): Promise<Turn> {
    return this.#ended.promise;
  }

  /** One more event of this turn, also after its end. True when it ended the turn. */
  append(message: Message, bytes: number): boolean {
    switch (message.method) {
      case "turn/completed":
        return this.#complete(message, bytes);
      case "item/completed":
        this.#keepItem(message.params?.item);
        break;
      case "thread/tokenUsage/updated":
        this.#usage = message.params?.tokenUsage;
        break;
      default:
    }
    this.#log.append(message, bytes);
    return false;
  }

  appendDelta(message: Message, bytes: number): void {
    this.#log.append(message, bytes);
  }

  /** The connection is gone for good: whoever waits for this turn gets `error`. */
  fail(error: AppServerError): void {
    if (!this.#end) {
      this.#failure = error;
      this.#ended.reject(error);
      this.#log.end(error);
    } else {
      this.close();
    }
  }

  /** Nothing more will come, not even late: streams end. */
  close(): void {
    this.#log.end();
  }

  /**
   * A reader's stream, from the oldest event still held to the end of the turn, or on with what comes
   * late. When readers before it have used up the end, it gets the end alone, so that nobody waits for
   * it for ever.
   */
  open({ late = false } = {}): EventStream<Message> {
    const missedEnd = this.#end && !this.#log.holds(this.#end) ? this.#end : undefined;
    return this.#log.open({ first: missedEnd, late });
  }

  #keepItem(item: ThreadItem | undefined): void {
    if (item) this.#items.set(item.id, item);
  }

  /** A second end of the same turn is seen by nobody. */
  #complete(end: EndOfTurn, bytes: number): boolean {
    if (this.isOver) return false;
    this.#end = end;
    this.#log.append(end, bytes, true);
    this.#ended.resolve(end.params.turn);
    return true;
  }
}
