/** The firings: those that are due, in their order, and the history. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Firing, FiringCause, FiringDelay, GuardVerdict } from "@signalbox/contract";
import type { EventView } from "./event-view.ts";
import { FiringRetention } from "./firing-retention.ts";
import { type FiringRow, fromRow, keyOf, type NewFiring } from "./firing-row.ts";

/** Characters of what set a firing off that are kept until it acted; of more only that it was. */
export const longestEvent = 1024 * 1024;

/** What is known as one begins to act. */
export interface Beginning {
  readonly guards: readonly GuardVerdict[];
  readonly preview: string;
  /** Tells the same act from another. */
  readonly digest: string;
  /** Under which it says something, if it does. */
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is due now. */
export interface DueQuery {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether codex is there: without it those that wait for it are due only to be given up. */
  readonly codexIsThere: boolean;
}

/** Those that did not end, which are few among those that did. */
const open = "trigger_firing INDEXED BY trigger_firing_open WHERE ended_at IS NULL";
/** Those that wait for codex are due when it is there and their pause is over, or when their time is. */
const isDue = `state = 'due' AND (delay IS NULL OR delay ->> '$.until' <= :now
  OR (:there AND (delay ->> '$.nextAt' <= :now OR delay ->> '$.since' > :now)))`;

/** What a trigger did before. */
export interface History {
  readonly lastActedAt: number | null;
  readonly lastDigest: string | null;
}

/** Which page of the history. */
export interface FiringQuery {
  readonly triggerId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly order: "newest" | "oldest";
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The rows. */
export class FiringStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #retention: FiringRetention;

  constructor(database: DatabaseSync, retention = new FiringRetention(database)) {
    this.#database = database;
    this.#retention = retention;
  }

