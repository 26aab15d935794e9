/** Where a reader of the stream is written to: a WebSocket, an SSE response. */
import type { ControlFrame } from "@signalbox/contract";
import type { FrameFormat } from "./frame-format.ts";

/** A way out. Writes never wait and never throw; what can't leave yet counts as buffered. */
export interface StreamSink {
  /** Bytes taken here and not yet by the system. */
  readonly buffered: number;
  /** How events are wrapped for it. */
  readonly format: FrameFormat;
  /** Writes wrapped events. Others write the same bytes: they are not changed. */
  write(events: Buffer): void;
  /** Writes a control frame. */
  control(frame: ControlFrame): void;
  /** Resolves once everything written so far has left, or never will. */
  drained(): Promise<void>;
  /** Ends the connection because of a failure of the hub's. */
  fail(error: unknown): void;
}
