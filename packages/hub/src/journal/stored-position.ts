/** How far something has read the journal, stored under a permanent name. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** One position. */
export class StoredPosition {
  readonly #database: DatabaseSync;
  readonly #name: string;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync, name: string) {
    this.#database = database;
    this.#name = name;
    this.#save = database.prepare("INSERT OR REPLACE INTO projection VALUES (?, ?)");
  }

  /** The position stored last; 0 when there is none. */
  load(): number {
    const row = this.#database.prepare("SELECT seq FROM projection WHERE name = ?").get(this.#name);
    return Number(row?.seq ?? 0);
  }

  /** Stores a position: in the transaction that runs, or by itself. */
  save(seq: number): void {
    this.#save.run(this.#name, seq);
  }
}
