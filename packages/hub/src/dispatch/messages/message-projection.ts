/** Keeps the rows of messages as the journal says. */
import type { HubEventPayload } from "@signalbox/contract";
import type { Projection } from "../../journal/projection.ts";
import type { MessageStore } from "./message-store.ts";

/** Follows the events of messages and queues, and the end of sessions. */
export function createMessageProjection(store: MessageStore): Projection {
  return {
    name: "dispatch.messages",
    types: ["message.*", "queue.updated", "session.deleted"],
    apply({ type, value }) {
      switch (type) {
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
