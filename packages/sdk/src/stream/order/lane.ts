/** The events of one thread that wait for their turn. */
import type { Position } from "@signalbox/contract";
import type { ArrivedEvent } from "./event-order.ts";

/** What a lane that let go of events has still to read from the hub. */
export interface Behind {
  /** Read up to here. */
  after: Position;
  /** Up to here the run's stream has come, and passed it by. */
  upTo: number;
}

/** First in, first out. The event being handled stays the first until it is done. */
export class Lane {
  readonly threadId: string | null;
  /** An event of this lane is being handled. */
  isRunning = false;
  /** It waits for one of the places to run in. */
  isReady = false;
  /** Set from when it let go of events until it has read them all. */
  behind: Behind | undefined;
  /** Events of this thread up to here came by reading; the stream may bring them again. */
  readUpTo = 0;
  #events: ArrivedEvent[] = [];
  #head = 0;
  #size = 0;

  constructor(threadId: string | null) {
    this.threadId = threadId;
  }

  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Characters of the frames that wait. */
  get size(): number {
    return this.#size;
  }

  get first(): ArrivedEvent | undefined {
    return this.#events[this.#head];
  }

  push(arrived: ArrivedEvent): void {
    this.#events.push(arrived);
    this.#size += arrived.size;
  }

  shift(): void {
    this.#size -= this.first?.size ?? 0;
    this.#head += 1;
    // Cut off what is done once it is most of the array, which keeps both ends cheap.
    if (this.#head >= 64 && this.#head * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * Drops everything after the first seq, and is behind from then on. False when there is nothing
   * to drop. What has the first seq stays whole: views come under the seq of their event.
   */
  letGo(): boolean {
    const waiting = this.#events.slice(this.#head);
    const first = waiting[0];
    const last = waiting.at(-1);
    if (first === undefined || last === undefined || first.event.seq === last.event.seq) {
      return false;
    }
    const { seq } = first.event;
    this.#events = waiting.filter(({ event }) => event.seq === seq);
    this.#head = 0;
    this.#size = this.#events.reduce((sum, { size }) => sum + size, 0);
    this.behind = { after: { epoch: first.epoch, seq }, upTo: last.event.seq };
    return true;
  }
}
