/** The messages as rows. They change only as the journal's events say. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Message } from "@signalbox/contract";
import { fromColumns, messageColumns, toColumn } from "./message-row.ts";
import type { Queue } from "./queue.ts";

/** Messages that ended are kept 30 days, and 50,000 of them at most. */
export const keptFor = 30 * 24 * 60 * 60 * 1_000;
export const maxEnded = 50_000;
/** Messages between two looks for those to drop. */
const trimInterval = 1_024;

/** Which page of messages. */
export interface MessageQuery {
  readonly sessionId?: string | undefined;
  readonly state?: Message["state"] | undefined;
  readonly order: "newest" | "oldest";
  /** The id of the last one that was had. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** What may change of a message. */
export type MessageChange = Omit<Message, "position" | "text" | "overrides">;

/** The rows. */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #change: StatementSync;
  readonly #edit: StatementSync;
  readonly #show: StatementSync;
  readonly #place: StatementSync;
  readonly #underWay: StatementSync;
  readonly #sessions: StatementSync;
  readonly #drop: StatementSync;
  readonly #trim: StatementSync;
  /** Sessions with messages under way, and perhaps some without. */
  readonly #busy: Set<string>;
  #untilTrim = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const columns = Object.values(messageColumns);
    this.#byId = database.prepare(`
      SELECT m.*, (SELECT count(*) FROM message o WHERE o.session_id = m.session_id
        AND o.state = 'queued' AND o.place < m.place) AS before
      FROM message m WHERE id = ?`);
    this.#insert = database.prepare(
      `INSERT OR IGNORE INTO message (${columns.join()}) VALUES (${columns.map(() => "?").join()})`,
    );
    this.#change = database.prepare(`
      UPDATE message SET state = :state, turn_id = :turn, process = :process, error = :error,
        ambiguity = :ambiguity, updated_at = :at WHERE id = :id`);
    this.#edit = database.prepare("UPDATE message SET text = ?, updated_at = ? WHERE id = ?");
    this.#show = database.prepare("UPDATE message SET shown = 1 WHERE id = ?");
    this.#place = database.prepare(
      "UPDATE message SET place = :place WHERE id = :id AND place IS NOT :place",
    );
    this.#underWay = database.prepare(`
      SELECT * FROM message INDEXED BY message_under_way WHERE session_id = ?
        AND state IN ('queued', 'starting', 'accepted', 'ambiguous') ORDER BY place, id`);
    this.#sessions = database.prepare(`
      SELECT DISTINCT session_id FROM message INDEXED BY message_under_way
      WHERE state IN ('queued', 'starting', 'accepted', 'ambiguous')`);
    this.#drop = database.prepare("DELETE FROM message WHERE session_id = ?");
    this.#trim = database.prepare(`
      DELETE FROM message WHERE (state NOT IN ('queued', 'starting', 'accepted', 'ambiguous')
          OR (state = 'ambiguous' AND ambiguity ->> '$.kept' = 1))
        AND (updated_at < :before OR updated_at <
          (SELECT updated_at FROM message ORDER BY updated_at DESC LIMIT 1 OFFSET :most))`);
    this.#busy = new Set(this.#sessions.all().map((row) => String(row.session_id)));
  }

  /** A message in whatever state; undefined when there is none. */
  get(messageId: string): Message | undefined {
    const row = this.#byId.get(messageId);
    if (row === undefined) return undefined;
    return fromColumns(row, row.state === "queued" ? Number(row.before) : null);
  }

  /** Whether a session may have messages under way. Costs nothing. */
  mayHave(sessionId: string): boolean {
    return this.#busy.has(sessionId);
  }

  /** Sessions that have messages under way. */
  sessions(): string[] {
    return [...this.#busy].filter((id) => this.#underWay.get(id) !== undefined);
  }

  /** What is under way in a session, but for its hold. */
  underWay(sessionId: string): Omit<Queue, "hold"> {
    if (!this.#busy.has(sessionId)) {
      return { sessionId, waiting: [], open: [], shown: new Set() };
    }
    const rows = this.#underWay.all(sessionId);
    if (rows.length === 0) this.#busy.delete(sessionId);
    const waiting = rows.filter(({ state }) => state === "queued");
    const open = rows.filter(({ state }) => state !== "queued");
    return {
      sessionId,
      waiting: waiting.map(fromColumns),
      open: open.map((row) => fromColumns(row, null)),
      shown: new Set(open.filter(({ shown }) => shown === 1).map(({ id }) => String(id))),
    };
  }

  /** One page. Ids are in the order of their making, so an id is a place in the list. */
  list({ sessionId, state, order, cursor, limit }: MessageQuery): Message[] {
    const newest = order === "newest";
    const wanted: [string, string | undefined][] = [
      ["session_id =", sessionId],
      ["state =", state],
      [newest ? "id <" : "id >", cursor],
    ];
    const given = wanted.filter((one): one is [string, string] => one[1] !== undefined);
    // What the hub says to sessions of its own is seen by those who ask for exactly them.
    const all = "session_id NOT IN (SELECT id FROM session WHERE system_owned = 1)";
    const where = [
      sessionId === undefined ? all : "true",
      ...given.map(([condition]) => `${condition} ?`),
    ].join(" AND ");
    const ids = this.#database
      .prepare(
        `SELECT id FROM message WHERE ${where} ORDER BY id ${newest ? "DESC" : "ASC"} LIMIT ?`,
      )
      .all(...given.map(([, value]) => value), limit);
    return ids.map(({ id }) => this.get(String(id))!);
  }

  add(message: Message): void {
    const fields = Object.keys(messageColumns) as (keyof typeof messageColumns)[];
    this.#insert.run(...fields.map((field) => toColumn(message[field])));
    this.#busy.add(message.sessionId);
    if (--this.#untilTrim <= 0) this.#trimOld(message.createdAt);
  }

  change(message: MessageChange): void {
    const { messageId: id, state, turnId, process, error, ambiguity, updatedAt: at } = message;
    this.#change.run({
      id,
      state,
      turn: turnId,
      process,
      error: toColumn(error),
      ambiguity: toColumn(ambiguity),
      at,
    });
    this.#busy.add(message.sessionId);
  }

  edit({ messageId, text, updatedAt }: Message): void {
    this.#edit.run(text, updatedAt, messageId);
  }

  /** Notes that codex told of a message in its turn. */
  show(messageId: string): void {
    this.#show.run(messageId);
  }

  /** Puts those that wait in this order. */
  order(messageIds: readonly string[]): void {
    for (const [place, id] of messageIds.entries()) this.#place.run({ place, id });
  }

  /** Leaves nothing of what was said in a session. */
  dropAll(sessionId: string): void {
    this.#drop.run(sessionId);
  }

  #trimOld(at: number): void {
    this.#untilTrim = trimInterval;
    this.#trim.run({ before: at - keptFor, most: maxEnded });
  }
}
