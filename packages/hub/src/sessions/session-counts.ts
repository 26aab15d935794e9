/** How many sessions there are, and how many of them do what. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { OperationOutput } from "@signalbox/contract";

/** Counts sessions, without those the hub runs for itself. */
export class SessionCounts {
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    // The partial index of what is not settled serves only a query that says so itself.
    this.#count = database.prepare(`
      WITH asking AS (
        SELECT DISTINCT thread_id FROM request INDEXED BY request_unsettled
        WHERE state = 'pending' AND kind <> 'tool_call' AND thread_id IS NOT NULL
          AND (state <> 'resolved' OR announced = 0)
      ), listed AS (
        SELECT archived, authority = 'attached' AS attached, id IN asking AS asks,
          status = 'active' OR active_turn_id IS NOT NULL AS runs
        FROM session WHERE deleted_at IS NULL AND system_owned = 0
      )
      SELECT count(*) AS total,
        total(NOT archived AND NOT asks AND NOT runs) AS idle,
        total(NOT archived AND NOT asks AND runs) AS active,
        total(NOT archived AND asks) AS waiting,
        total(archived) AS archived,
        total(attached) AS attached
      FROM listed`);
  }

  /** The numbers as they are now. */
  read(): OperationOutput<"system.status">["sessions"] {
    const row = this.#count.get()!;
    return {
      total: Number(row.total),
      idle: Number(row.idle),
      active: Number(row.active),
      waiting: Number(row.waiting),
      archived: Number(row.archived),
      attached: Number(row.attached),
    };
  }
}
