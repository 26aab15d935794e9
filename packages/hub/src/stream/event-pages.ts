/** The stream's events as pages, for whoever would rather ask than listen. */
import {
  type ControlFrame,
  type EventPage,
  formatCursor,
  type StreamEvent,
} from "@signalbox/contract";
import { createFilter } from "./filter.ts";
import { findGap } from "./gap.ts";
import type { ReaderSource } from "./reader.ts";
import type { StreamQuery } from "./stream-query.ts";
import { writeEvent } from "./write-event.ts";

/** Looks at the journal this many times for one page, so that a rare type costs a bounded time. */
const maxReads = 32;

/**
 * One page: up to `limit` journaled events (with the views that were named) after the cursor, or from
 * the oldest there is. `next` is null when nothing more is stored. A page can be short, even empty,
 * and have a `next`.
 */
export async function readEventPage(
  { journal, isHidden }: Pick<ReaderSource, "journal" | "isHidden">,
  query: StreamQuery & { readonly limit: number },
): Promise<EventPage> {
  const filter = createFilter({ ...query, isHidden });
  const from = query.after ?? { epoch: journal.epoch, seq: journal.trimmed };
  const gap = findGap(journal, from);
  const data: StreamEvent[] = [];
  let after = gap?.to ?? from.seq;
  let left = query.limit;
  for (let reads = 0; reads < maxReads && left > 0 && after < journal.head; reads += 1) {
    // Let go of meanwhile: the next page says so.
    if (after < journal.trimmed) break;
    const page = await journal.read({
      after,
      limit: left,
      ...(filter.threadId === null ? {} : { threadId: filter.threadId }),
      ...(filter.sources === undefined ? {} : { types: filter.sources }),
    });
    const frames: string[] = [];
    for (const event of page.events) writeEvent(event, filter, frames);
    data.push(...frames.map((frame) => JSON.parse(frame) as StreamEvent));
    left -= page.events.length;
    after = page.next;
  }
  const cursor = formatCursor({ epoch: journal.epoch, seq: after });
  const next = after < journal.head ? cursor : null;
  return { data, next, cursor, ...(gap === undefined ? {} : { gap: gap.frame as Gap }) };
}

type Gap = Extract<ControlFrame, { type: "gap" }>;
