/** Keeps the session rows as the journal says. */
import type { AppServerSignal, HubEventPayload } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { Projection } from "../journal/projection.ts";
import { inputText } from "../transcript/item-entry.ts";
import type { SessionChange, SessionStore } from "./session-store.ts";

/** Characters of a preview, at most. */
const maxPreview = 500;

interface Params {
  readonly status?: { readonly type?: string };
  readonly turn?: { readonly id?: string };
  readonly item?: { readonly type?: string; readonly content?: unknown };
}

type Apply = (event: StoredEvent, id: string, store: SessionStore) => SessionChange | undefined;

const paramsOf = (event: StoredEvent) => (event.value as AppServerSignal<string, Params>).params;

const changes: Readonly<Record<string, Apply>> = {
  "session.updated": (event) => {
    const { session, changed } = event.value as HubEventPayload<"session.updated">;
    const all: SessionChange = {
      handle: session.handle,
      title: session.title,
      controls: session.sessionControls,
      effort: session.effort,
      projectId: session.projectId,
      cwd: session.cwd,
    };
    const fields = changed.map((field) => (field === "sessionControls" ? "controls" : field));
    return {
      ...Object.fromEntries(fields.map((field) => [field, all[field]])),
      updatedAt: event.at,
    };
  },
  "queue.updated": (event) => {
    const { messageIds, hold } = event.value as HubEventPayload<"queue.updated">;
    return { queued: messageIds.length, queueHold: hold };
  },
  "session.archived": (event) => ({ archived: true, updatedAt: event.at }),
  "session.unarchived": (event) => ({ archived: false, updatedAt: event.at }),
  "app_server.thread.status.changed": (event) => {
    const status = paramsOf(event).status?.type;
    if (status === undefined) return undefined;
    return status === "active" ? { status } : { status, activeTurnId: null };
  },
  "app_server.thread.closed": () => ({ status: "notLoaded", activeTurnId: null }),
  "app_server.turn.started": (event) => ({
    activeTurnId: paramsOf(event).turn?.id ?? null,
    materialized: true,
    updatedAt: event.at,
  }),
  "app_server.turn.completed": (event, id, store) => ({
    ...(store.get(id)?.activeTurnId === paramsOf(event).turn?.id ? { activeTurnId: null } : {}),
    materialized: true,
    updatedAt: event.at,
  }),
  "app_server.item.completed": (event, id, store) => {
    // Looked at first: most items come when the first words are long known.
    if (store.get(id)?.preview !== "") return undefined;
    const { item } = paramsOf(event);
    if (item?.type !== "userMessage") return undefined;
    return { preview: inputText(item.content).slice(0, maxPreview) };
  },
};

/** Follows the sessions' own events, and what codex says of their threads. */
export function createSessionProjection(store: SessionStore): Projection {
  return {
    name: "sessions.roster",
    types: [
      ...Object.keys(changes),
      "session.deleted",
      "session.detached",
      "runtime.started",
      "runtime.exited",
    ],
    forget: () => store.forget(),
    apply(event) {
      switch (event.type) {
        case "session.deleted": {
          const { sessionId } = event.value as HubEventPayload<"session.deleted">;
          store.bury(sessionId, event.at);
          return;
        }
        case "session.detached":
          store.letGo((event.value as HubEventPayload<"session.detached">).sessionId);
          return;
        case "runtime.started":
        case "runtime.exited":
          store.unloadAll();
          return;
        default: {
          const id = event.threadId;
          if (id === null || store.get(id) === undefined) return;
          const change = changes[event.type]!(event, id, store);
          if (change !== undefined) store.change(id, change);
        }
      }
    },
  };
}
