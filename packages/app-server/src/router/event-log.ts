/**
 * A bounded log that many consumers read, each at its own pace.
 *
 * Until the first reader comes, the log keeps the beginning for it; from then on an event is kept
 * until every reader has passed it, and not at all while there is none. When a bound is passed, the
 * events that matter least give way, oldest first; each reader counts what it lost that way.
 */
import type { AppServerError } from "../errors.ts";
import { type EventSource, EventStream, type EventStreamOptions } from "./event-stream.ts";

export type Weight = "delta" | "plain" | "essential";

export type LogBounds = {
  /** Events kept for slow consumers. */
  events: number;
  /**
   * The size on the wire, in bytes, of those among them that are larger than their share, which is
   * this divided by `events`. The others are bounded by their number.
   */
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

export class EventLog<T extends object> implements EventSource<T> {
  readonly #bounds: LogBounds;
  readonly #weigh: (event: T) => Weight;
  readonly #share: number;
  readonly #readers: EventStream<T>[] = [];
  #waiting: EventStream<T>[] = [];
  #events: T[] = [];
  /** Sizes of the events that are larger than their share. */
  readonly #large = new Map<T, number>();
  #largeBytes = 0;
  /** The position of `#events[0]`. */
  #first = 0;
  /** The position after the last event that is not late. */
  #mark: number | undefined;
  /** Room is made when there are more events than this. */
  #roomFor: number;
  #keepsBeginning = true;
  #ended = false;
  #reason: AppServerError | undefined;

  constructor(bounds: LogBounds, weigh: (event: T) => Weight) {
    this.#bounds = bounds;
    this.#weigh = weigh;
    this.#share = bounds.bytes / bounds.events;
    this.#roomFor = bounds.events;
  }

  /** How many events are held for readers. */
  get size(): number {
    return this.#events.length;
  }

  get isRead(): boolean {
    return this.#readers.length > 0;
  }

  /** Whether a stream opened now would give this event. */
  holds(event: T): boolean {
    return this.#events.includes(event, this.#oldest - this.#first);
  }

  /** One more event; `isLast` says that whatever comes after it is late. */
  append(event: T, size = 0, isLast = false): void {
    if (isLast) this.#mark = this.#head + 1;
    if (this.#readers.length === 0 && !this.#keepsBeginning) {
      this.#first += 1;
      return;
    }
    const held = this.#events.push(event);
    if (size > this.#share) {
      this.#large.set(event, size);
      this.#largeBytes += size;
      if (this.#largeBytes > this.#bounds.bytes) this.#makeRoom();
    }
    if (held > this.#roomFor) this.#makeRoom();
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
    const reader = new EventStream<T>(this, position, options);
    this.#keepsBeginning = false;
    this.#readers.push(reader);
    return reader;
  }

  /** For streams: see `EventSource`. */
  at(position: number): T | undefined {
    return this.#events[position - this.#first];
  }

  /** For streams: what stands after a position, handed over whole where nobody else reads it. */
  after(position: number): T[] {
    if (position !== this.#first || this.#readers.length > 1) {
      return this.#events.slice(position - this.#first);
    }
    const events = this.#events.slice();
    this.#clear();
    return events;
  }

  /** For streams. */
  passed(position: number): void {
    const passed = position - this.#first;
    if (passed === this.#events.length || passed >= TRIM_STEP) this.#trim();
  }

  /** For streams. */
  get mark(): number | undefined {
    return this.#mark;
  }

  /** For streams. */
  get ended(): boolean {
    return this.#ended;
  }

  /** For streams. */
  get reason(): AppServerError | undefined {
    return this.#reason;
  }

  /** For streams. */
  wait(reader: EventStream<T>): void {
    this.#waiting.push(reader);
  }

  /** For streams. */
  close(reader: EventStream<T>): void {
    this.#readers.splice(this.#readers.indexOf(reader), 1);
    this.#trim();
  }

  get #head(): number {
    return this.#first + this.#events.length;
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const reader of waiting) reader.wake();
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
    for (const event of this.#events.splice(0, count)) this.#forget(event);
    this.#first += count;
  }

  #clear(): void {
    this.#first += this.#events.length;
    // Emptied, not replaced: an old array that is let go keeps its events until the next full collection.
    this.#events.length = 0;
    this.#large.clear();
    this.#largeBytes = 0;
    this.#roomFor = this.#bounds.events;
  }

  #forget(event: T): void {
    this.#largeBytes -= this.#large.get(event) ?? 0;
    this.#large.delete(event);
  }

  #isOver(): boolean {
    return this.#events.length > this.#bounds.events || this.#largeBytes > this.#bounds.bytes;
  }

  #makeRoom(): void {
    this.#trim();
    for (const weight of this.#bounds.gives) if (this.#isOver()) this.#drop(weight);
    // Where nothing more may give way, room is not looked for at every event again.
    this.#roomFor = Math.max(this.#bounds.events, this.#events.length / REFILL);
  }

  /** Drops the oldest events of one weight, never the newest event, until the log is filled to its refill share. */
  #drop(weight: Weight): void {
    const kept: T[] = [];
    const newest = this.#events.length - 1;
    let events = this.#events.length - this.#bounds.events * REFILL;
    let bytes = this.#largeBytes - this.#bounds.bytes * REFILL;
    /** How many events before each index were dropped. */
    const droppedBefore = new Uint32Array(this.#events.length + 1);
    for (const [index, event] of this.#events.entries()) {
      if ((events > 0 || bytes > 0) && index < newest && this.#weigh(event) === weight) {
        events -= 1;
        bytes -= this.#large.get(event) ?? 0;
        this.#forget(event);
      } else {
        kept.push(event);
      }
      droppedBefore[index + 1] = index + 1 - kept.length;
    }
    const dropped = this.#events.length - kept.length;
    if (this.#mark !== undefined) this.#mark -= droppedBefore[this.#mark - this.#first] ?? 0;
    for (const reader of this.#readers) {
      const before = droppedBefore[reader.position - this.#first] ?? 0;
      reader.lost(before, dropped - before);
    }
    this.#events = kept;
  }
}
