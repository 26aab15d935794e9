/** The sessions as rows: what the hub keeps of a thread beyond what codex keeps. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Controls } from "./controls.ts";

/** A tool of a session, as it was given. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** One session. */
export interface SessionRow {
  readonly id: string;
  readonly title: string;
  readonly controls: Controls;
  readonly tools: readonly Tool[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Rows kept in memory; titles are wanted for every event. */
const maxCached = 10_000;

/** The rows. Reads come from memory after the first time. */
export class SessionStore {
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #setTitle: StatementSync;
  readonly #setControls: StatementSync;
  readonly #newest: StatementSync;
  readonly #cache = new Map<string, SessionRow | undefined>();

  constructor(database: DatabaseSync) {
    this.#byId = database.prepare("SELECT * FROM session WHERE id = ?");
    this.#insert = database.prepare("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)");
    this.#setTitle = database.prepare("UPDATE session SET title = ? WHERE id = ?");
    this.#setControls = database.prepare("UPDATE session SET controls = ? WHERE id = ?");
    this.#newest = database.prepare("SELECT id FROM session ORDER BY created_at DESC LIMIT ?");
  }

  /** The row of a thread; undefined when the hub keeps none. */
  get(id: string): SessionRow | undefined {
    if (this.#cache.has(id)) return this.#cache.get(id);
    const row = this.#byId.get(id);
    if (this.#cache.size >= maxCached) this.#cache.clear();
    const session = row === undefined ? undefined : fromRow(row);
    this.#cache.set(id, session);
    return session;
  }

  add(session: SessionRow): void {
    const { id, title, controls, tools, createdAt } = session;
    this.#insert.run(id, title, JSON.stringify(controls), JSON.stringify(tools), createdAt);
    this.#cache.set(id, session);
  }

  setTitle(id: string, title: string): void {
    this.#setTitle.run(title, id);
    this.#cache.delete(id);
  }

  setControls(id: string, controls: Controls): void {
    this.#setControls.run(JSON.stringify(controls), id);
    this.#cache.delete(id);
  }

  /** Ids of the sessions made last. */
  newest(limit: number): string[] {
    return this.#newest.all(limit).map((row) => String(row.id));
  }
}

function fromRow(row: Record<string, SQLOutputValue>): SessionRow {
  return {
    id: row.id as string,
    title: row.title as string,
    controls: JSON.parse(row.controls as string) as Controls,
    tools: JSON.parse(row.tools as string) as Tool[],
    createdAt: row.created_at as number,
  };
}
