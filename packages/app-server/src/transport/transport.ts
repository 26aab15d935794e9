/**
 * The port between this client and a running app-server: whole JSON texts in and out.
 *
 * A transport reads as fast as the other side writes and hands each text over at once; it never
 * waits for whoever consumes them. Only `pause()` holds it back.
 */
import type { AppServerError } from "../errors.ts";

/** The largest message taken in either direction, in bytes, where the transport has no lower limit. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface TransportReceiver {
  /** One whole JSON text; `bytes` is its length on the wire. Must not throw. */
  message(text: string, bytes: number): void;
  /** The connection ended, for this reason. Called exactly once, after the last message. */
  closed(reason: AppServerError): void;
}

export interface Transport {
  /** The process at the other end, where this side started it. */
  readonly pid: number | undefined;
  /** Connects and starts to read. Rejects with `codex_not_found`, `codex_start_failed`, `transport_closed` or `aborted`. */
  open(receiver: TransportReceiver, signal?: AbortSignal): Promise<void>;
  /** Writes one JSON text. Throws `transport_closed` or `message_too_large`, and then nothing was sent. */
  send(text: string): void;
  /** Stops reading until `resume()`; the other side then waits (stdio) or is held by the socket. */
  pause(): void;
  resume(): void;
  /** The last of what the process wrote to its stderr, where there is one. */
  stderrTail(): string;
  /** Ends what no longer answers at once: a process this side started by SIGKILL, else the connection. */
  kill(): void;
  /** Ends the connection and, where this side started it, the process. Idempotent; resolves when it is gone. */
  close(): Promise<void>;
}
