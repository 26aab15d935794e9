/**
 * A bounded log that many consumers read, each at its own pace.
 *
 * Until the first reader comes, the log keeps the beginning for it; from then on an event is kept
 * until every reader has passed it, and not at all while there is none. When a bound is passed, the
 * events that matter least give way, oldest first; each reader counts what it lost that way.
 */
import type { AppServerError } from "../errors.ts";
import { EventStream, type EventStreamOptions } from "./event-stream.ts";

export type Weight = "delta" | "plain" | "essential";

export type LogBounds = {
  /** Events kept for slow consumers. */
  events: number;
  /** Their size on the wire, in bytes. */
  bytes: number;
  /** What may be dropped when a bound is passed, in this order; what is not named stays. */
  gives: readonly Weight[];
};

export type OpenOptions<T> = EventStreamOptions<T> & {
  /** `now` leaves out what came before. */
  from?: "start" | "now";
};

/** After making room a log is filled to this share, so that room is made seldom. */
const REFILL = 3 / 4;
/** What readers have passed is let go when they have caught up, or in steps of this many events. */
const TRIM_STEP = 256;

export class EventLog<T extends object> {
  readonly #bounds: LogBounds;
  readonly #weigh: (event: T) => Weight;
  readonly #readers: EventStream<T>[] = [];
  #waiting: EventStream<T>[] = [];
  #events: T[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  /** The position of `#events[0]`. */
  #first = 0;
  #keepsBeginning = true;
  #ended = false;
  #reason: AppServerError | undefined;

  constructor(bounds: LogBounds, weigh: (event: T) => Weight) {
    this.#bounds = bounds;
    this.#weigh = weigh;
  }

  /** How many events are held for readers. */
  get size(): number {
    return this.#events.length;
  }

  /** Whether a stream opened now would give this event. */
  holds(event: T): boolean {
    return this.#events.includes(event, this.#oldest - this.#first);
  }

  append(event: T, size = 0): void {
    if (this.#readers.length === 0 && !this.#keepsBeginning) return;
    this.#events.push(event);
    this.#sizes.push(size);
    this.#bytes += size;
    if (this.#isOver()) this.#makeRoom();
    if (this.#waiting.length > 0) this.#wakeAll();
  }

  /** No more events: streams end when they have read what is left, with `reason` as their error if there is one. */
  end(reason?: AppServerError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#wakeAll();
  }

  /** A new consumer, from the oldest event still held unless `from` says otherwise. */
  open({ from = "start", ...options }: OpenOptions<T> = {}): EventStream<T> {
    const position = from === "start" ? this.#oldest : this.#head;
    const reader = new EventStream<T>(this.#source, position, options);
    this.#keepsBeginning = false;
    this.#readers.push(reader);
    return reader;
  }

  readonly #source = {
    at: (position: number) => this.#events[position - this.#first],
    after: (position: number) => this.#takeAfter(position),
    passed: (position: number) => {
      const passed = position - this.#first;
      if (passed === this.#events.length || passed >= TRIM_STEP) this.#trim();
    },
    ended: () => this.#ended,
    reason: () => this.#reason,
    wait: (reader: EventStream<T>) => this.#waiting.push(reader),
    close: (reader: EventStream<T>) => {
      this.#readers.splice(this.#readers.indexOf(reader), 1);
      this.#trim();
    },
  };

  get #head(): number {
    return this.#first + this.#events.length;
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const reader of waiting) reader.wake();
  }

  /** What stands after a position, handed over whole where nobody else reads it. */
  #takeAfter(position: number): T[] {
    if (position === this.#first && this.#readers.length === 1) {
      const events = this.#events;
      this.#clear();
      return events;
    }
    return this.#events.slice(position - this.#first);
  }

  /** Where the slowest reader stands, or the beginning where that is kept. */
  get #oldest(): number {
    if (this.#keepsBeginning) return this.#first;
    return this.#readers.reduce((oldest, { position }) => Math.min(oldest, position), this.#head);
  }

  /** Lets go of what every reader has passed. */
  #trim(): void {
    const count = this.#oldest - this.#first;
    if (count === this.#events.length) {
      this.#clear();
      return;
    }
    for (const size of this.#sizes.splice(0, count)) this.#bytes -= size;
    this.#events.splice(0, count);
    this.#first += count;
  }

  #clear(): void {
    this.#first += this.#events.length;
    this.#events = [];
    this.#sizes = [];
    this.#bytes = 0;
  }

  #isOver(): boolean {
    return this.#events.length > this.#bounds.events || this.#bytes > this.#bounds.bytes;
  }

  #makeRoom(): void {
    this.#trim();
    for (const weight of this.#bounds.gives) {
      if (!this.#isOver()) return;
      this.#drop(weight);
    }
  }

  /** Drops the oldest events of one weight, never the newest event, until the log is filled to its refill share. */
  #drop(weight: Weight): void {
    const kept: T[] = [];
    const sizes: number[] = [];
    const newest = this.#events.length - 1;
    let events = this.#events.length - this.#bounds.events * REFILL;
    let bytes = this.#bytes - this.#bounds.bytes * REFILL;
    /** How many events before each index were dropped. */
    const droppedBefore = new Uint32Array(this.#events.length + 1);
    for (const [index, event] of this.#events.entries()) {
      const size = this.#sizes[index] ?? 0;
      if ((events > 0 || bytes > 0) && index < newest && this.#weigh(event) === weight) {
        events -= 1;
        bytes -= size;
        this.#bytes -= size;
      } else {
        kept.push(event);
        sizes.push(size);
      }
      droppedBefore[index + 1] = index + 1 - kept.length;
    }
    const dropped = this.#events.length - kept.length;
    for (const reader of this.#readers) {
      const before = droppedBefore[reader.position - this.#first] ?? 0;
      reader.lost(before, dropped - before);
    }
    this.#events = kept;
    this.#sizes = sizes;
  }
}
