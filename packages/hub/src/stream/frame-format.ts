/**
 * How an event's frame is wrapped on its way out. Wrapping is the same for every connection of a
 * kind, so it is done once and the same bytes go to all of them.
 */
import type { Position } from "@signalbox/contract";

/** The wrapping of one kind of connection. */
export interface FrameFormat {
  /** Two formats of one name give the same bytes. */
  readonly name: string;
  /** The bytes that go before and after an event's frame. */
  wrap(frame: Buffer, seq: number): { readonly before: Buffer; readonly after?: Buffer };
}

/** Final frame of a text message, not masked: what a server sends (RFC 6455, section 5.2). */
const textFrame = 0x81;

/** A WebSocket message for each frame. */
export const webSocketFormat: FrameFormat = {
  name: "WebSocket",
  wrap({ length }) {
    if (length < 126) return { before: Buffer.of(textFrame, length) };
    if (length < 65_536) return { before: Buffer.of(textFrame, 126, length >> 8, length & 255) };
    const before = Buffer.allocUnsafe(10);
    before[0] = textFrame;
    before[1] = 127;
    before.writeBigUInt64BE(BigInt(length), 2);
    return { before };
  },
};

const endOfEvent = Buffer.from("\n\n");

/** A Server-Sent Event for each frame; its id is the cursor. */
export function createSseFormat(epoch: Position["epoch"]): FrameFormat {
  return {
    name: "SSE",
    wrap: (_frame, seq) => ({
      before: Buffer.from(`id: ${epoch}:${seq}\ndata: `),
      after: endOfEvent,
    }),
  };
}
