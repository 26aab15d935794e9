/** A session as lists and answers show it. */
import type { SessionSummary } from "@signalbox/contract";
import type { Thread } from "@signalbox/protocol";
import type { SessionRow } from "./session-row.ts";
import type { ListedSession } from "./session-store.ts";

/** Title of a session nobody has named. */
export const newTitle = "New chat";

/** The summary. A title goes before the first words said. */
export function toSummary(row: ListedSession, activeTurnId = row.activeTurnId): SessionSummary {
  return {
    sessionId: row.id,
    handle: row.handle,
    title: row.title.trim() || row.preview.trim() || newTitle,
    materialized: row.materialized,
    status: row.status,
    activeTurnId,
    modelProvider: row.modelProvider,
    approvalPolicy: row.controls.approvalPolicy,
    effort: row.effort,
    sessionControls: row.controls,
    createdAt: Math.floor(row.createdAt / 1000),
    updatedAt: Math.floor(row.updatedAt / 1000),
    cwd: row.cwd,
    source: row.source,
    projectId: row.projectId,
    preview: row.preview,
    archived: row.archived,
    authority: row.authority,
    systemOwned: row.systemOwned,
    queued: row.queued,
    queueHold: row.queueHold,
  };
}

/** What codex's thread tells of a session's row. */
export function fromThread(
  thread: Thread,
): Pick<
  SessionRow,
  | "id"
  | "status"
  | "createdAt"
  | "updatedAt"
  | "cwd"
  | "preview"
  | "source"
  | "modelProvider"
  | "materialized"
> {
  return {
    id: thread.id,
    status: thread.status.type,
    createdAt: thread.createdAt * 1000,
    updatedAt: thread.updatedAt * 1000,
    cwd: thread.cwd,
    preview: thread.preview,
    source: sourceOf(thread.source),
    modelProvider: thread.modelProvider,
    materialized: thread.preview !== "" || thread.turns.length > 0,
  };
}

/** A word for what began a thread: codex's own, or what kind of object it says instead. */
function sourceOf(source: Thread["source"] | null | undefined): string {
  if (typeof source === "string") return source;
  if (typeof source !== "object" || source === null) return "unknown";
  return "custom" in source ? source.custom : (Object.keys(source)[0] ?? "unknown");
}
