/** Events as bytes ready to be written: many frames in one piece, so that a batch costs a socket one write. */
import type { StoredEvent } from "../journal/event.ts";
import type { StreamFilter } from "./filter.ts";
import type { FrameFormat } from "./frame-format.ts";
import { writeEvent } from "./write-event.ts";

/** Bytes of one chunk, at most, unless one event alone has more. */
export const chunkSize = 64 * 1024;

/** Whole events in one piece. Shared between connections: don't change the bytes. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Everything up to here is in earlier chunks, or filtered out. */
  readonly after: number;
}

/**
 * What a filter lets through of these events, in their order, as a format wraps it. `after`: the
 * position before the first. None when nothing is let through.
 */
export function toChunks(
  events: readonly StoredEvent[],
  after: number,
  filter: StreamFilter,
  format: FrameFormat,
): Chunk[] {
  const chunks: Chunk[] = [];
  let parts: Buffer[] = [];
  let size = 0;
  let start = after;
  const add = (part: Buffer) => {
    parts.push(part);
    size += part.length;
  };
  const end = (next: number) => {
    if (size > 0) chunks.push({ bytes: Buffer.concat(parts, size), after: start });
    parts = [];
    size = 0;
    start = next;
  };
  const frames = {
    event(frame: Buffer, seq: number) {
      const { before, after: behind } = format.wrap(frame, seq);
      add(before);
      add(frame);
      if (behind !== undefined) add(behind);
    },
  };
  let previous = after;
  for (const event of events) {
    if (size > 0 && size + event.payload.length > chunkSize) end(previous);
    writeEvent(event, filter, frames);
    previous = event.seq;
  }
  end(previous);
  return chunks;
}
