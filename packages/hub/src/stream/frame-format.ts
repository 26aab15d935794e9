/**
 * How an event's frame is wrapped on its way out. Wrapping is the same for every connection of a
 * kind, so it is done once and the same bytes go to all of them.
 */
import type { Position } from "@signalbox/contract";

/** The wrapping of one kind of connection. */
export interface FrameFormat {
  /** Two formats of one name give the same bytes. */
  readonly name: string;
  /** Bytes a frame has more when it is wrapped, at most. */
  readonly overhead: number;
  /** Writes a frame of `length` bytes, wrapped, at `start`; gives where it ends. */
  write(into: Buffer, start: number, frame: string, length: number, seq: number): number;
}

/** Final frame of a text message, not masked: what a server sends (RFC 6455, section 5.2). */
const textFrame = 0x81;

/** A WebSocket message for each frame. */
export const webSocketFormat: FrameFormat = {
  name: "WebSocket",
  overhead: 10,
  write(into, start, frame, length) {
    let at = start;
    into[at++] = textFrame;
    if (length < 126) {
      into[at++] = length;
    } else if (length < 65_536) {
      into[at++] = 126;
      into[at++] = length >> 8;
      into[at++] = length & 255;
    } else {
      into[at++] = 127;
      at = into.writeBigUInt64BE(BigInt(length), at);
    }
    return at + into.write(frame, at, length);
  },
};

/** A Server-Sent Event for each frame; its id is the cursor. */
export function createSseFormat(epoch: Position["epoch"]): FrameFormat {
  return {
    name: "SSE",
    // Besides epoch and words, a position has up to sixteen digits.
    overhead: epoch.length + 32,
    write(into, start, frame, _length, seq) {
      return start + into.write(`id: ${epoch}:${seq}\ndata: ${frame}\n\n`, start);
    },
  };
}
