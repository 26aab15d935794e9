/** Keeps the rows of messages as the journal says. */
import type { AppServerSignal, HubEventPayload } from "@signalbox/contract";
import type { Projection } from "../../journal/projection.ts";
import { type ItemParams, shownIn } from "./message-facts.ts";
import type { MessageStore } from "./message-store.ts";

/** Items that may be messages of ours. */
const itemTypes = ["app_server.item.started", "app_server.item.completed"] as const;

/** Follows the events of messages and queues, those in which codex tells of messages, and the end of sessions. */
export function createMessageProjection(store: MessageStore): Projection {
  return {
    name: "dispatch.messages",
    types: ["message.*", "queue.updated", "session.deleted", ...itemTypes],
    apply({ type, value }) {
      switch (type) {
        case "app_server.item.started":
        case "app_server.item.completed": {
          const shown = shownIn((value as AppServerSignal<string, ItemParams>).params);
          return shown && store.show(shown.messageId);
        }
        case "message.created":
          return store.add((value as HubEventPayload<"message.created">).message);
        case "message.edited":
          return store.edit((value as HubEventPayload<"message.edited">).message);
        case "queue.updated":
          return store.order((value as HubEventPayload<"queue.updated">).messageIds);
        case "session.deleted":
          return store.dropAll((value as HubEventPayload<"session.deleted">).sessionId);
        default:
          return store.change((value as HubEventPayload<"message.queued">).message);
      }
    },
  };
}
