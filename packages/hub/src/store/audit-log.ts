/**
 * What was done at the hub, by whom and how it ended. An entry is written after the fact and never
 * fails what it tells of. The oldest entries go when there are too many or they are too old.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { AuditEntry, OperationInput, OperationOutput } from "@signalbox/contract";
import type { Log } from "../log.ts";
import { toPage } from "./page.ts";

/** What there is to tell. What is left out is null, or empty. */
export interface AuditRecord {
  readonly actor?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly surface: string;
  readonly operation: string;
  readonly sessionId?: string | null | undefined;
  readonly outcome?: string;
  /** JSON values; never anything a caller may keep secret. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Adds to what the audit keeps of a call: never what a caller may keep secret. */
export type AuditNote = (details: Readonly<Record<string, unknown>>) => void;

/** How much is kept. */
export interface AuditLimits {
  /** Entries. Default 100,000. */
  readonly maxEntries: number;
  /** In ms. Default 90 days. */
  readonly maxAge: number;
  /** Characters of an entry's details as JSON; of longer ones only the length is kept. Default 32,768. */
  readonly maxDetails: number;
}

export const defaultAuditLimits: AuditLimits = {
  maxEntries: 100_000,
  maxAge: 90 * 24 * 60 * 60 * 1_000,
  maxDetails: 32_768,
};

/** Entries between two looks for those to drop: so many more than the bound may be there. */
export const trimInterval = 256;

/** The entries. */
export class AuditLog {
  readonly #log: Log;
  readonly #limits: AuditLimits;
  readonly #now: () => number;
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #newest: StatementSync;
  readonly #oldest: StatementSync;
  #untilTrim = trimInterval;

  constructor(
    database: DatabaseSync,
    log: Log,
    limits: Partial<AuditLimits> = {},
    now: () => number = Date.now,
  ) {
    this.#log = log;
    this.#limits = { ...defaultAuditLimits, ...limits };
    this.#now = now;
    this.#insert = database.prepare(`
      INSERT INTO audit (at, actor, source, surface, operation, session_id, outcome, details)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#trim = database.prepare(`
      DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ? OR at < ?`);
    const list = (order: "ASC" | "DESC", after: "<" | ">") =>
      database.prepare(`
        SELECT * FROM audit
        WHERE (:cursor IS NULL OR id ${after} :cursor)
          AND (:session IS NULL OR session_id = :session)
          AND (:operation IS NULL OR operation = :operation)
          AND (:actor IS NULL OR actor = :actor)
          AND (:since IS NULL OR at >= :since)
        ORDER BY id ${order} LIMIT :limit`);
    this.#newest = list("DESC", "<");
    this.#oldest = list("ASC", ">");
    this.#drop();
  }

  /** Adds an entry. What can't be stored is logged instead. */
  record(entry: AuditRecord): void {
    try {
      this.#insert.run(
        this.#now(),
        entry.actor ?? null,
        entry.source ?? null,
        entry.surface,
        entry.operation,
        entry.sessionId ?? null,
        entry.outcome ?? "ok",
        this.#toText(entry.details ?? {}),
      );
      if (--this.#untilTrim <= 0) this.#drop();
    } catch (error) {
      const { operation, outcome, sessionId } = entry;
      this.#log.error(
        { err: error, operation, outcome, sessionId },
        "An audit entry is not stored",
      );
    }
  }

  /** A page of entries. Those that come while somebody pages change nothing on later pages. */
  list(input: OperationInput<"audit.list">): OperationOutput<"audit.list"> {
    const { cursor, sessionId, operation, actor, since, order, limit } = input;
    const read = (order === "newest" ? this.#newest : this.#oldest).all({
      cursor: cursor === undefined ? null : Number(cursor),
      session: sessionId ?? null,
      operation: operation ?? null,
      actor: actor ?? null,
      since: since ?? null,
      limit: limit + 1,
    });
    const { rows, nextCursor } = toPage(read, limit, ({ id }) => String(id));
    return { data: rows.map(fromRow), nextCursor };
  }

  #toText(details: Readonly<Record<string, unknown>>): string {
    const text = JSON.stringify(details);
    if (text.length <= this.#limits.maxDetails) return text;
    return JSON.stringify({ omitted: "too long", length: text.length });
  }

  #drop(): void {
    this.#untilTrim = trimInterval;
    this.#trim.run(this.#limits.maxEntries, this.#now() - this.#limits.maxAge);
  }
}

function fromRow(row: Record<string, SQLOutputValue>): AuditEntry {
  return {
    id: String(row.id),
    at: row.at as number,
    actor: row.actor as string | null,
    source: row.source as string | null,
    surface: row.surface as string,
    operation: row.operation as string,
    sessionId: row.session_id as string | null,
    outcome: row.outcome as string,
    details: JSON.parse(row.details as string) as Record<string, unknown>,
  };
}
