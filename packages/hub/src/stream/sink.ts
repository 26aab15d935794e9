/** Where a reader of the stream is written to: a WebSocket, an SSE response. */
import type { ControlFrame } from "@signalbox/contract";

/** A way out. Writes never wait and never throw; what can't leave yet counts as buffered. */
export interface StreamSink {
  /** Bytes taken here and not yet by the system. */
  readonly buffered: number;
  /** Writes an event's frame. */
  event(frame: Buffer, seq: number): void;
  /** Writes a control frame. */
  control(frame: ControlFrame): void;
  /** Resolves once everything written so far has left, or never will. */
  drained(): Promise<void>;
  /** Ends the connection because of a failure of the hub's. */
  fail(error: unknown): void;
}
