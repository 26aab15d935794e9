/** One entry of a transcript as a row, and its place in the order of its thread. */
import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { TranscriptEntry } from "@signalbox/contract";

/** Where an entry stands: turns by their time, then by id, and within a turn by number. */
export interface Place {
  /** Epoch milliseconds. */
  readonly turnAt: number;
  readonly turnId: string;
  readonly ordinal: number;
  readonly messageId: string;
}

/** One row. */
export interface TranscriptRow {
  readonly entry: TranscriptEntry;
  readonly place: Place;
  /** The event from which on its text must be read in deltas; null when the entry has its text. */
  readonly partialSince: number | null;
}

/** The row of a result. */
export function fromColumns(row: Record<string, SQLOutputValue>): TranscriptRow {
  const details = row.details as string | null;
  const startedAt = row.started_at as number | null;
  const completedAt = row.completed_at as number | null;
  return {
    entry: {
      messageId: row.message_id as string,
      turnId: row.turn_id as string,
      role: row.role as TranscriptEntry["role"],
      type: row.type as string,
      content: row.content as string,
      ...(details === null ? {} : { details }),
      ...(startedAt === null ? {} : { startedAt }),
      ...(completedAt === null ? {} : { completedAt }),
      status: row.status as TranscriptEntry["status"],
    },
    place: {
      turnAt: row.turn_at as number,
      turnId: row.turn_id as string,
      ordinal: row.ordinal as number,
      messageId: row.message_id as string,
    },
    partialSince: row.partial_since as number | null,
  };
}

/** The columns of a row's name, of its place, and of what is told of it. */
export const nameColumns = ["thread_id", "turn_id", "message_id"];
export const placeColumns = ["turn_at", "ordinal"];
export const toldColumns = [
  "role",
  "type",
  "content",
  "details",
  "started_at",
  "completed_at",
  "status",
  "anchor",
  "partial_since",
];

/** The row as the columns above, in their order. Given by position, since that is much cheaper than by name. */
export function toColumns(
  threadId: string,
  { entry, place, partialSince }: TranscriptRow,
): SQLInputValue[] {
  return [
    threadId,
    entry.turnId,
    entry.messageId,
    place.turnAt,
    place.ordinal,
    entry.role,
    entry.type,
    entry.content,
    entry.details ?? null,
    entry.startedAt ?? null,
    entry.completedAt ?? null,
    entry.status,
    anchorOf(entry) ?? null,
    partialSince,
  ];
}

/** The entry this one wants to stand behind, as its details say. */
export function anchorOf({ details }: TranscriptEntry): string | undefined {
  if (details === undefined || !details.includes('"anchorItemId"')) return undefined;
  try {
    const value: unknown = JSON.parse(details);
    if (typeof value !== "object" || value === null || !("anchorItemId" in value)) return undefined;
    return typeof value.anchorItemId === "string" ? value.anchorItemId : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a turn began, in epoch milliseconds: its id tells, being a UUID of version 7; of any other id
 * the time given is taken.
 */
export function turnTimeOf(turnId: string, otherwise: number): number {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.exec(turnId);
  return match === null ? otherwise : Number.parseInt(match[1]! + match[2]!, 16);
}
