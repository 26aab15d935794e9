/**
 * The journal in the hub's SQLite file. One transaction a batch; the positions are counted here,
 * since this process is the only writer.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SignalboxError } from "@signalbox/contract";
import { transaction } from "../store/database.ts";
import { type NewEvent, StoredEvent } from "./event.ts";
import { EventTypes } from "./event-types.ts";
import type { Journal, JournalPage, ReadOptions } from "./journal.ts";
import { closeNumbering, openNumbering, type Surroundings, surroundingsOf } from "./numbering.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { blockOf, ThreadBlocks } from "./thread-blocks.ts";

/** A journal in an opened database (`openDatabase`), which stays the caller's to close. */
export class SqliteJournal implements Journal {
  readonly epoch: string;
  #head: number;
  #trimmed: number;
  readonly #database: DatabaseSync;
  readonly #blocks: ThreadBlocks;
  readonly #types: EventTypes;
  readonly #reader: SqliteReader;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync, surroundings: Surroundings = surroundingsOf(database)) {
    const numbering = openNumbering(database, surroundings);
    const newest = database.prepare("SELECT max(seq) AS seq FROM event").get()?.seq;
    this.epoch = numbering.epoch;
    this.#trimmed = numbering.trimmed;
    this.#head = Math.max(Number(newest ?? 0), numbering.trimmed);
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

  async append(batch: readonly NewEvent[]): Promise<readonly StoredEvent[]> {
    if (batch.length === 0) return [];
    const stored: StoredEvent[] = [];
    try {
      transaction(this.#database, () => this.#store(batch, stored));
    } catch (error) {
      this.#blocks.forget();
      this.#types.forget();
      throw cannotStore(error);
    }
    this.#types.keep();
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
    transaction(this.#database, () => {
      this.#database.prepare("UPDATE numbering SET trimmed = ? WHERE id = 1").run(end);
      this.#database.prepare("DELETE FROM event WHERE seq <= ?").run(end);
      this.#database.prepare("DELETE FROM event_block WHERE block < ?").run(blockOf(end + 1));
    });
    this.#trimmed = end;
  }

  /** Marks the numbering as whole. Call once nothing more is appended, before the database is closed. */
  close(): void {
    closeNumbering(this.#database);
  }

  #store(batch: readonly NewEvent[], stored: StoredEvent[]): void {
    let seq = this.#head;
    for (const event of batch) {
      seq += 1;
      this.#insert.run(seq, event.at, event.type, event.threadId, event.payload);
      if (event.threadId !== null) this.#blocks.note(seq, event.threadId);
      this.#types.note(event.type);
      stored.push(new StoredEvent(seq, event));
    }
  }
}

function cannotStore(error: unknown): SignalboxError {
  return new SignalboxError(
    "storage_unavailable",
    `The journal can't be written: ${(error as Error).message}. Make room on the disk or repair it; the hub tries again by itself.`,
    { cause: error },
  );
}
