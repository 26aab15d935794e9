/**
 * How many bytes the payloads in a journal have. Counted along in memory, and written down only
 * every so many positions, so that knowing it costs an append next to nothing; what was appended
 * since is counted again when the journal is opened.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Positions between two times it is written down. */
const span = 1024;

/** The size of a journal in one database. */
export class StoredSize {
  readonly #save: StatementSync;
  readonly #ofSeqs: StatementSync;
  readonly #upTo: StatementSync;
  #bytes: number;
  #savedThrough: number;
  /** Of the transaction that runs now. */
  #fresh: { bytes: number; savedThrough: number } | undefined;

  constructor(database: DatabaseSync) {
    const sum = "SELECT coalesce(sum(octet_length(payload)), 0) AS bytes FROM event";
    const saved = database.prepare("SELECT bytes, through FROM event_size WHERE id = 1").get()!;
    const since = database.prepare(`${sum} WHERE seq > ?`).get(saved.through!)!;
    this.#bytes = Number(saved.bytes) + Number(since.bytes);
    this.#savedThrough = Number(saved.through);
    this.#save = database.prepare("UPDATE event_size SET bytes = ?, through = ? WHERE id = 1");
    this.#ofSeqs = database.prepare(`${sum} WHERE seq IN (SELECT value FROM json_each(?))`);
    this.#upTo = database.prepare(`${sum} WHERE seq <= ?`);
  }

  /** Bytes of the payloads that are stored. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The head when it was written down last, which is after every event that was ever deleted. */
  get savedThrough(): number {
    return this.#savedThrough;
  }

  /** Adds what is stored up to a new head. Part of the transaction that stores it. */
  add(bytes: number, head: number): void {
    this.#fresh = { bytes: this.#bytes + bytes, savedThrough: this.#savedThrough };
    if (head - this.#savedThrough >= span) this.#write(this.#fresh.bytes, head);
  }

  /** Takes off the events up to a position. Part of the transaction that deletes them, before it does. */
  removeUpTo(through: number, head: number): void {
    this.#write(this.#bytes - Number(this.#upTo.get(through)!.bytes), head);
  }

  /** Takes off single events, a JSON list of positions. Part of the transaction that deletes them, before it does. */
  remove(seqs: string, head: number): void {
    this.#write(this.#bytes - Number(this.#ofSeqs.get(seqs)!.bytes), head);
  }

  /** The transaction was stored. */
  keep(): void {
    if (this.#fresh === undefined) return;
    this.#bytes = this.#fresh.bytes;
    this.#savedThrough = this.#fresh.savedThrough;
    this.#fresh = undefined;
  }

  /** The transaction was not stored. */
  forget(): void {
    this.#fresh = undefined;
  }

  #write(bytes: number, through: number): void {
    this.#save.run(bytes, through);
    this.#fresh = { bytes, savedThrough: through };
  }
}
