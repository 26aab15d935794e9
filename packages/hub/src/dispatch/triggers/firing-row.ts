/** A firing as a row of the database. */
import type { SQLOutputValue } from "node:sqlite";
import type {
  Firing,
  FiringCause,
  FiringDelay,
  FiringState,
  GuardVerdict,
} from "@signalbox/contract";
import type { EventView } from "./event-view.ts";

/** One firing. */
export interface FiringRow {
  /** Counts up in the order in which they came about. */
  readonly number: number;
  readonly id: string;
  readonly triggerId: string;
  readonly name: string;
  readonly sessionId: string;
  /** The session it acts on: firings of one act one after another. */
  readonly targetId: string;
  readonly cause: FiringCause;
  readonly depth: number;
  readonly state: FiringState;
  readonly action: Firing["action"];
  /** What set it off, for its text; null once it ended. */
  readonly event: EventView | null;
  readonly preview: string | null;
  readonly guards: readonly GuardVerdict[];
  readonly result: Firing["result"];
  readonly error: Firing["error"];
  readonly delay: FiringDelay | null;
  /** The message it says, if it says one; null before it acts. */
  readonly messageId: string | null;
  readonly dueAt: number;
  readonly actedAt: number | null;
  readonly endedAt: number | null;
}

/** A firing that comes about. */
export interface NewFiring
  extends Pick<
    FiringRow,
    "id" | "triggerId" | "name" | "sessionId" | "targetId" | "cause" | "depth" | "action" | "dueAt"
  > {
  readonly event: EventView;
}

/**
 * What a cause is known by: of one trigger it fires once, whatever happens between. A time by itself,
 * so that a clock that goes back fires none again.
 */
export function keyOf(cause: FiringCause): string {
  switch (cause.type) {
    case "time":
      return `time:${cause.dueAt}`;
    case "idle":
      return `idle:${cause.since}`;
    case "webhook":
      return `webhook:${cause.webhookId}`;
    default:
      return `event:${cause.seq}`;
  }
}

/** The row as it stands in the database. */
export function fromRow(row: Record<string, SQLOutputValue>): FiringRow {
  const parse = <Value>(column: SQLOutputValue | undefined) =>
    column === null ? null : (JSON.parse(String(column)) as Value);
  return {
    number: row.number as number,
    id: row.id as string,
    triggerId: row.trigger_id as string,
    name: row.name as string,
    sessionId: row.session_id as string,
    targetId: row.target_id as string,
    cause: parse<FiringCause>(row.cause)!,
    depth: row.depth as number,
    state: row.state as FiringState,
    action: row.action as Firing["action"],
    event: parse<EventView>(row.event),
    preview: row.preview as string | null,
    guards: parse<GuardVerdict[]>(row.guards)!,
    result: parse<Firing["result"]>(row.result)!,
    error: parse<NonNullable<Firing["error"]>>(row.error),
    delay: parse<FiringDelay>(row.delay),
    messageId: row.message_id as string | null,
    dueAt: row.due_at as number,
    actedAt: row.acted_at as number | null,
    endedAt: row.ended_at as number | null,
  };
}

/** As it is shown. */
export function toFiring(row: FiringRow): Firing {
  const { id, number: _, targetId: __, event: ___, messageId: ____, guards, ...rest } = row;
  return { firingId: id, ...rest, guards: [...guards] };
}
