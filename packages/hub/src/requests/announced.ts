/** Notes which questions, and which ends of them, the journal tells, so that each is told once whatever crashes. */
import type { HubEventPayload } from "@signalbox/contract";
import type { Projection } from "../journal/projection.ts";
import type { RequestStore } from "./request-store.ts";

/** Follows `request.opened` and `request.resolved`. */
export function createAnnouncedProjection(store: RequestStore): Projection {
  return {
    name: "requests.announced",
    types: ["request.opened", "request.resolved"],
    apply({ type, value }) {
      const { requestId } = value as HubEventPayload<"request.opened" | "request.resolved">;
      if (type === "request.opened") store.markTold(requestId);
      else store.markAnnounced(requestId);
    },
  };
}
