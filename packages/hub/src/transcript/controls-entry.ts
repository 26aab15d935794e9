/** A change of a session's controls as an entry of its transcript, between two turns. */
import type { HubEventPayload, TranscriptEntry } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import { summaryOfChange } from "../sessions/controls-change.ts";

/** The entry; undefined for an update of something else. */
export function toControlsEntry({ value, at, seq }: StoredEvent): TranscriptEntry | undefined {
  const update = value as HubEventPayload<"session.updated">;
  const previous = update.previous?.sessionControls;
  if (previous === undefined) return undefined;
  const next = update.session.sessionControls;
  const { actor = null, source = null } = update;
  return {
    messageId: `session-controls-${at}-${seq.toString(16).padStart(8, "0")}`,
    turnId: "",
    role: "system",
    type: "session.controls.updated",
    content: summaryOfChange(previous, next),
    details: JSON.stringify({ actor, source, previous, next }, null, 2),
    startedAt: at,
    completedAt: at,
    status: "complete",
  };
}
