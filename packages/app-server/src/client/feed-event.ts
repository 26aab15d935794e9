/** What a feed brings: everything app-server said, and what became of its process, in one order. */
import type { AppServerError } from "../errors.ts";
import type { Notification, Request } from "../router/message.ts";
import type { RuntimeInfo } from "../rpc/connection.ts";

/** One thing heard. `generation` counts connections of this client, from 1. */
export type FeedEvent =
  | { type: "notification"; generation: number; message: Notification }
  /** A question. Its id is app-server's own, counted afresh by each process; it may come again under the same id. */
  | { type: "request"; generation: number; message: Request }
  /**
   * Deltas of this turn may be missing for good: it went on while the connection was lost. Its
   * completed items carry what they said. Comes before what is heard of the turn afterwards.
   */
  | { type: "deltas_lost"; generation: number; threadId: string; turnId: string }
  | RuntimeEvent;

/** A fact on the connection and the process behind it. */
export type RuntimeEvent = { type: "runtime"; generation: number } & (
  | { state: "started"; info: RuntimeInfo }
  /** The open requests of this generation can't be answered any more. */
  | { state: "exited"; error: AppServerError }
  /** The next attempt starts in `delay` ms. */
  | { state: "restarting"; attempt: number; delay: number }
);
