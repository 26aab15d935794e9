/** Events as bytes ready to be written: many frames in one piece, so that a batch costs a socket one write. */
import type { StoredEvent } from "../journal/event.ts";
import type { StreamFilter } from "./filter.ts";
import type { FrameFormat } from "./frame-format.ts";
import { writeEvent } from "./write-event.ts";

/** Characters of the payloads of one chunk, at most, unless one event alone has more. */
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
  let frames: string[] = [];
  let seqs: number[] = [];
  let size = 0;
  let start = after;
  let previous = after;
  for (const event of events) {
    if (frames.length > 0 && size + event.payload.length > chunkSize) {
      chunks.push({ bytes: encode(frames, seqs, format), after: start });
      frames = [];
      seqs = [];
      size = 0;
      start = previous;
    }
    writeEvent(event, filter, frames);
    while (seqs.length < frames.length) seqs.push(event.seq);
    size += event.payload.length;
    previous = event.seq;
  }
  if (frames.length > 0) chunks.push({ bytes: encode(frames, seqs, format), after: start });
  return chunks;
}

// Every text is measured once and written once, right where it is sent from. With plain loops, since
// this is the dearest part of a fan-out to few.
function encode(frames: readonly string[], seqs: readonly number[], format: FrameFormat): Buffer {
  const lengths: number[] = [];
  let size = frames.length * format.overhead;
  for (const frame of frames) {
    const length = Buffer.byteLength(frame);
    lengths.push(length);
    size += length;
  }
  const bytes = Buffer.allocUnsafe(size);
  let end = 0;
  for (let i = 0; i < frames.length; i += 1) {
    end = format.write(bytes, end, frames[i]!, lengths[i]!, seqs[i]!);
  }
  return bytes.subarray(0, end);
}
