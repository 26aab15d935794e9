/**
 * What an event changes in a transcript: a pure reading of the event, from which both the kept rows
 * and the `transcript_updated` frames follow, so that they say the same.
 */
import type {
  AppServerSignal,
  HubEventPayload,
  OpenRequest,
  RequestResolution,
  TranscriptEntry,
  ViewPayload,
} from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import { toControlsEntry } from "./controls-entry.ts";
import { type TranscriptItem, toItemEntry } from "./item-entry.ts";
import { toOpenedEntry, toResolvedEntry } from "./request-entry.ts";

/** One change of one thread's transcript. */
export type TranscriptChange =
  /** An entry began, went on or ended. `partial`: its text follows in deltas. */
  | { readonly type: "entry"; readonly entry: TranscriptEntry; readonly partial: boolean }
  /** A turn ended, and whatever still streams in it ends with it. */
  | {
      readonly type: "turn_ended";
      readonly turnId: string;
      readonly status: TranscriptEntry["status"];
      readonly at: number;
    }
  /** Codex took turns back; which ones, it does not say. */
  | { readonly type: "reverted" }
  /** The thread is gone. */
  | { readonly type: "deleted" };

/** The types of events that change transcripts. */
export const transcriptSources: readonly string[] = [
  "app_server.item.started",
  "app_server.item.completed",
  "app_server.turn.completed",
  "app_server.thread.reverted",
  "app_server.thread.deleted",
  "request.opened",
  "request.resolved",
  "session.updated",
  "transcript.upserted",
];

interface Params {
  readonly item?: TranscriptItem;
  readonly turnId?: string;
  readonly turn?: { readonly id: string; readonly status: string };
}

/** The change; undefined where the event has none, or is of a shape this version does not know. */
export function toTranscriptChange(event: StoredEvent): TranscriptChange | undefined {
  switch (event.type) {
    case "app_server.item.started":
    case "app_server.item.completed":
      return toItemChange(event.value as AppServerSignal<string, Params>);
    case "app_server.turn.completed":
      return toTurnEnd(event);
    case "app_server.thread.reverted":
      return { type: "reverted" };
    case "app_server.thread.deleted":
      return { type: "deleted" };
    case "request.opened":
      return whole(toOpenedEntry(event.value as OpenRequest));
    case "request.resolved":
      return whole(toResolvedEntry(event.value as RequestResolution, event.at));
    case "session.updated":
      return whole(toControlsEntry(event));
    case "transcript.upserted":
      return whole((event.value as HubEventPayload<"transcript.upserted">).entry);
    default:
      return undefined;
  }
}

/** The change as the stream tells it; undefined where the event has none. */
export function toTranscriptUpdate(
  event: StoredEvent,
): ViewPayload<"transcript_updated"> | undefined {
  const { threadId } = event;
  const change = threadId === null ? undefined : toTranscriptChange(event);
  if (threadId === null || change === undefined) return undefined;
  switch (change.type) {
    case "entry": {
      const { turnId, messageId, type } = change.entry;
      return { threadId, turnId, messageId, type, entry: change.entry };
    }
    // Whatever still streamed has ended; which entries did, the event does not tell.
    case "turn_ended":
      return { threadId, turnId: change.turnId };
    case "reverted":
      return { threadId };
    case "deleted":
      return undefined;
  }
}

function whole(entry: TranscriptEntry | undefined): TranscriptChange | undefined {
  return entry === undefined ? undefined : { type: "entry", entry, partial: false };
}

function toItemChange(signal: AppServerSignal<string, Params>): TranscriptChange | undefined {
  const { item, turnId = signal.context.turnId } = signal.params;
  if (typeof item?.id !== "string" || typeof turnId !== "string") return undefined;
  const ended = signal.eventType === "app_server.item.completed";
  const entry = toItemEntry(item, turnId, ended);
  const at = Date.parse(signal.receivedAt);
  const timed = ended
    ? { ...entry, completedAt: entry.completedAt ?? at }
    : { ...entry, startedAt: entry.startedAt ?? at };
  return { type: "entry", entry: timed, partial: !ended };
}

const endings: Readonly<Record<string, TranscriptEntry["status"]>> = {
  completed: "complete",
  interrupted: "canceled",
  failed: "error",
};

function toTurnEnd(event: StoredEvent): TranscriptChange | undefined {
  const { turn } = (event.value as AppServerSignal<string, Params>).params;
  if (turn === undefined) return undefined;
  const status = endings[turn.status] ?? "complete";
  return { type: "turn_ended", turnId: turn.id, status, at: event.at };
}
