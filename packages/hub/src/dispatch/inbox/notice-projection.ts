/** Keeps the rows of notices as the journal says. */
import type { HubEventPayload } from "@signalbox/contract";
import type { Projection } from "../../journal/projection.ts";
import type { NoticeStore } from "./notice-store.ts";

/** Follows the events of inboxes, and the end of sessions. */
export function createNoticeProjection(store: NoticeStore): Projection {
  return {
    name: "dispatch.inbox",
    types: ["inbox.*", "session.deleted"],
    apply({ type, value, at }) {
      switch (type) {
        case "inbox.noticed":
          return store.add((value as HubEventPayload<"inbox.noticed">).notice);
        case "inbox.acknowledged":
          return store.acknowledge((value as HubEventPayload<"inbox.acknowledged">).noticeIds, at);
        case "session.deleted":
          return store.dropInbox((value as HubEventPayload<"session.deleted">).sessionId);
      }
    },
  };
}