  /** Adds a firing, due. False when its trigger fired for this cause before. */
  add(firing: NewFiring): boolean {
    const { id, triggerId, name, sessionId, targetId, cause, depth, action, event, dueAt } = firing;
    const { changes } = this.#sql(`
      INSERT OR IGNORE INTO trigger_firing (id, trigger_id, name, session_id, target_id, cause_key,
        cause, depth, state, action, event, guards, result, due_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'due', ?, ?, '[]', '{}', ?)`).run(
      id,
      triggerId,
      name,
      sessionId,
      targetId,
      keyOf(cause),
      JSON.stringify(cause),
      depth,
      action,
      toText(event),
      dueAt,
    );
    this.#retention.noteAdded(dueAt);
    return changes === 1;
  }

  /** The firing of a trigger for a cause; undefined when there is none. */
  idOf(triggerId: string, cause: FiringCause): string | undefined {
    const row = this.#sql("SELECT id FROM trigger_firing WHERE trigger_id = ? AND cause_key = ?");
    return row.get(triggerId, keyOf(cause))?.id as string | undefined;
  }

  /** The sessions for which something is due. */
  dueTargets({ now, codexIsThere }: DueQuery): string[] {
    const rows = this.#sql(`SELECT DISTINCT target_id FROM ${open} AND ${isDue}`);
    return rows.all({ now, there: Number(codexIsThere) }).map((row) => String(row.target_id));
  }

  /** The oldest that is due for a session. */
  nextDue(targetId: string, { now, codexIsThere }: DueQuery): FiringRow | undefined {
    const row = this.#sql(
      `SELECT * FROM ${open} AND target_id = :targetId AND ${isDue} ORDER BY number LIMIT 1`,
    ).get({ targetId, now, there: Number(codexIsThere) });
    return row === undefined ? undefined : fromRow(row);
  }

  /** Whether some wait for codex. */
  anyDelayed(): boolean {
    const row = this.#sql(`SELECT 1 FROM ${open} AND state = 'due' AND delay IS NOT NULL LIMIT 1`);
    return row.get() !== undefined;
  }

  /** Those that were acting when the hub went. */
  acting(): FiringRow[] {
    const rows = this.#sql(`SELECT * FROM ${open} AND state = 'acting' ORDER BY number`);
    return rows.all().map(fromRow);
  }

  /** Marks a due one as acting, before it does. False when it is due no more. */
  begin(id: string, { guards, preview, digest, messageId, at }: Beginning): boolean {
    const { changes } = this.#sql(`
      UPDATE trigger_firing SET state = 'acting', guards = ?, preview = ?, digest = ?,
        message_id = ?, acted_at = ?
      WHERE id = ? AND state = 'due'`).run(
      JSON.stringify(guards),
      preview,
      digest,
      messageId,
      at,
      id,
    );
    return changes === 1;
  }

  /** Lets one wait for codex, which took nothing of it. */
  delay(id: string, delay: FiringDelay): void {
    this.#sql(`
      UPDATE trigger_firing SET state = 'due', acted_at = NULL, digest = NULL, delay = ?
      WHERE id = ? AND state IN ('due', 'acting')`).run(JSON.stringify(delay), id);
  }

  /** Puts one that was acting back, since it surely did nothing, or may be done again. */
  putBack(id: string): void {
    this.#sql(`
      UPDATE trigger_firing SET state = 'due', acted_at = NULL, digest = NULL
      WHERE id = ? AND state = 'acting'`).run(id);
  }

  /** Keeps how one ended, as its event tells. */
  end({ firingId, state, guards, preview, result, error, actedAt, endedAt }: Firing): void {
    this.#sql(`
      UPDATE trigger_firing SET state = ?, guards = ?, preview = ?, result = ?, error = ?,
        acted_at = ?, ended_at = ?, turn_id = coalesce(?, turn_id), event = NULL WHERE id = ?`).run(
      state,
      JSON.stringify(guards),
      preview,
      JSON.stringify(result),
      error === null ? null : JSON.stringify(error),
      actedAt,
      endedAt,
      result.turnId ?? null,
      firingId,
    );
  }

  /** Keeps in which turn the one that said this message came to act. */
  noteTurn(messageId: string, turnId: string): void {
    this.#sql("UPDATE trigger_firing SET turn_id = ? WHERE message_id = ?").run(turnId, messageId);
  }

  /** When and what a trigger did last. */
  history(triggerId: string): History {
    const row = this.#sql(`
      SELECT acted_at, digest FROM trigger_firing
      WHERE trigger_id = ? AND acted_at IS NOT NULL ORDER BY acted_at DESC, number DESC LIMIT 1`);
    const last = row.get(triggerId);
    return {
      lastActedAt: (last?.acted_at ?? null) as number | null,
      lastDigest: (last?.digest ?? null) as string | null,
    };
  }

  /** How often a trigger acted since a moment. */
  actedSince(triggerId: string, since: number): number {
    const row = this.#sql(
      "SELECT count(*) AS n FROM trigger_firing WHERE trigger_id = ? AND acted_at > ?",
    ).get(triggerId, since);
    return row?.n as number;
  }

  /** How many of a trigger's wait that came after this one. */
  waitingAfter(triggerId: string, number: number): number {
    const row = this.#sql(`
      SELECT count(*) AS n FROM ${open} AND state = 'due' AND trigger_id = ? AND number > ?`).get(
      triggerId,
      number,
    );
    return row?.n as number;
  }

  /** How many firings led to what happens in a turn. */
  depthOf(turnId: string | null): number {
    if (turnId === null) return 0;
    const row = this.#sql("SELECT max(depth) AS depth FROM trigger_firing WHERE turn_id = ?").get(
      turnId,
    );
    return row?.depth === null || row === undefined ? 0 : (row.depth as number) + 1;
  }

  /** One page of the history. */
  list({ triggerId, sessionId, order, cursor, limit }: FiringQuery): FiringRow[] {
    const [direction, beyond] = order === "newest" ? ["DESC", "<"] : ["ASC", ">"];
    return this.#sql(`
      SELECT * FROM trigger_firing
      WHERE (:cursor IS NULL OR number ${beyond} :cursor)
        AND (:trigger IS NULL OR trigger_id = :trigger)
        AND (:session IS NULL OR session_id = :session)
      ORDER BY number ${direction} LIMIT :limit`)
      .all({
        cursor: cursor === undefined ? null : Number(cursor),
        trigger: triggerId ?? null,
        session: sessionId ?? null,
        limit,
      })
      .map(fromRow);
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function toText(event: EventView): string {
  const text = JSON.stringify(event);
  if (text.length <= longestEvent) return text;
  return JSON.stringify({ ...event, payload: { omitted: "too long", length: text.length } });
}
