/**
 * A bounded log that many consumers read, each at its own pace.
 *
 * It is a chain: a reader holds the link it read last, so what every reader has passed is nobody's
 * and gone. Until the first reader comes, the log itself holds the beginning for it. When a bound is
 * passed, the events that matter least are taken out of the chain, oldest first; each reader counts
 * what it lost that way.
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

type Link<T> = {
  /** Undefined in the link before the first event. */
  readonly event: T | undefined;
  readonly size: number;
  /** Counts every event ever appended. */
  readonly seq: number;
  /** Events and bytes of the chain up to this link; only differences between two links mean anything. */
  events: number;
  bytes: number;
  next: Link<T> | undefined;
};

export class EventLog<T extends object> {
  readonly #bounds: LogBounds;
  readonly #weigh: (event: T) => Weight;
  readonly #readers = new Set<EventStream<T>>();
  #waiting: EventStream<T>[] = [];
  #last: Link<T> = { event: undefined, size: 0, seq: 0, events: 0, bytes: 0, next: undefined };
  /** The link before the first event, until the first reader comes. */
  #beginning: Link<T> | undefined = this.#last;
  /** No bound can be passed before the chain is this long. */
  #checkAt: { events: number; bytes: number };
  #ended = false;
  #reason: AppServerError | undefined;

  constructor(bounds: LogBounds, weigh: (event: T) => Weight) {
    this.#bounds = bounds;
    this.#weigh = weigh;
    this.#checkAt = { events: bounds.events, bytes: bounds.bytes };
  }

  /** How many events are held for readers. */
  get size(): number {
    return this.#last.events - this.#slowest().events;
  }

  /** Whether a stream opened now would give this event. */
  holds(event: T): boolean {
    for (let link = this.#slowest().next; link; link = link.next)
      if (link.event === event) return true;
    return false;
  }

  append(event: T, size = 0): void {
    const { seq, events, bytes } = this.#last;
    const link = {
      event,
      size,
      seq: seq + 1,
      events: events + 1,
      bytes: bytes + size,
      next: undefined,
    };
    this.#last.next = link;
    this.#last = link;
    if (link.events > this.#checkAt.events || link.bytes > this.#checkAt.bytes) this.#keepBounds();
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
    const after = from === "start" ? this.#slowest() : this.#last;
    const reader = new EventStream<T>(this.#source, after, options);
    this.#beginning = undefined;
    this.#readers.add(reader);
    return reader;
  }

  readonly #source: Source<T> = {
    ended: () => this.#ended,
    reason: () => this.#reason,
    wait: (reader) => this.#waiting.push(reader),
    close: (reader) => this.#readers.delete(reader),
  };

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const reader of waiting) reader.wake();
  }

  /** The link after which the slowest reader goes on. */
  #slowest(): Link<T> {
    let slowest = this.#beginning ?? this.#last;
    for (const { link } of this.#readers) if (link.seq < slowest.seq) slowest = link;
    return slowest;
  }

  #keepBounds(): void {
    const slowest = this.#slowest();
    for (const weight of this.#bounds.gives) {
      if (!this.#isOver(slowest)) break;
      this.#drop(weight, slowest);
    }
    this.#checkAt = {
      events: slowest.events + this.#bounds.events,
      bytes: slowest.bytes + this.#bounds.bytes,
    };
  }

  #isOver(slowest: Link<T>): boolean {
    const { events, bytes } = this.#last;
    return (
      events - slowest.events > this.#bounds.events || bytes - slowest.bytes > this.#bounds.bytes
    );
  }

  /** Takes the oldest events of one weight out of the chain until it is filled to its refill share. */
  #drop(weight: Weight, slowest: Link<T>): void {
    let events = this.#last.events - slowest.events - this.#bounds.events * REFILL;
    let bytes = this.#last.bytes - slowest.bytes - this.#bounds.bytes * REFILL;
    let kept = slowest;
    const dropped: Link<T>[] = [];
    for (let link = slowest.next; link; link = link.next) {
      if (
        (events > 0 || bytes > 0) &&
        link !== this.#last &&
        this.#weigh(link.event as T) === weight
      ) {
        events -= 1;
        bytes -= link.size;
        link.events = kept.events;
        link.bytes = kept.bytes;
        dropped.push(link);
        continue;
      }
      link.events = kept.events + 1;
      link.bytes = kept.bytes + link.size;
      // A reader may stand on a dropped link: from there, too, the way goes on to what was kept.
      for (const passed of dropped.splice(0)) passed.next = link;
      kept.next = link;
      kept = link;
    }
  }
}

