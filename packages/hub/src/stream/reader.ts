/**
 * One reader of the stream. It is in one of two modes. Live: what is appended is written at once.
 * Replay: it is fed from the journal, page by page, as fast as it drains, until it has caught up. A
 * reader that falls behind leaves live mode, so nothing queues up for it here, and it comes back
 * by the same way as one that asks for the past. `#position` alone says what it has been given.
 */
import { setImmediate as nextLoop } from "node:timers/promises";
import { formatCursor, type Position } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { Journal } from "../journal/journal.ts";
import type { StreamFilter } from "./filter.ts";
import { findGap } from "./gap.ts";
import type { StreamSink } from "./sink.ts";
import { writeEvent } from "./write-event.ts";

/** Bounds of what one reader may cost. */
export interface ReaderLimits {
  /** Buffered bytes at which a reader leaves live mode. */
  readonly highWater: number;
  /** Buffered bytes below which it is fed again. */
  readonly lowWater: number;
  /** Events of one page of replay, at most. */
  readonly pageEvents: number;
  /** Characters of one page of replay, at most, beyond its first event. */
  readonly pageSize: number;
}

/** Bounds that suit sockets of people and programs. */
export const defaultLimits: ReaderLimits = {
  highWater: 1024 * 1024,
  lowWater: 256 * 1024,
  pageEvents: 512,
  pageSize: 256 * 1024,
};

/** Feeds one sink. */
export class StreamReader {
  readonly #journal: Journal;
  readonly #sink: StreamSink;
  readonly #limits: ReaderLimits;
  #filter: StreamFilter;
  #mode: "live" | "replay" | "closed" = "live";
  /** Everything up to here was written or filtered out. */
  #position: number;
  /** Counts changes of what is wanted, so that a page read for the old wish is thrown away. */
  #wish = 0;
  #replaying = false;

  /** Starts live, after the journal's head. */
  constructor(
    journal: Journal,
    sink: StreamSink,
    filter: StreamFilter,
    limits: ReaderLimits = defaultLimits,
  ) {
    this.#journal = journal;
    this.#sink = sink;
    this.#filter = filter;
    this.#limits = limits;
    this.#position = journal.head;
  }

  get mode(): "live" | "replay" | "closed" {
    return this.#mode;
  }

  get filter(): StreamFilter {
    return this.#filter;
  }

  /** The cursor after which delivery goes on. */
  get cursor(): string {
    return formatCursor({ epoch: this.#journal.epoch, seq: this.#position });
  }

  /** Replaces the filter from the next event on. */
  setFilter(filter: StreamFilter): void {
    this.#filter = filter;
    this.#wish += 1;
  }

  /** Moves to where a cursor points. What can't be replayed from there is told by a `gap` frame. */
  moveTo(after: Position): void {
    if (this.#mode === "closed") return;
    const gap = findGap(this.#journal, after);
    if (gap !== undefined) this.#sink.control(gap.frame);
    this.#position = gap?.to ?? after.seq;
    this.#wish += 1;
    this.#startReplay();
  }

  /** Takes events just appended; the same batches in the same order as every other reader. */
  deliver(events: readonly StoredEvent[]): void {
    if (this.#mode !== "live") return;
    for (const event of events) {
      if (event.seq <= this.#position) continue;
      if (event.seq > this.#position + 1) {
        this.#startReplay();
        return;
      }
      if (this.#sink.buffered > this.#limits.highWater) {
        this.#lag();
        return;
      }
      writeEvent(event, this.#filter, this.#sink);
      this.#position = event.seq;
    }
  }

  /** Writes nothing more. */
  close(): void {
    this.#mode = "closed";
  }

  #lag(): void {
    this.#sink.control({ type: "lagging", seq: this.#position, head: this.#journal.head });
    this.#startReplay();
  }

  #startReplay(): void {
    this.#mode = "replay";
    if (this.#replaying) return;
    this.#replaying = true;
    this.#replay().catch((error: unknown) => {
      this.close();
      this.#sink.fail(error);
    });
  }

  async #replay(): Promise<void> {
    while (this.#mode === "replay") {
      if (this.#sink.buffered > this.#limits.lowWater) await this.#sink.drained();
      const wish = this.#wish;
      const { threadId, sources } = this.#filter;
      const page = await this.#journal.read({
        after: this.#position,
        limit: this.#limits.pageEvents,
        maxSize: this.#limits.pageSize,
        ...(threadId === null ? {} : { threadId }),
        ...(sources === undefined ? {} : { types: sources }),
      });
      if (this.#isClosed()) return;
      if (wish !== this.#wish) continue;
      for (const event of page.events) writeEvent(event, this.#filter, this.#sink);
      this.#position = page.next;
      if (this.#goLive()) return;
      // Between pages everybody else has a turn, however long the past is.
      await nextLoop();
    }
  }

  // A method, since the compiler does not see that the mode changes while a read is awaited.
  #isClosed(): boolean {
    return this.#mode === "closed";
  }

  // Without an await between the check and the change, so nothing is appended in between.
  #goLive(): boolean {
    if (this.#position < this.#journal.head) return false;
    if (this.#sink.buffered > this.#limits.lowWater) return false;
    this.#mode = "live";
    this.#replaying = false;
    this.#sink.control({ type: "caught_up", seq: this.#position });
    return true;
  }
}
