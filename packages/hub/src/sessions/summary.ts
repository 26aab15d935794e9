/** A session as lists and answers show it, from codex's thread and the hub's row. */
import type { SessionSummary } from "@signalbox/contract";
import type { Thread } from "@signalbox/protocol";
import { inherited } from "./controls.ts";
import type { SessionRow } from "./session-store.ts";

/** Title of a session nobody has named. */
export const newTitle = "New chat";

/** The summary. The hub's title goes before codex's name, and that before the first words said. */
export function toSummary(
  thread: Thread,
  row: SessionRow | undefined,
  activeTurnId: string | undefined,
): SessionSummary {
  const controls = row?.controls ?? { ...inherited, model: thread.model };
  return {
    sessionId: thread.id,
    title: firstText(row?.title, thread.name, thread.preview) ?? newTitle,
    materialized: thread.preview !== "" || thread.turns.length > 0,
    status: thread.status.type,
    activeTurnId: activeTurnId ?? null,
    modelProvider: thread.modelProvider,
    approvalPolicy: controls.approvalPolicy,
    sessionControls: controls,
    createdAt: thread.createdAt,
    updatedAt: thread.updatedAt,
    cwd: thread.cwd,
    source: sourceOf(thread.source),
    projectId: null,
  };
}

function firstText(...texts: (string | null | undefined)[]): string | undefined {
  return (
    texts.find((text) => text !== null && text !== undefined && text.trim() !== "") ?? undefined
  );
}

function sourceOf(source: Thread["source"]): string {
  if (typeof source === "string") return source;
  return "subAgent" in source ? "subAgent" : "unknown";
}
