/**
 * The transcripts as rows: one for each entry, named by thread, turn and message. Calls that change
 * several rows belong into one transaction, which is the caller's.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TranscriptEntry } from "@signalbox/contract";
import { mergeEntry } from "./merge-entry.ts";
import {
  anchorOf,
  fromColumns,
  nameColumns,
  type Place,
  placeColumns,
  type TranscriptRow,
  toColumns,
  toldColumns,
  turnTimeOf,
} from "./transcript-row.ts";

/** Which rows of a thread to read. */
export interface RowQuery {
  readonly after?: Place | undefined;
  readonly before?: Place | undefined;
  readonly limit: number;
  readonly order: "oldest" | "newest";
}

/** What is known of an account of an entry beside itself. */
export interface Account {
  /** When it was heard, in epoch milliseconds. */
  readonly at: number;
  /** As in `TranscriptRow`. */
  readonly partialSince: number | null;
}

const order = "turn_at, turn_id, ordinal, message_id";
const first: Place = { turnAt: -1, turnId: "", ordinal: 0, messageId: "" };
const last: Place = { ...first, turnAt: Number.MAX_SAFE_INTEGER };

/** The rows. */
export class TranscriptStore {
  readonly #one: StatementSync;
  readonly #write: StatementSync;
  /** As `#write`, of a row that stays in its place, whose entry in the index of places is left alone. */
  readonly #retell: StatementSync;
  readonly #turnAt: StatementSync;
  readonly #lastOrdinal: StatementSync;
  readonly #anchored: StatementSync;
  readonly #makeRoom: StatementSync;
  readonly #endTurn: StatementSync;
  readonly #pages: Readonly<Record<RowQuery["order"], StatementSync>>;
  readonly #all: StatementSync;
  readonly #ofTurn: StatementSync;
  readonly #unsettled: StatementSync;
  readonly #unsettledThreads: StatementSync;
  readonly #deleteTurn: StatementSync;
  readonly #deleteThread: StatementSync;
  readonly #noteReverted: StatementSync;
  readonly #reverted: StatementSync;
  readonly #settleReverted: StatementSync;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare(
      "SELECT * FROM transcript_entry WHERE thread_id = ? AND turn_id = ? AND message_id = ?",
    );
    const all = [...nameColumns, ...placeColumns, ...toldColumns];
    const named = nameColumns.map((column) => `${column} = ?${all.indexOf(column) + 1}`);
    const told = toldColumns.map((column) => `${column} = ?${all.indexOf(column) + 1}`);
    this.#write = database.prepare(`
      INSERT INTO transcript_entry (${all.join()}) VALUES (${all.map(() => "?").join()})
      ON CONFLICT (${nameColumns.join()}) DO UPDATE SET ordinal = excluded.ordinal, ${told.join()}`);
    this.#retell = database.prepare(
      `UPDATE transcript_entry SET ${told.join()} WHERE ${named.join(" AND ")}`,
    );
    this.#turnAt = database.prepare(
      "SELECT turn_at FROM transcript_entry WHERE thread_id = ? AND turn_id = ? LIMIT 1",
    );
    this.#lastOrdinal = database.prepare(`
      SELECT max(ordinal) AS ordinal FROM transcript_entry
      WHERE thread_id = ? AND turn_at = ? AND turn_id = ?`);
    this.#anchored = database.prepare(`
      SELECT max(ordinal) AS ordinal FROM transcript_entry
      WHERE thread_id = ? AND turn_at = ? AND turn_id = ? AND (message_id = ? OR anchor = ?)
      HAVING sum(message_id = ?) > 0`);
    this.#makeRoom = database.prepare(`
      UPDATE transcript_entry SET ordinal = ordinal + 1
      WHERE thread_id = ? AND turn_at = ? AND turn_id = ? AND ordinal > ?`);
    this.#endTurn = database.prepare(`
      UPDATE transcript_entry
      SET status = :status, completed_at = max(:at, coalesce(started_at, :at))
      WHERE thread_id = :threadId AND turn_id = :turnId AND status = 'streaming'`);
    this.#pages = {
      oldest: database.prepare(pageSql("")),
      newest: database.prepare(pageSql(" DESC")),
    };
    this.#all = database.prepare(
      `SELECT * FROM transcript_entry WHERE thread_id = ? ORDER BY ${order}`,
    );
    this.#ofTurn = database.prepare(
      `SELECT * FROM transcript_entry WHERE thread_id = ? AND turn_id = ? ORDER BY ${order}`,
    );
    this.#unsettled = database.prepare(`
      SELECT * FROM transcript_entry INDEXED BY transcript_partial
      WHERE partial_since IS NOT NULL AND status <> 'streaming' AND thread_id = ?`);
    this.#unsettledThreads = database.prepare(`
      SELECT DISTINCT thread_id FROM transcript_entry INDEXED BY transcript_partial
      WHERE partial_since IS NOT NULL AND status <> 'streaming'`);
    this.#deleteTurn = database.prepare(
      "DELETE FROM transcript_entry WHERE thread_id = ? AND turn_id = ?",
    );
    this.#deleteThread = database.prepare("DELETE FROM transcript_entry WHERE thread_id = ?");
    this.#noteReverted = database.prepare(
      "INSERT OR REPLACE INTO transcript_reverted VALUES (?, ?)",
    );
    this.#reverted = database.prepare("SELECT at FROM transcript_reverted WHERE thread_id = ?");
    this.#settleReverted = database.prepare("DELETE FROM transcript_reverted WHERE thread_id = ?");
  }

  /** One row; undefined when there is none. */
  get(threadId: string, turnId: string, messageId: string): TranscriptRow | undefined {
    const row = this.#one.get(threadId, turnId, messageId);
    return row === undefined ? undefined : fromColumns(row);
  }

  /** Puts an account of an entry over what is known of it. */
  put(threadId: string, account: TranscriptEntry, { at, partialSince }: Account): void {
    const known = this.get(threadId, account.turnId, account.messageId);
    const entry = mergeEntry(known?.entry, account);
    if (known === undefined) {
      this.write(threadId, { entry, partialSince, place: this.#placeOf(threadId, entry, at) });
      return;
    }
    const wasWhole = known.partialSince === null || entry.status !== "streaming";
    const row = { ...known, entry, partialSince: wasWhole ? null : known.partialSince };
    this.#retell.run(...toColumns(threadId, row));
  }

  /** Writes a row as it is. */
  write(threadId: string, row: TranscriptRow): void {
    this.#write.run(...toColumns(threadId, row));
  }

  /** Ends whatever streams in a turn, at a time in epoch milliseconds. */
  endTurn(threadId: string, turnId: string, status: TranscriptEntry["status"], at: number): void {
    this.#endTurn.run({ threadId, turnId, status, at });
  }

  /** Rows of a thread between two places, in the order asked for. */
  page(threadId: string, { after = first, before = last, limit, order }: RowQuery) {
    return this.#pages[order]
      .all({
        threadId,
        limit,
        afterAt: after.turnAt,
        afterTurn: after.turnId,
        afterOrdinal: after.ordinal,
        afterMessage: after.messageId,
        beforeAt: before.turnAt,
        beforeTurn: before.turnId,
        beforeOrdinal: before.ordinal,
        beforeMessage: before.messageId,
      })
      .map(fromColumns);
  }

  /** All rows of a thread, in order. */
  all(threadId: string): TranscriptRow[] {
    return this.#all.all(threadId).map(fromColumns);
  }

  /** The rows of one turn, in order. */
  ofTurn(threadId: string, turnId: string): TranscriptRow[] {
    return this.#ofTurn.all(threadId, turnId).map(fromColumns);
  }

  /** Entries of a thread that have ended and whose texts must still be read in deltas. */
  unsettled(threadId: string): TranscriptRow[] {
    return this.#unsettled.all(threadId).map(fromColumns);
  }

  /** Threads with such entries. */
  unsettledThreads(): string[] {
    return this.#unsettledThreads.all().map((row) => String(row.thread_id));
  }

  /** When a turn of a thread began; its id or its rows tell, else the time given. */
  turnAt(threadId: string, turnId: string, otherwise: number): number {
    const told = turnTimeOf(turnId, -1);
    if (told !== -1) return told;
    if (turnId === "") return otherwise;
    return Number(this.#turnAt.get(threadId, turnId)?.turn_at ?? otherwise);
  }

  deleteTurn(threadId: string, turnId: string): void {
    this.#deleteTurn.run(threadId, turnId);
  }

  deleteThread(threadId: string): void {
    this.#deleteThread.run(threadId);
    this.#settleReverted.run(threadId);
  }

  /** Notes that Codex took turns of a thread back; which, only its own list tells. */
  noteReverted(threadId: string, at: number): void {
    this.#noteReverted.run(threadId, at);
  }

  /** When Codex last took turns back that were not looked up since; undefined when it did not. */
  revertedAt(threadId: string): number | undefined {
    const at = this.#reverted.get(threadId)?.at;
    return at === undefined ? undefined : Number(at);
  }

  /** The turns that were taken back have been looked up. */
  settleReverted(threadId: string): void {
    this.#settleReverted.run(threadId);
  }

  #placeOf(threadId: string, entry: TranscriptEntry, at: number): Place {
    const { turnId, messageId } = entry;
    const turnAt = this.turnAt(threadId, turnId, at);
    const turn = [threadId, turnAt, turnId] as const;
    const anchor = anchorOf(entry);
    const anchored =
      anchor === undefined ? undefined : this.#anchored.get(...turn, anchor, anchor, anchor);
    if (anchored !== undefined) {
      const ordinal = Number(anchored.ordinal);
      this.#makeRoom.run(...turn, ordinal);
      return { turnAt, turnId, messageId, ordinal: ordinal + 1 };
    }
    const ordinal = Number(this.#lastOrdinal.get(...turn)?.ordinal ?? -1) + 1;
    return { turnAt, turnId, messageId, ordinal };
  }
}

function pageSql(direction: "" | " DESC"): string {
  return `
    SELECT * FROM transcript_entry
    WHERE thread_id = :threadId
      AND (${order}) > (:afterAt, :afterTurn, :afterOrdinal, :afterMessage)
      AND (${order}) < (:beforeAt, :beforeTurn, :beforeOrdinal, :beforeMessage)
    ORDER BY ${order.replaceAll(",", `${direction},`)}${direction}
    LIMIT :limit`;
}
