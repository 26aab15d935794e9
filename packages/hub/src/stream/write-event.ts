/** Which frames of an event a filter lets through, in order: the event, then its views. */
import { matchesThread } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { StreamFilter } from "./filter.ts";
import { viewFrame, viewsOfType } from "./views.ts";

/** Adds the text of each frame to `frames`. */
export function writeEvent(event: StoredEvent, filter: StreamFilter, frames: string[]): void {
  if (!matchesThread(event, filter.threadId) || !filter.sees(event.threadId)) return;
  if (filter.wantsType(event.type)) frames.push(event.frame);
  if (!filter.wantsViews) return;
  for (const view of viewsOfType(event.type)) {
    const frame = filter.wantsView(view) ? viewFrame(event, view) : undefined;
    if (frame !== undefined) frames.push(frame);
  }
}
