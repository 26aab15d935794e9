/** Notes which ends of questions the journal tells, so that each is told once whatever crashes. */
import type { RequestResolution } from "@signalbox/contract";
import type { Projection } from "../journal/projection.ts";
import type { RequestStore } from "./request-store.ts";

/** Follows `request.resolved`. */
export function createAnnouncedProjection(store: RequestStore): Projection {
  return {
    name: "requests.announced",
    types: ["request.resolved"],
    apply: (event) => store.markAnnounced((event.value as RequestResolution).requestId),
  };
}
