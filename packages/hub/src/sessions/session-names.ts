/** What people call sessions: handles and titles. Deleted sessions have neither any more. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";

/** A session by its names. */
export interface NamedSession {
  readonly sessionId: string;
  /** With its `@`; null: none. */
  readonly handle: string | null;
  /** Empty when nobody has named it. */
  readonly title: string;
}

/** Looks sessions up by their names, and lists names: by title only those people are shown. */
export class SessionNames {
  readonly #byHandle: StatementSync;
  readonly #byTitle: StatementSync;
  readonly #byIdPrefix: StatementSync;
  readonly #withHandle: StatementSync;
  readonly #newest: StatementSync;

  constructor(database: DatabaseSync) {
    const select = (rest: string) =>
      database.prepare(
        `SELECT id, handle, title FROM session WHERE deleted_at IS NULL AND ${rest}`,
      );
    this.#byHandle = select("handle = ?");
    this.#byTitle = select(
      "system_owned = 0 AND title = ? ORDER BY updated_at DESC, id DESC LIMIT ?",
    );
    this.#byIdPrefix = select("system_owned = 0 AND id >= ? AND id < ? ORDER BY id LIMIT ?");
    this.#withHandle = select("system_owned = 0 AND handle IS NOT NULL LIMIT ?");
    this.#newest = select(
      "system_owned = 0 AND archived = 0 ORDER BY updated_at DESC, id DESC LIMIT ?",
    );
  }

  /** The one with this handle, whatever the case of its letters. */
  byHandle(handle: string): NamedSession | undefined {
    const row = this.#byHandle.get(handle);
    return row === undefined ? undefined : toNamed(row);
  }

  /** Those with exactly this title, the most recently changed first. */
  byTitle(title: string, limit: number): NamedSession[] {
    return this.#byTitle.all(title, limit).map(toNamed);
  }

  /** Those whose id begins so. */
  byIdPrefix(prefix: string, limit: number): NamedSession[] {
    return this.#byIdPrefix.all(prefix, `${prefix}\u{10ffff}`, limit).map(toNamed);
  }

  /** Those with a handle. */
  withHandle(limit: number): NamedSession[] {
    return this.#withHandle.all(limit).map(toNamed);
  }

  /** Those that were changed last, without archived ones. */
  newest(limit: number): NamedSession[] {
    return this.#newest.all(limit).map(toNamed);
  }
}

function toNamed(row: Record<string, SQLOutputValue>): NamedSession {
  return {
    sessionId: row.id as string,
    handle: row.handle as string | null,
    title: row.title as string,
  };
}
