/** One consumer's way through a log of events. */
import type { AppServerError } from "../errors.ts";

/** The log as its readers see it; a position counts the events that were kept. */
export type EventSource<T extends object> = {
  at(position: number): T | undefined;
  /** Everything after a position, for the reader that stands there. */
  after(position: number): T[];
  /** A reader has come to this position. */
  passed(position: number): void;
  /** The position after which everything is late; undefined before it is known. */
  readonly mark: number | undefined;
  readonly ended: boolean;
  /** Why it ended, where that is an error. */
  readonly reason: AppServerError | undefined;
  /** Wakes the reader, once, when something was appended or the log ended. */
  wait(reader: EventStream<T>): void;
  close(reader: EventStream<T>): void;
};

export type EventStreamOptions<T> = {
  /** Given before anything of the log. */
  first?: T | undefined;
  /** Goes on with what is late, where the log has an end after which events are. */
  late?: boolean | undefined;
  /** Hears when the stream lets go. */
  onClose?: (() => void) | undefined;
};

type Waiter = {
  /** Gives what there is; false when that is nothing. */
  give(): boolean;
  end(): void;
  fail(reason: AppServerError): void;
};

/**
 * Iterate it once, one by one or in batches. Leaving the loop, `return()` or disposing it lets go of
 * its place in the log.
 */
export class EventStream<T extends object>
  implements AsyncIterableIterator<T, undefined, undefined>, AsyncDisposable
{
  readonly #source: EventSource<T>;
  readonly #options: EventStreamOptions<T>;
  readonly #waiting: Waiter[] = [];
  #position: number;
  #first: T | undefined;
  #dropped = 0;
  #done = false;

  constructor(source: EventSource<T>, position: number, options: EventStreamOptions<T>) {
    this.#source = source;
    this.#position = position;
    this.#options = options;
    this.#first = options.first;
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
    return this.#whenReady(
      (): IteratorResult<T, undefined> | undefined => {
        const value = this.#readOne();
        return value && { done: false, value };
      },
      { done: true, value: undefined },
    );
  }

  /**
   * All that can be read now, or the first to come: cheaper than one by one for whoever handles them
   * together. Resolves `undefined` at the end; rejects as `next` does.
   */
  take(): Promise<T[] | undefined> {
    return this.#whenReady(() => this.#readAll(), undefined);
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
      if (!waiter.give()) {
        if (!this.#done && !this.#source.ended) return this.#source.wait(this);
        const reason = this.#done ? undefined : this.#source.reason;
        this.#finish();
        if (reason) waiter.fail(reason);
        else waiter.end();
      }
      this.#waiting.shift();
    }
  }

  /** For the log: `before` events this stream had read and `unread` ones it had not were dropped. */
  lost(before: number, unread: number): void {
    this.#position -= before;
    this.#dropped += unread;
  }

  /** What `read` gives, now or as soon as there is something; `atEnd` when there never will be. */
  #whenReady<R>(read: () => R | undefined, atEnd: R): Promise<R> {
    const ready = this.#waiting.length === 0 ? read() : undefined;
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        give: () => {
          const result = read();
          if (result === undefined) return false;
          resolve(result);
          return true;
        },
        end: () => resolve(atEnd),
        fail: reject,
      });
      if (this.#waiting.length === 1) this.wake();
    });
  }

  #readOne(): T | undefined {
    if (this.#done) return undefined;
    let event = this.#first;
    if (event) {
      this.#first = undefined;
    } else {
      event = this.#source.at(this.#position);
      if (!event) return undefined;
      this.#position += 1;
      this.#source.passed(this.#position);
    }
    if (this.#leftToEnd() <= 0) this.#finish();
    return event;
  }

  #readAll(): T[] | undefined {
    if (this.#done) return undefined;
    if (this.#first) {
      const first = this.#readOne();
      return first && [first, ...(this.#readAll() ?? [])];
    }
    const left = this.#leftToEnd();
    const events = this.#source.after(this.#position);
    if (events.length === 0) return undefined;
    this.#position += events.length;
    if (left > events.length) {
      this.#source.passed(this.#position);
      return events;
    }
    this.#finish();
    return events.slice(0, left);
  }

  /** How many events there are to the end of what this stream gives. */
  #leftToEnd(): number {
    const mark = this.#options.late ? undefined : this.#source.mark;
    return mark === undefined ? Number.POSITIVE_INFINITY : mark - this.#position;
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#source.close(this);
    this.#options.onClose?.();
  }
}
