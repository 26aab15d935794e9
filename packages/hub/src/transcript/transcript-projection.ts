/** Keeps the transcripts' rows as the journal tells, one or two writes an item: deltas cost none. */
import type { HubEventPayload } from "@signalbox/contract";
import type { Projection } from "../journal/projection.ts";
import { toTranscriptChange, transcriptSources } from "./change.ts";
import type { TranscriptStore } from "./transcript-store.ts";

type End = HubEventPayload<"session.deleted" | "session.detached">;

/** Follows what is said, done, asked and put in. */
export function createTranscriptProjection(store: TranscriptStore): Projection {
  return {
    name: "transcript",
    types: [...transcriptSources, "session.deleted", "session.detached"],
    apply(event) {
      if (event.type === "session.deleted" || event.type === "session.detached") {
        store.deleteThread((event.value as End).sessionId);
        return;
      }
      const { threadId, seq, at } = event;
      const change = threadId === null ? undefined : toTranscriptChange(event);
      if (threadId === null || change === undefined) return;
      switch (change.type) {
        case "entry":
          store.put(threadId, change.entry, { at, partialSince: change.partial ? seq : null });
          return;
        case "turn_ended":
          store.endTurn(threadId, change.turnId, change.status, change.at);
          return;
        case "reverted":
          store.noteReverted(threadId, at);
          return;
        case "deleted":
          store.deleteThread(threadId);
          return;
      }
    },
  };
}
