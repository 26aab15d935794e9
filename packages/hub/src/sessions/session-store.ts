/** The sessions as rows: all the hub keeps, deleted ones as tombstones. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SessionNames } from "./session-names.ts";
import { fromColumns, type SessionRow, sessionColumns, toColumn } from "./session-row.ts";

/** What can change of a session. */
export type SessionChange = Partial<Omit<SessionRow, "id" | "createdAt">>;

/** Which sessions to list. */
export interface SessionQuery {
  readonly archived: boolean;
  readonly includeSystemOwned: boolean;
  /** Those that come after this place in the order; undefined for the first. */
  readonly after: ListPlace | undefined;
  readonly limit: number;
}

/** A place in the order of lists: most recently changed first, then by id, newest first. */
export interface ListPlace {
  readonly updatedAt: number;
  readonly id: string;
}

/** A session in a list: without its tools, which may be long. */
export type ListedSession = Omit<SessionRow, "tools">;

/** Rows kept in memory; titles are wanted for every event. */
const maxCached = 10_000;

/** The rows. Reads come from memory after the first time. */
export class SessionStore {
  /** The same sessions, by what people call them. */
  readonly names: SessionNames;
  readonly #database: DatabaseSync;
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #list: StatementSync;
  readonly #unload: StatementSync;
  readonly #remove: StatementSync;
  readonly #noteLetGo: StatementSync;
  readonly #takeBack: StatementSync;
  readonly #isLetGo: StatementSync;
  readonly #updates = new Map<string, StatementSync>();
  readonly #cache = new Map<string, SessionRow | undefined>();
  /** Ids of sessions the hub runs for itself; deleted ones too, since their events stay. */
  readonly #systemOwned: Set<string>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.names = new SessionNames(database);
    const columns = Object.values(sessionColumns);
    this.#byId = database.prepare("SELECT * FROM session WHERE id = ?");
    this.#insert = database.prepare(
      `INSERT OR IGNORE INTO session (${columns.join()}) VALUES (${columns.map(() => "?").join()})`,
    );
    this.#list = database.prepare(
      `SELECT ${columns.filter((column) => column !== "tools").join()}, '[]' AS tools
       FROM session INDEXED BY session_listed
       WHERE deleted_at IS NULL AND archived = :archived
         AND (updated_at, id) < (:updatedAt, :id) AND system_owned <= :systemOwned
       ORDER BY updated_at DESC, id DESC LIMIT :limit`,
    );
    this.#unload = database.prepare(
      `UPDATE session SET status = 'notLoaded', active_turn_id = NULL
       WHERE status <> 'notLoaded' RETURNING id`,
    );
    this.#remove = database.prepare("DELETE FROM session WHERE id = ?");
    this.#noteLetGo = database.prepare("INSERT OR IGNORE INTO thread_let_go VALUES (?)");
    this.#takeBack = database.prepare("DELETE FROM thread_let_go WHERE thread_id = ?");
    this.#isLetGo = database.prepare("SELECT 1 FROM thread_let_go WHERE thread_id = ?");
    const system = database.prepare("SELECT id FROM session WHERE system_owned = 1").all();
    this.#systemOwned = new Set(system.map((row) => String(row.id)));
  }

  /** The row of a thread, a tombstone too; undefined when the hub never kept it. */
  get(id: string): SessionRow | undefined {
    if (this.#cache.has(id)) return this.#cache.get(id);
    const row = this.#byId.get(id);
    if (this.#cache.size >= maxCached) this.#cache.clear();
    const session = row === undefined ? undefined : fromColumns(row);
    this.#cache.set(id, session);
    return session;
  }

  /** Whether the hub runs, or ran, this thread for itself. */
  isSystemOwned(id: string): boolean {
    return this.#systemOwned.has(id);
  }

  /** Hides a thread that is about to become a session the hub runs for itself. */
  hide(id: string): void {
    this.#systemOwned.add(id);
  }

  /** Adds a session; leaves one that is kept already as it is. */
  add(session: SessionRow): void {
    const fields = Object.keys(sessionColumns) as (keyof SessionRow)[];
    this.#insert.run(...fields.map((field) => toColumn(session[field])));
    this.#takeBack.run(session.id);
    if (session.systemOwned) this.#systemOwned.add(session.id);
    this.#cache.delete(session.id);
  }

  /** Changes what is given of a session; one that is not kept stays unknown. */
  change(id: string, change: SessionChange): void {
    const fields = Object.keys(change) as (keyof SessionChange)[];
    if (fields.length === 0) return;
    this.#updateOf(fields).run(...fields.map((field) => toColumn(change[field]!)), id);
    const known = this.#cache.get(id);
    if (known !== undefined) this.#cache.set(id, { ...known, ...change });
  }

  /** Reads everything anew, since a transaction was taken back. */
  forget(): void {
    this.#cache.clear();
  }

  /** Leaves nothing of a session but its tombstone. */
  bury(id: string, at: number): void {
    this.change(id, {
      deletedAt: at,
      handle: null,
      status: "notLoaded",
      activeTurnId: null,
      preview: "",
      tools: [],
      projectId: null,
      queued: 0,
      queueHold: null,
    });
  }

  /** Forgets a session, and remembers that its thread is not to be followed. */
  letGo(id: string): void {
    this.#remove.run(id);
    this.#noteLetGo.run(id);
    this.#cache.delete(id);
  }

  /** Whether a thread was let go of, and nobody asked for it since. */
  isLetGo(id: string): boolean {
    return this.#isLetGo.get(id) !== undefined;
  }

  /** No thread is loaded any more, since the process that held them is gone. */
  unloadAll(): void {
    for (const { id } of this.#unload.all()) this.#cache.delete(String(id));
  }

  /** One page, in the order of lists. */
  list({ archived, includeSystemOwned, after, limit }: SessionQuery): ListedSession[] {
    return this.#list
      .all({
        archived: archived ? 1 : 0,
        systemOwned: includeSystemOwned ? 1 : 0,
        updatedAt: after?.updatedAt ?? Number.MAX_SAFE_INTEGER,
        id: after?.id ?? "",
        limit,
      })
      .map(fromColumns);
  }

  #updateOf(fields: readonly (keyof SessionChange)[]): StatementSync {
    const sql = `UPDATE session SET ${fields.map((field) => `${sessionColumns[field]} = ?`).join()} WHERE id = ?`;
    let update = this.#updates.get(sql);
    if (update === undefined) {
      update = this.#database.prepare(sql);
      this.#updates.set(sql, update);
    }
    return update;
  }
}
