/** Which frames of an event a filter lets through, in order: the event, then its views. */
import { matchesThread } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { StreamFilter } from "./filter.ts";
import { viewFrame, viewsOfType } from "./views.ts";

/** Calls `write` with each frame. */
export function writeEvent(
  event: StoredEvent,
  filter: StreamFilter,
  write: { event(frame: Buffer, seq: number): void },
): void {
  if (!matchesThread(event, filter.threadId)) return;
  if (filter.wantsType(event.type)) write.event(event.frame, event.seq);
  if (!filter.wantsViews) return;
  for (const view of viewsOfType(event.type)) {
    const frame = filter.wantsView(view) ? viewFrame(event, view) : undefined;
    if (frame !== undefined) write.event(frame, event.seq);
  }
}
