/**
 * The bounded queue between a socket, which can't be told to wait, and handlers, which take their
 * time. It never refuses what was received: it says when it is full, and its owner then stops
 * receiving until `drained`.
 */

/** Bounds of the queue. Full: either is reached. Drained: both are at half or less. */
export interface InboxLimits {
  readonly events: number;
  /** Characters of the frames as received. */
  readonly characters: number;
}

/** Used where nothing else is given. */
export const defaultInboxLimits: InboxLimits = { events: 1_024, characters: 8 * 1024 * 1024 };

/** First in, first out; one consumer. */
export class Inbox<Item> {
  readonly #limits: InboxLimits;
  #items: { readonly item: Item; readonly size: number }[] = [];
  #head = 0;
  #characters = 0;
  #ended: { readonly error?: unknown } | undefined;
  #waiting: PromiseWithResolvers<Item | undefined> | undefined;
  #draining: PromiseWithResolvers<void> | undefined;

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get isFull(): boolean {
    return this.length >= this.#limits.events || this.#characters >= this.#limits.characters;
  }

  /** Adds an item of this many characters, also when full. Ignored after `end`. */
  push(item: Item, size: number): void {
    if (this.#ended !== undefined) return;
    if (this.#waiting !== undefined) {
      this.#waiting.resolve(item);
      this.#waiting = undefined;
      return;
    }
    this.#items.push({ item, size });
    this.#characters += size;
  }

  /**
   * The next item, waiting for one if need be; undefined once ended and empty. Rejects instead
   * when the queue ended with an error. One call at a time.
   */
  take(): Promise<Item | undefined> {
    const entry = this.#items[this.#head];
    if (entry !== undefined) {
      this.#advance(entry.size);
      return Promise.resolve(entry.item);
    }
    if (this.#ended !== undefined) {
      return "error" in this.#ended
        ? Promise.reject(this.#ended.error)
        : Promise.resolve(undefined);
    }
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Resolves once at most half full; at once when it is, or has ended. */
  drained(): Promise<void> {
    if (this.#isDrained() || this.#ended !== undefined) return Promise.resolve();
    this.#draining ??= Promise.withResolvers();
    return this.#draining.promise;
  }

  /** No more items. What is queued is still given out, unless it is dropped. Idempotent. */
  end(options: { readonly error?: unknown; readonly drop?: boolean } = {}): void {
    if (options.drop === true) {
      this.#items = [];
      this.#head = 0;
      this.#characters = 0;
    }
    if (this.#ended === undefined) {
      this.#ended = "error" in options ? { error: options.error } : {};
    }
    this.#draining?.resolve();
    this.#draining = undefined;
    if (this.#waiting === undefined) return;
    if ("error" in this.#ended) this.#waiting.reject(this.#ended.error);
    else this.#waiting.resolve(undefined);
    this.#waiting = undefined;
  }

  #advance(size: number): void {
    this.#head += 1;
    this.#characters -= size;
    // Cut off what was given out once it is most of the array, which keeps both ends cheap.
    if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.#draining !== undefined && this.#isDrained()) {
      this.#draining.resolve();
      this.#draining = undefined;
    }
  }

  #isDrained(): boolean {
    return (
      this.length <= this.#limits.events / 2 && this.#characters <= this.#limits.characters / 2
    );
  }
}
