/**
 * A bounded log that many consumers read, each at its own pace.
 *
 * Until the first consumer opens a stream, everything from the beginning is kept for it. From then
 * on an event is kept until every open stream has read it. When a bound is passed, the events that
 * matter least give way, oldest first. Each stream counts what it lost that way.
 */
import type { AppServerError } from "../errors.ts";

export type Weight = "delta" | "plain" | "essential";

export type LogBounds = {
  /** Events kept for slow consumers. */
  events: number;
  /** Their size on the wire, in bytes. */
  bytes: number;
  /** What may be dropped when a bound is passed, in this order; what is not named stays. */
  gives: readonly Weight[];
};

/** After making room a log is filled to this share, so that room is made seldom. */
const REFILL = 3 / 4;
/** A log lets go of what everybody has read when they have caught up, or in steps of this many events. */
const TRIM_STEP = 256;

export class EventLog<T> {
  readonly #bounds: LogBounds;
  readonly #weigh: (event: T) => Weight;
  readonly #streams = new Set<EventStream<T>>();
  #events: T[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  /** The position of `#events[0]`. */
  #first = 0;
  #waiting: EventStream<T>[] = [];
  #opened = false;
  #ended = false;
  #reason: AppServerError | undefined;

  constructor(bounds: LogBounds, weigh: (event: T) => Weight) {
    this.#bounds = bounds;
    this.#weigh = weigh;
  }

  /** How many events are held in memory. */
  get size(): number {
    return this.#events.length;
  }

  /** Whether a stream opened now would give this event. */
  holds(event: T): boolean {
    return this.#events.includes(event);
  }

  append(event: T, bytes = 0): void {
    this.#events.push(event);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    if (this.#events.length > this.#bounds.events || this.#bytes > this.#bounds.bytes)
      this.#makeRoom();
    this.#wakeAll();
  }

  /** No more events: streams end when they have read what is left, with `reason` as their error if there is one. */
  end(reason?: AppServerError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#wakeAll();
  }

  /** A new consumer, from the oldest event still held, or from now on. `onClose` hears when it lets go. */
  open(from: "start" | "now" = "start", onClose?: () => void): EventStream<T> {
    const at = from === "start" ? this.#first : this.#first + this.#events.length;
    this.#opened = true;
    const stream = new EventStream<T>(this.#reader, at, onClose);
    this.#streams.add(stream);
    return stream;
  }

  readonly #reader: LogReader<T> = {
    read: (position) => this.#events[position - this.#first],
    head: () => this.#first + this.#events.length,
    ended: () => this.#ended,
    reason: () => this.#reason,
    wait: (stream) => this.#waiting.push(stream),
    passed: (position) => {
      const read = position - this.#first;
      if (read === this.#events.length || read >= TRIM_STEP) this.#trim();
    },
    closed: (stream) => {
      this.#streams.delete(stream);
      this.#trim();
    },
  };

  #wakeAll(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const stream of waiting) stream.wake();
  }

  /** Lets go of what every open stream has read. */
  #trim(): void {
    if (!this.#opened) return;
    let slowest = this.#first + this.#events.length;
    for (const stream of this.#streams) slowest = Math.min(slowest, stream.position);
    this.#cut(slowest - this.#first);
  }

  #cut(count: number): void {
    if (count <= 0) return;
    this.#first += count;
    if (count === this.#events.length) {
      this.#events = [];
      this.#sizes = [];
      this.#bytes = 0;
      return;
    }
    for (let i = 0; i < count; i++) this.#bytes -= this.#sizes[i] ?? 0;
    this.#events.splice(0, count);
    this.#sizes.splice(0, count);
  }

  #makeRoom(): void {
    this.#trim();
    for (const weight of this.#bounds.gives) this.#give(weight);
  }

  /** Drops the oldest events of one weight until the log is filled to its refill share. */
  #give(weight: Weight): void {
    const events = this.#bounds.events * REFILL;
    const bytes = this.#bounds.bytes * REFILL;
    if (this.#events.length <= this.#bounds.events && this.#bytes <= this.#bounds.bytes) return;
    const kept: T[] = [];
    const sizes: number[] = [];
    /** How many events before each index were dropped. */
    const droppedBefore = new Uint32Array(this.#events.length + 1);
    let dropped = 0;
    let held = this.#events.length;
    for (const [index, event] of this.#events.entries()) {
      droppedBefore[index] = dropped;
      const size = this.#sizes[index] ?? 0;
      if ((held > events || this.#bytes > bytes) && this.#weigh(event) === weight) {
        dropped += 1;
        held -= 1;
        this.#bytes -= size;
      } else {
        kept.push(event);
        sizes.push(size);
      }
    }
    droppedBefore[this.#events.length] = dropped;
    for (const stream of this.#streams) {
      const before = droppedBefore[stream.position - this.#first] ?? 0;
      stream.lost(before, dropped - before);
    }
    this.#events = kept;
    this.#sizes = sizes;
  }
}

type LogReader<T> = {
  read(position: number): T | undefined;
  head(): number;
  ended(): boolean;
  reason(): AppServerError | undefined;
  /** Wakes the stream, once, when something was appended or the log ended. */
  wait(stream: EventStream<T>): void;
  passed(position: number): void;
  closed(stream: EventStream<T>): void;
};

/**
 * One consumer's way through a log: iterate it once. Leaving the loop, `return()` or disposing it
 * lets go of its place.
 */
export class EventStream<T>
  implements AsyncIterableIterator<T, undefined, undefined>, AsyncDisposable
{
  readonly #log: LogReader<T>;
  #position: number;
  #dropped = 0;
  #done = false;
  readonly #onClose: (() => void) | undefined;
  readonly #waiting: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];

  constructor(log: LogReader<T>, position: number, onClose?: () => void) {
    this.#log = log;
    this.#position = position;
    this.#onClose = onClose;
  }

  /** Where in the log the next event of this stream stands. */
  get position(): number {
    return this.#position;
  }

  /** How many events gave way before this stream read them, because it was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const ready = this.#waiting.length === 0 ? this.#read() : undefined;
    if (ready) return Promise.resolve(ready);
    const waiter = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#waiting.push(waiter);
    this.wake();
    return waiter.promise;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For the log: gives what there is now to those who wait for it. */
  wake(): void {
    for (let waiter = this.#waiting[0]; waiter; waiter = this.#waiting[0]) {
      const ready = this.#read();
      const reason = ready ? undefined : this.#log.reason();
      if (!ready && !this.#log.ended()) return this.#log.wait(this);
      this.#waiting.shift();
      if (ready) {
        waiter.resolve(ready);
      } else {
        this.#finish();
        if (reason) waiter.reject(reason);
        else waiter.resolve({ done: true, value: undefined });
      }
    }
  }

  /** For the log: `before` events this stream had read and `unread` ones it had not were dropped. */
  lost(before: number, unread: number): void {
    this.#position -= before;
    this.#dropped += unread;
  }

  /** What there is now; undefined when the reader has to wait. */
  #read(): IteratorResult<T, undefined> | undefined {
    if (this.#done) return { done: true, value: undefined };
    if (this.#position >= this.#log.head()) return undefined;
    const value = this.#log.read(this.#position) as T;
    this.#position += 1;
    this.#log.passed(this.#position);
    return { done: false, value };
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#log.closed(this);
    this.#onClose?.();
    this.wake();
  }
}
