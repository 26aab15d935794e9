/**
 * One reader of the stream. It is in one of two modes. Live: what is appended is written at once.
 * Replay: it is fed from the journal, page by page, as fast as it drains, until it has caught up. A
 * reader that falls behind leaves live mode, so nothing queues up for it here, and it comes back
 * by the same way as one that asks for the past. `#position` alone says what it has been given.
 */
import { setImmediate as nextLoop } from "node:timers/promises";
import { formatCursor, type Position } from "@signalbox/contract";
import type { Journal, JournalPage } from "../journal/journal.ts";
import { type Chunk, toChunks } from "./chunks.ts";
import type { Fanout, LiveReader } from "./fanout.ts";
import type { StreamFilter } from "./filter.ts";
import { findGap } from "./gap.ts";
import type { StreamSink } from "./sink.ts";

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

/** Where readers are fed from, and what one may cost. */
export interface ReaderSource {
  readonly journal: Journal;
  readonly fanout: Fanout;
  readonly limits: ReaderLimits;
  /** Threads that only those see who ask for exactly them. */
  readonly isHidden: (threadId: string) => boolean;
}

/** Feeds one sink. */
export class StreamReader implements LiveReader {
  readonly #source: ReaderSource;
  readonly #sink: StreamSink;
  #filter: StreamFilter;
  #mode: "live" | "replay" | "closed" = "live";
  /** Everything up to here was written or filtered out. While live, the fan-out's position is ours. */
  #position = 0;
  /** The event of a cursor: its reader has it, but may have been cut before its views. */
  #viewsOnly: number | undefined;
  /** Counts changes of what is wanted, so that a page read for the old wish is thrown away. */
  #wish = 0;
  #replaying = false;
  #leave: () => void;

  /** Starts live, after the newest event. */
  constructor(source: ReaderSource, sink: StreamSink, filter: StreamFilter) {
    this.#source = source;
    this.#sink = sink;
    this.#filter = filter;
    this.#leave = source.fanout.join(this, filter, sink.format);
  }

  get mode(): "live" | "replay" | "closed" {
    return this.#mode;
  }

  /** The cursor after which delivery goes on. */
  get cursor(): string {
    const { journal, fanout } = this.#source;
    const replayed = this.#viewsOnly ?? this.#position;
    return formatCursor({
      epoch: journal.epoch,
      seq: this.#mode === "live" ? fanout.position : replayed,
    });
  }

  /** Replaces the filter from the next event on. */
  setFilter(filter: StreamFilter): void {
    this.#filter = filter;
    this.#wish += 1;
    if (this.#mode !== "live") return;
    this.#leave();
    this.#leave = this.#source.fanout.join(this, filter, this.#sink.format);
  }

  /**
   * Moves to where a cursor points. What can't be replayed from there is told by a `gap` frame. The
   * views of the cursor's own event come again, since a connection may have been cut before them.
   */
  moveTo(after: Position): void {
    if (this.#mode === "closed") return;
    const gap = findGap(this.#source.journal, after);
    if (gap !== undefined) this.#sink.control(gap.frame);
    const hasViews = gap === undefined && this.#filter.wantsViews && after.seq > 0;
    this.#viewsOnly = hasViews ? after.seq : undefined;
    this.#wish += 1;
    this.#startReplay(hasViews ? after.seq - 1 : (gap?.to ?? after.seq));
  }

  take(chunks: readonly Chunk[]): void {
    for (const { bytes, after } of chunks) {
      if (this.#sink.buffered > this.#source.limits.highWater) {
        this.#sink.control({ type: "lagging", seq: after, head: this.#source.journal.head });
        this.#startReplay(after);
        return;
      }
      this.#sink.write(bytes);
    }
  }

  /** Writes nothing more. */
  close(): void {
    this.#mode = "closed";
    this.#leave();
  }

  #startReplay(position: number): void {
    this.#leave();
    this.#mode = "replay";
    this.#position = position;
    if (this.#replaying) return;
    this.#replaying = true;
    this.#replay().catch((error: unknown) => {
      this.close();
      this.#sink.fail(error);
    });
  }

  async #replay(): Promise<void> {
    const { journal, limits } = this.#source;
    while (this.#mode === "replay") {
      if (this.#sink.buffered > limits.lowWater) await this.#sink.drained();
      this.#passTrimmed();
      const wish = this.#wish;
      const { threadId, sources } = this.#filter;
      const page = await journal.read({
        after: this.#position,
        limit: limits.pageEvents,
        maxSize: limits.pageSize,
        ...(threadId === null ? {} : { threadId }),
        ...(sources === undefined ? {} : { types: sources }),
      });
      if (this.#isClosed()) return;
      if (wish !== this.#wish) continue;
      this.#write(page);
      if (this.#goLive()) return;
      // Between pages everybody else has a turn, however long the past is.
      await nextLoop();
    }
  }

  // Retention may overtake a reader that is slow.
  #passTrimmed(): void {
    const { journal } = this.#source;
    const gap = findGap(journal, { epoch: journal.epoch, seq: this.#position });
    if (gap?.frame.reason !== "retention") return;
    this.#viewsOnly = undefined;
    this.#position = gap.to;
    this.#sink.control(gap.frame);
  }

  // Nothing is written before the live readers have it.
  #write({ events, next }: JournalPage): void {
    const told = this.#source.fanout.position;
    const due = events.filter(({ seq }) => seq <= told);
    const end = Math.max(this.#position, Math.min(next, told));
    const isOwn = due[0] !== undefined && due[0].seq === this.#viewsOnly;
    const views = { ...this.#filter, wantsType: () => false };
    const chunks = [
      ...(isOwn ? toChunks(due.splice(0, 1), this.#position, views, this.#sink.format) : []),
      ...toChunks(due, this.#position, this.#filter, this.#sink.format),
    ];
    for (const { bytes } of chunks) this.#sink.write(bytes);
    if (end >= (this.#viewsOnly ?? 0)) this.#viewsOnly = undefined;
    this.#position = end;
  }

  // A method, since the compiler does not see that the mode changes while a read is awaited.
  #isClosed(): boolean {
    return this.#mode === "closed";
  }

  // Without an await between the check and the change, so nothing is told in between.
  #goLive(): boolean {
    const { fanout, limits } = this.#source;
    if (this.#position !== fanout.position) return false;
    if (this.#sink.buffered > limits.lowWater) return false;
    this.#mode = "live";
    this.#replaying = false;
    this.#leave = fanout.join(this, this.#filter, this.#sink.format);
    this.#sink.control({ type: "caught_up", seq: this.#position });
    return true;
  }
}
