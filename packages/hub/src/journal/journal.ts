/**
 * The journal: events in the order they happened, each with a position that counts up by one. A
 * port: nothing above it may assume a file or one process. What every adapter must do is in
 * `fixtures/journal-conformance.ts`.
 */
import type { NewEvent, StoredEvent } from "./event.ts";

/** What to read. */
export interface ReadOptions {
  /** Events with a greater seq. */
  readonly after: number;
  /** Events at most. */
  readonly limit: number;
  /** Payload characters at most; the first event comes whatever its size. Default 1 Mi. */
  readonly maxSize?: number;
  /** Only events that readers of this thread get: its own, and broadcast ones of no thread. */
  readonly threadId?: string;
  /** Only these types: exact, or prefixes ending in `*`. */
  readonly types?: readonly string[];
}

/** Part of the journal. */
export interface JournalPage {
  /** Ascending by seq. */
  readonly events: readonly StoredEvent[];
  /**
   * How far this page looked: everything after `after` up to here that matches is in `events`. Go on
   * after it. It can grow without an event being found, since one read does a bounded amount of work.
   */
  readonly next: number;
}

/** Events in order, durable. */
export interface Journal {
  /** Names the numbering; another one when this can't be trusted to continue the last. */
  readonly epoch: string;
  /** Position of the newest event; 0 when there never was one. */
  readonly head: number;
  /** Events up to here are gone for good. */
  readonly trimmed: number;
  /** Bytes of the payloads that are kept. */
  readonly size: number;
  /**
   * Stores events, all or none, and gives them the next positions in order. When it resolves they
   * survive the death of this process. Rejects with `storage_unavailable` when they can't be stored.
   */
  append(batch: readonly NewEvent[]): Promise<readonly StoredEvent[]>;
  /** Reads on from a position. Nothing is found after `head`. */
  read(options: ReadOptions): Promise<JournalPage>;
  /** Whether events could be stored now: changes nothing, and rejects as `append` would. */
  probe(): Promise<void>;
  /** Lets go of all events up to a position, `head` at most. Positions are never used again. */
  trim(through: number): Promise<void>;
  /**
   * Lets go of single events, whose content others repeat. Their positions stay empty and count as
   * read: no reader is told of a gap. Positions that hold nothing are passed over.
   */
  drop(seqs: readonly number[]): Promise<void>;
}
