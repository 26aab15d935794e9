/**
 * Everything a client hears, in wire order, for a consumer that must not lose any of it (a hub that
 * journals). Instead of dropping, a full feed makes the client stop reading from app-server until
 * what waits has been taken; over stdio app-server then waits.
 */

export type FeedOptions = {
  /** Events that may wait before reading stops. Default: 4,096. What was read already comes on top. */
  limit?: number;
  /** Bytes on the wire of events that may wait before reading stops. Default: no bound of their own. */
  bytes?: number;
};

/** What stops and resumes the reading. */
export type Valve = { pause(): void; resume(): void };

export class Feed<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #valve: Valve;
  readonly #onClose: (feed: Feed<T>) => void;
  #events: T[] = [];
  /** The bytes of each event that waits. */
  #sizes: number[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(options: FeedOptions, valve: Valve, onClose: (feed: Feed<T>) => void) {
    this.#limit = options.limit ?? 4_096;
    this.#maxBytes = options.bytes ?? Number.POSITIVE_INFINITY;
    this.#valve = valve;
    this.#onClose = onClose;
  }

  /** Events that wait to be taken. */
  get size(): number {
    return this.#events.length;
  }

  /**
   * All events that wait (at most `max`), or the first to come. Resolves `undefined` when the client
   * was closed and everything has been taken.
   */
  async take(max = Number.POSITIVE_INFINITY): Promise<T[] | undefined> {
    while (this.#events.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const taken = this.#events.slice(0, max);
    this.#events = this.#events.slice(taken.length);
    for (let i = 0; i < taken.length; i++) this.#bytes -= this.#sizes[i]!;
    this.#sizes = this.#sizes.slice(taken.length);
    if (this.#paused && this.#events.length <= this.#limit / 2 && this.#bytes <= this.#maxBytes / 2)
      this.#resume();
    return taken;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (let batch = await this.take(); batch; batch = await this.take()) yield* batch;
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** For the client: one more event, of this length on the wire. */
  push(event: T, bytes = 0): void {
    if (this.#ended) return;
    this.#events.push(event);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    if (!this.#paused && (this.#events.length >= this.#limit || this.#bytes >= this.#maxBytes)) {
      this.#paused = true;
      this.#valve.pause();
    }
    this.#wakeUp();
  }

  /** For the client: nothing more will come. */
  end(): void {
    this.#ended = true;
    this.#wakeUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    this.#events = [];
    this.#sizes = [];
    this.#bytes = 0;
    if (this.#paused) this.#resume();
    this.#onClose(this);
  }

  #resume(): void {
    this.#paused = false;
    this.#valve.resume();
  }

  #wakeUp(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
