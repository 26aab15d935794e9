/** What the hub has in hand, in numbers: a query for each noun, over the few rows that count. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { OperationOutput } from "@signalbox/contract";

type Counts = Pick<
  OperationOutput<"system.status">,
  "sessions" | "questions" | "messages" | "triggers" | "notices"
>;

// The partial index of what is not settled serves only a query that says so itself.
const pending = `
  FROM request INDEXED BY request_unsettled
  WHERE state = 'pending' AND (state <> 'resolved' OR announced = 0)`;

const queries: Readonly<Record<keyof Counts, string>> = {
  sessions: `
    WITH asking AS (
      SELECT DISTINCT thread_id ${pending} AND kind <> 'tool_call' AND thread_id IS NOT NULL
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
    FROM listed`,
  questions: `
    SELECT total(kind <> 'tool_call') AS waiting, total(kind = 'tool_call') AS toolCalls ${pending}`,
  messages: `
    SELECT total(state = 'queued') AS queued,
      total(state = 'queued' AND queue_hold IS NOT NULL) AS held,
      total(state = 'ambiguous' AND ambiguity ->> '$.kept' = 0) AS ambiguous
    FROM message INDEXED BY message_under_way JOIN session ON session.id = session_id
    WHERE state IN ('queued', 'starting', 'accepted', 'ambiguous') AND system_owned = 0`,
  triggers: `
    SELECT count(*) AS total, total(definition ->> '$.enabled') AS enabled FROM trigger_definition`,
  notices: `
    SELECT count(*) AS pending FROM inbox_notice WHERE recipient IS NULL AND state = 'pending'`,
};

/** Counts, without what concerns sessions that the hub runs for itself. */
export class StatusCounts {
  readonly #counts: readonly (readonly [keyof Counts, StatementSync])[];

  constructor(database: DatabaseSync) {
    this.#counts = (Object.keys(queries) as (keyof Counts)[]).map((noun) => [
      noun,
      database.prepare(queries[noun]),
    ]);
  }

  /** The numbers as they are now. */
  read(): Counts {
    // Each query's columns are its noun's fields; the output's schema is held to them in tests.
    return Object.fromEntries(
      this.#counts.map(([noun, count]) => [noun, { ...count.get() }]),
    ) as Counts;
  }
}
