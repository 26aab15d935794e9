/** A message as a row, and as it is shown. */
import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Message } from "@signalbox/contract";
import { newId } from "../../store/new-id.ts";

/** A new id of a message: `msg_`, 12 hex digits of the time in ms, 20 random ones. */
export function newMessageId(): string {
  return newId("msg");
}

/** Fields and the columns they are kept in. The place in the queue is a column of its own. */
export const messageColumns = {
  messageId: "id",
  sessionId: "session_id",
  mode: "mode",
  state: "state",
  text: "text",
  overrides: "overrides",
  turnId: "turn_id",
  interruptsTurnId: "interrupts_turn_id",
  actor: "actor",
  process: "process",
  error: "error",
  ambiguity: "ambiguity",
  createdAt: "created_at",
  updatedAt: "updated_at",
} as const satisfies Record<Exclude<keyof Message, "position">, string>;

/** A field's value as its column holds it. */
export function toColumn(value: Message[keyof Message]): SQLInputValue {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

/** The message of a row; `position` is its place among those that wait. */
export function fromColumns(row: Record<string, SQLOutputValue>, position: number | null): Message {
  const json = (column: string) => JSON.parse((row[column] as string | null) ?? "null") as unknown;
  return {
    messageId: row.id as string,
    sessionId: row.session_id as string,
    mode: row.mode as Message["mode"],
    state: row.state as Message["state"],
    text: row.text as string,
    overrides: json("overrides") as Message["overrides"],
    turnId: row.turn_id as string | null,
    interruptsTurnId: row.interrupts_turn_id as string | null,
    position,
    actor: row.actor as string | null,
    process: row.process as string | null,
    error: json("error") as Message["error"],
    ambiguity: json("ambiguity") as Message["ambiguity"],
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  };
}
