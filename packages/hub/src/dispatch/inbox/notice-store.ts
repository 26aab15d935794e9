/** The notices as rows. They change only as the journal's events say. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Notice } from "@signalbox/contract";
import { fromRow, type NoticeRow, toColumns } from "./notice-row.ts";

const day = 24 * 60 * 60 * 1_000;
/** Notices are kept 30 days after somebody took note, else 90, and 50,000 of them all at most. */
export const keptFor = 30 * day;
export const pendingKeptFor = 90 * day;
export const maxNotices = 50_000;
/** Notices between two looks for those to drop. */
const trimInterval = 1_024;

/** Which page of notices. */
export interface NoticeQuery {
  /** Whose inbox: null the operator's, undefined all. */
  readonly to: string | null | undefined;
  readonly state?: Notice["state"] | undefined;
  readonly kind?: Notice["kind"] | undefined;
  readonly order: "newest" | "oldest";
  /** The number of the last one that was had. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The rows. */
export class NoticeStore {
  readonly #database: DatabaseSync;
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #acknowledge: StatementSync;
  readonly #pending: StatementSync;
  readonly #dropInbox: StatementSync;
  readonly #trim: StatementSync;
  readonly #most: number;
  #untilTrim = 0;

  constructor(database: DatabaseSync, most = maxNotices) {
    this.#database = database;
    this.#most = most;
    this.#byId = database.prepare("SELECT * FROM inbox_notice WHERE id = ?");
    this.#insert = database.prepare(`
      INSERT OR IGNORE INTO inbox_notice (id, recipient, kind, state, at, acknowledged_at, told)
      VALUES (:id, :recipient, :kind, :state, :at, :acknowledgedAt, :told)`);
    this.#acknowledge = database.prepare(`
      UPDATE inbox_notice SET state = 'acknowledged', acknowledged_at = ?
      WHERE id = ? AND state = 'pending'`);
    this.#pending = database.prepare(`
      SELECT id FROM inbox_notice WHERE state = 'pending' AND recipient IS ? ORDER BY number`);
    this.#dropInbox = database.prepare("DELETE FROM inbox_notice WHERE recipient = ?");
    this.#trim = database.prepare(`
      DELETE FROM inbox_notice WHERE acknowledged_at < :acknowledged OR at < :pending
        OR number <= (SELECT max(number) FROM inbox_notice) - :most`);
  }

  /** One notice; undefined when there is none. */
  get(noticeId: string): Notice | undefined {
    const row = this.#byId.get(noticeId);
    return row === undefined ? undefined : fromRow(row).notice;
  }

  /** One page, in the order in which they were told. */
  list({ to, state, kind, order, cursor, limit }: NoticeQuery): NoticeRow[] {
    const newest = order === "newest";
    const wanted: [string, string | number | null | undefined][] = [
      ["recipient IS", to],
      ["state =", state],
      ["kind =", kind],
      [newest ? "number <" : "number >", cursor === undefined ? undefined : Number(cursor)],
    ];
    const given = wanted.flatMap(([condition, value]) =>
      value === undefined ? [] : [{ condition, value }],
    );
    const where = ["true", ...given.map(({ condition }) => `${condition} ?`)].join(" AND ");
    return this.#database
      .prepare(
        `SELECT * FROM inbox_notice WHERE ${where} ORDER BY number ${newest ? "DESC" : "ASC"} LIMIT ?`,
      )
      .all(...given.map(({ value }) => value), limit)
      .map(fromRow);
  }

  /** Ids of those of an inbox that nobody took note of, oldest first. */
  pending(to: string | null): string[] {
    return this.#pending.all(to).map(({ id }) => String(id));
  }

  /** Keeps a notice; one that is kept already stays as it is. */
  add(notice: Notice): void {
    this.#insert.run(toColumns(notice));
    if (--this.#untilTrim <= 0) this.#trimOld(notice.at);
  }

  acknowledge(noticeIds: readonly string[], at: number): void {
    for (const id of noticeIds) this.#acknowledge.run(at, id);
  }

  /** Leaves nothing of a session's inbox. */
  dropInbox(sessionId: string): void {
    this.#dropInbox.run(sessionId);
  }

  #trimOld(now: number): void {
    this.#untilTrim = trimInterval;
    this.#trim.run({
      acknowledged: now - keptFor,
      pending: now - pendingKeptFor,
      most: this.#most,
    });
  }
}
