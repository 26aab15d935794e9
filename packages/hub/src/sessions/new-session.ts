/** The row of a thread that becomes a session. */
import type { Thread } from "@signalbox/protocol";
import { inherited, toControls } from "./controls.ts";
import type { Opened } from "./loaded-threads.ts";
import type { SessionRow } from "./session-row.ts";
import { fromThread } from "./summary.ts";

/** What the hub knows of it besides. */
export type Kept = Partial<
  Pick<
    SessionRow,
    "handle" | "title" | "tools" | "systemOwned" | "projectId" | "controls" | "effort"
  >
>;

/** The row: what codex says, and over it what the hub keeps. */
export function toNewSession(opened: Opened, kept: Kept): SessionRow {
  return {
    ...newRow(opened.thread),
    controls: toControls(opened, {}),
    effort: opened.reasoningEffort,
    ...kept,
  };
}

/** The row of a thread that another client runs. What its turns run with is known there only. */
export function toAttachedSession(thread: Thread, handle: string | null): SessionRow {
  return { ...newRow(thread), authority: "attached", handle };
}

function newRow(thread: Thread): SessionRow {
  return {
    ...fromThread(thread),
    // The hub's own clock: it is finer, and lists are ordered by it.
    updatedAt: Date.now(),
    handle: null,
    title: thread.name ?? "",
    controls: inherited,
    effort: null,
    tools: [],
    authority: "owned",
    systemOwned: false,
    archived: false,
    projectId: null,
    activeTurnId: null,
    queued: 0,
    queueHold: null,
    deletedAt: null,
  };
}
