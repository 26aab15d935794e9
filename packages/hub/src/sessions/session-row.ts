/** A session as the hub keeps it: one row, by which lists are answered without asking codex. */
import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { QueueHold } from "@signalbox/contract";
import type { Controls } from "./controls.ts";

/** A tool of a session, as it was given. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** One session. Times are epoch milliseconds. */
export interface SessionRow {
  /** Codex's thread id. */
  readonly id: string;
  /** With its `@`; null: none. */
  readonly handle: string | null;
  /** Empty when nobody has named it. */
  readonly title: string;
  readonly controls: Controls;
  readonly tools: readonly Tool[];
  readonly createdAt: number;
  /** `attached`: another client's thread, only watched. */
  readonly authority: "owned" | "attached";
  /** The hub runs it for itself: hidden, and not people's to change. */
  readonly systemOwned: boolean;
  /** Codex's thread status: notLoaded, idle, active or systemError. */
  readonly status: string;
  readonly archived: boolean;
  readonly updatedAt: number;
  readonly cwd: string;
  /** The first words said. */
  readonly preview: string;
  readonly source: string;
  readonly modelProvider: string;
  /** Whether it has turns. */
  readonly materialized: boolean;
  readonly projectId: string | null;
  /** Reasoning effort of its turns; null as the model's own. */
  readonly effort: string | null;
  /** The turn that runs, as far as the journal tells. */
  readonly activeTurnId: string | null;
  /** Messages that wait. */
  readonly queued: number;
  /** Why none of them is started. */
  readonly queueHold: QueueHold | null;
  /** Set on a tombstone. */
  readonly deletedAt: number | null;
}

/** Fields and the columns they are kept in. */
export const sessionColumns = {
  id: "id",
  handle: "handle",
  title: "title",
  controls: "controls",
  tools: "tools",
  createdAt: "created_at",
  authority: "authority",
  systemOwned: "system_owned",
  status: "status",
  archived: "archived",
  updatedAt: "updated_at",
  cwd: "cwd",
  preview: "preview",
  source: "source",
  modelProvider: "model_provider",
  materialized: "materialized",
  projectId: "project_id",
  effort: "effort",
  activeTurnId: "active_turn_id",
  queued: "queued",
  queueHold: "queue_hold",
  deletedAt: "deleted_at",
} as const satisfies Record<keyof SessionRow, string>;

/** A field's value as its column holds it. */
export function toColumn(value: SessionRow[keyof SessionRow]): SQLInputValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

/** The session of a row. */
export function fromColumns(row: Record<string, SQLOutputValue>): SessionRow {
  return {
    id: row.id as string,
    handle: row.handle as string | null,
    title: row.title as string,
    controls: JSON.parse(row.controls as string) as Controls,
    tools: JSON.parse(row.tools as string) as Tool[],
    createdAt: row.created_at as number,
    authority: row.authority as SessionRow["authority"],
    systemOwned: row.system_owned === 1,
    status: row.status as string,
    archived: row.archived === 1,
    updatedAt: row.updated_at as number,
    cwd: row.cwd as string,
    preview: row.preview as string,
    source: row.source as string,
    modelProvider: row.model_provider as string,
    materialized: row.materialized === 1,
    projectId: row.project_id as string | null,
    effort: row.effort as string | null,
    activeTurnId: row.active_turn_id as string | null,
    queued: row.queued as number,
    queueHold: JSON.parse((row.queue_hold as string | null) ?? "null") as QueueHold | null,
    deletedAt: row.deleted_at as number | null,
  };
}
