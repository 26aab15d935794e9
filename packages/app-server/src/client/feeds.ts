/** The feeds of one client, and the reading they hold back: it goes on when none of them is full. */
import { Feed, type FeedOptions, type Valve } from "../router/feed.ts";
import { isRequest, type Message } from "../router/message.ts";
import type { FeedEvent } from "./feed-event.ts";

export class Feeds {
  readonly #reader: Valve;
  readonly #open = new Set<Feed<FeedEvent>>();
  #full = 0;

  /** `reader`: the connection there is, if any; a new one is to be paused while `isPaused`. */
  constructor(reader: Valve) {
    this.#reader = reader;
  }

  /** Whether a full feed holds the reading back. */
  get isPaused(): boolean {
    return this.#full > 0;
  }

  /** A feed of everything from now on. */
  open(options: FeedOptions): Feed<FeedEvent> {
    const feed = new Feed<FeedEvent>(options, this.#valve, (closed) => this.#open.delete(closed));
    this.#open.add(feed);
    return feed;
  }

  /** Puts a message into each, with its bytes on the wire. */
  push(message: Message, generation: number, bytes: number): void {
    if (this.#open.size === 0) return;
    const event: FeedEvent = isRequest(message)
      ? { type: "request", generation, message }
      : { type: "notification", generation, message };
    for (const feed of this.#open) feed.push(event, bytes);
  }

  /** Puts what app-server did not say itself into each. */
  tell(event: FeedEvent): void {
    for (const feed of this.#open) feed.push(event);
  }

  /** Nothing more comes. */
  end(): void {
    for (const feed of this.#open) feed.end();
  }

  readonly #valve: Valve = {
    pause: () => {
      this.#full += 1;
      if (this.#full === 1) this.#reader.pause();
    },
    resume: () => {
      this.#full -= 1;
      if (this.#full === 0) this.#reader.resume();
    },
  };
}
