/** Finds questions, page by page. Ids are in the order of their making, so an id is a place in the list. */
import type { DatabaseSync } from "node:sqlite";
import type { RequestKind } from "@signalbox/contract";
import { fromRow, type RequestRow } from "./request-row.ts";

/** Which questions, from where. */
export interface RequestQuery {
  readonly sessionId?: string | undefined;
  readonly kinds?: readonly RequestKind[] | undefined;
  readonly state?: "pending" | "resolved" | undefined;
  readonly order: "newest" | "oldest";
  /** The id of the last one that was had. */
  readonly cursor?: string | undefined;
  /** At most; all if absent. */
  readonly limit?: number | undefined;
}

// The partial index of what is not settled serves only a query that says so itself.
const states = {
  pending: "state <> 'resolved' AND (state <> 'resolved' OR announced = 0)",
  resolved: "state = 'resolved'",
} as const;

/** The questions in the order of their ids. */
export function listRequests(database: DatabaseSync, query: RequestQuery): RequestRow[] {
  const { sessionId, kinds, state, order, cursor, limit } = query;
  const newest = order === "newest";
  const conditions = ["true"];
  const values: string[] = [];
  if (state !== undefined) conditions.push(states[state]);
  if (sessionId !== undefined) {
    conditions.push("thread_id = ?");
    values.push(sessionId);
  }
  if (kinds !== undefined) {
    conditions.push(`kind IN (${kinds.map(() => "?").join(", ")})`);
    values.push(...kinds);
  }
  if (cursor !== undefined) {
    conditions.push(`id ${newest ? "<" : ">"} ?`);
    values.push(cursor);
  }
  return database
    .prepare(
      `SELECT * FROM request WHERE ${conditions.join(" AND ")}
       ORDER BY id ${newest ? "DESC" : "ASC"} LIMIT ?`,
    )
    .all(...values, limit ?? -1)
    .map(fromRow);
}
