/** Every type a journal ever held. There are few, so patterns become lists of exact types for SQL. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { createTypeMatcher } from "@signalbox/contract";

/** The types of a journal in one database. */
export class EventTypes {
  readonly #names: Set<string>;
  readonly #insert: StatementSync;
  /** Types of the transaction that runs now. */
  #fresh: string[] = [];

  constructor(database: DatabaseSync) {
    const rows = database.prepare("SELECT name FROM event_type").all();
    this.#names = new Set(rows.map((row) => String(row.name)));
    this.#insert = database.prepare("INSERT INTO event_type VALUES (?)");
  }

  /** Notes a type. Part of the transaction that stores the event. */
  note(type: string): void {
    if (this.#names.has(type)) return;
    this.#insert.run(type);
    this.#names.add(type);
    this.#fresh.push(type);
  }

  /** The transaction was stored. */
  keep(): void {
    if (this.#fresh.length > 0) this.#fresh = [];
  }

  /** The transaction was not stored. */
  forget(): void {
    for (const type of this.#fresh) this.#names.delete(type);
    this.#fresh = [];
  }

  /** The types that match, as a JSON list. */
  matching(patterns: readonly string[]): string {
    return JSON.stringify([...this.#names].filter(createTypeMatcher(patterns)));
  }
}
