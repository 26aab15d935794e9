/**
 * The journal in the hub's SQLite file. One transaction a batch; the positions are counted here,
 * since this process is the only writer.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { cannotStore, transaction } from "../store/database.ts";
import { type NewEvent, StoredEvent } from "./event.ts";
import { EventTypes } from "./event-types.ts";
import type { Journal, JournalPage, ReadOptions } from "./journal.ts";
import { closeNumbering, openNumbering, type Surroundings, surroundingsOf } from "./numbering.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { StoredSize } from "./stored-size.ts";
import { blockOf, ThreadBlocks } from "./thread-blocks.ts";

/** A journal in an opened database (`openDatabase`), which stays the caller's to close. */
export class SqliteJournal implements Journal {
  readonly epoch: string;
  #head: number;
  #trimmed: number;
  readonly #database: DatabaseSync;
  readonly #blocks: ThreadBlocks;
  readonly #types: EventTypes;
  readonly #size: StoredSize;
  readonly #reader: SqliteReader;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync, surroundings: Surroundings = surroundingsOf(database)) {
    const numbering = openNumbering(database, surroundings);
    const newest = database.prepare("SELECT max(seq) AS seq FROM event").get()?.seq;
    this.epoch = numbering.epoch;
    this.#trimmed = numbering.trimmed;
    this.#size = new StoredSize(database);
    // The newest events may have been let go of; their positions are not used again.
    this.#head = Math.max(Number(newest ?? 0), numbering.trimmed, this.#size.savedThrough);
    this.#database = database;
    this.#blocks = new ThreadBlocks(database);
    this.#types = new EventTypes(database);
    this.#reader = new SqliteReader(database, this.#blocks, this.#types);
    this.#insert = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?)");
  }

  get head(): number {
    return this.#head;
  }

  get trimmed(): number {
    return this.#trimmed;
  }

  get size(): number {
    return this.#size.bytes;
  }

  async append(batch: readonly NewEvent[]): Promise<readonly StoredEvent[]> {
    if (batch.length === 0) return [];
    const stored: StoredEvent[] = [];
    try {
      transaction(this.#database, () => this.#store(batch, stored));
    } catch (error) {
      this.#blocks.forget();
      this.#types.forget();
      this.#size.forget();
      throw cannotStore(error);
    }
    this.#types.keep();
    this.#size.keep();
    this.#head += stored.length;
    return stored;
  }

  async read(options: ReadOptions): Promise<JournalPage> {
    const after = Math.max(options.after, this.#trimmed);
    if (after >= this.#head) return { events: [], next: after };
    return this.#reader.read({ ...options, after }, this.#head);
  }

  async probe(): Promise<void> {
    try {
      this.#database.exec("UPDATE numbering SET closed = 0 WHERE id = 1");
    } catch (error) {
      throw cannotStore(error);
    }
  }

  async trim(through: number): Promise<void> {
    const end = Math.min(through, this.#head);
    if (end <= this.#trimmed) return;
    this.#delete(() => {
      this.#size.removeUpTo(end, this.#head);
      this.#database.prepare("UPDATE numbering SET trimmed = ? WHERE id = 1").run(end);
      this.#database.prepare("DELETE FROM event WHERE seq <= ?").run(end);
      this.#database.prepare("DELETE FROM event_block WHERE block < ?").run(blockOf(end + 1));
    });
    this.#trimmed = end;
  }

  async drop(seqs: readonly number[]): Promise<void> {
    const list = JSON.stringify(seqs);
    this.#delete(() => {
      this.#size.remove(list, this.#head);
      this.#database
        .prepare("DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))")
        .run(list);
    });
  }

  /** Marks the numbering as whole. Call once nothing more is appended, before the database is closed. */
  close(): void {
    closeNumbering(this.#database);
  }

  #delete(work: () => void): void {
    try {
      transaction(this.#database, work);
    } catch (error) {
      this.#size.forget();
      throw cannotStore(error);
    }
    this.#size.keep();
  }

  #store(batch: readonly NewEvent[], stored: StoredEvent[]): void {
    let seq = this.#head;
    let bytes = 0;
    for (const event of batch) {
      seq += 1;
      bytes += Buffer.byteLength(event.payload);
      this.#insert.run(seq, event.at, event.type, event.threadId, event.payload);
      if (event.threadId !== null) this.#blocks.note(seq, event.threadId);
      this.#types.note(event.type);
      stored.push(new StoredEvent(seq, event));
    }
    this.#size.add(bytes, seq);
  }
}