type Source<T extends object> = {
  ended(): boolean;
  reason(): AppServerError | undefined;
  /** Wakes the reader, once, when something was appended or the log ended. */
  wait(reader: EventStream<T>): void;
  close(reader: EventStream<T>): void;
};

export type StreamOptions<T> = {
  /** Given before anything of the log. */
  first?: T | undefined;
  /** The stream ends after the first event of which this is true. */
  until?: ((event: T) => boolean) | undefined;
  /** Hears when the stream lets go. */
  onClose?: (() => void) | undefined;
};

export type OpenOptions<T> = StreamOptions<T> & {
  /** `now` leaves out what came before. */
  from?: "start" | "now";
};

/**
 * One consumer's way through a log: iterate it once, or take what there is in batches. Leaving the
 * loop, `return()` or disposing it lets go of its place.
 */
export class EventStream<T extends object>
  implements AsyncIterableIterator<T, undefined, undefined>, AsyncDisposable
{
  readonly #source: Source<T>;
  readonly #options: StreamOptions<T>;
  readonly #waiting: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  #link: Link<T>;
  #first: T | undefined;
  #dropped = 0;
  #done = false;

  constructor(source: Source<T>, after: Link<T>, options: StreamOptions<T>) {
    this.#source = source;
    this.#options = options;
    this.#link = after;
    this.#first = options.first;
  }

  /** For the log: what was read last. */
  get link(): Link<T> {
    return this.#link;
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

  /**
   * All that can be read now, or the first to come: cheaper than one by one for whoever handles them
   * together. Resolves `undefined` at the end; rejects as `next` does.
   */
  async take(): Promise<T[] | undefined> {
    const first = await this.next();
    if (first.done) return undefined;
    const taken = [first.value];
    for (let event = this.#advance(); event !== undefined; event = this.#advance())
      taken.push(event);
    return taken;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    this.wake();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For the log: gives what there is now to those who wait for it. */
  wake(): void {
    for (let waiter = this.#waiting[0]; waiter; waiter = this.#waiting[0]) {
      const ready = this.#read();
      if (!ready && !this.#source.ended()) return this.#source.wait(this);
      this.#waiting.shift();
      if (ready) {
        waiter.resolve(ready);
        continue;
      }
      this.#finish();
      const reason = this.#source.reason();
      if (reason) waiter.reject(reason);
      else waiter.resolve({ done: true, value: undefined });
    }
  }

  /** What there is now; undefined when the reader has to wait. */
  #read(): IteratorResult<T, undefined> | undefined {
    const value = this.#advance();
    if (value !== undefined) return { done: false, value };
    return this.#done ? { done: true, value: undefined } : undefined;
  }

  #advance(): T | undefined {
    if (this.#done) return undefined;
    const event = this.#first ?? this.#follow();
    this.#first = undefined;
    if (event !== undefined && this.#options.until?.(event)) this.#finish();
    return event;
  }

  #follow(): T | undefined {
    const link = this.#link.next;
    if (!link) return undefined;
    this.#dropped += link.seq - this.#link.seq - 1;
    this.#link = link;
    return link.event;
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#source.close(this);
    // What is appended from now on must not hang on this reader.
    this.#link = { ...this.#link, next: undefined };
    this.#options.onClose?.();
  }
}
