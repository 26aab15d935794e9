/**
 * Which blocks of 1024 positions hold events of a thread. An index entry for every event would halve
 * the speed of appending; one for each thread in each block costs next to nothing, and reading a
 * thread skips all blocks it is not in.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Positions in a block. */
export const blockSize = 1024;

/** The block a position is in. */
export function blockOf(seq: number): number {
  return Math.floor(seq / blockSize);
}

/** The blocks of a journal in one database. */
export class ThreadBlocks {
  readonly #insert: StatementSync;
  readonly #next: StatementSync;
  readonly #ofBlock: StatementSync;
  #block = -1;
  #known = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO event_block VALUES (?, ?)");
    this.#next = database.prepare(
      "SELECT min(block) AS block FROM event_block WHERE thread_id = ? AND block >= ?",
    );
    this.#ofBlock = database.prepare("SELECT thread_id FROM event_block WHERE block = ?");
  }

  /** Notes that a position is of a thread. Part of the transaction that stores the event. */
  note(seq: number, threadId: string): void {
    const block = blockOf(seq);
    if (block !== this.#block) this.#load(block);
    if (this.#known.has(threadId)) return;
    this.#insert.run(threadId, block);
    this.#known.add(threadId);
  }

  /** Forgets what was noted in a transaction that was not stored. */
  forget(): void {
    this.#block = -1;
  }

  /** The first block from this one on that has events of the thread; undefined when none has. */
  nextOf(threadId: string, from: number): number | undefined {
    const block = this.#next.get(threadId, from)?.block;
    return typeof block === "number" ? block : undefined;
  }

  #load(block: number): void {
    this.#known = new Set(this.#ofBlock.all(block).map((row) => String(row.thread_id)));
    this.#block = block;
  }
}
