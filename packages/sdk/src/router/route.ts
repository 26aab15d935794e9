/**
 * What a router is to the SDK. The default one is `EventRouter`; another can be injected and then
 * owns matching and dispatch whole.
 */
import type { StreamEvent } from "@signalbox/contract";

/** What every handler is told beside its event. */
export interface HandlerContext {
  /**
   * Fires when the handler's deadline has passed or its run ends. The router does not wait for the
   * handler after that.
   */
  readonly signal: AbortSignal;
  /** The event being handled, whole. */
  readonly event: StreamEvent;
  /**
   * The cursor of this event: a run that starts there goes on with the next one. The wanted views of
   * this event come again there, since they have its cursor.
   */
  readonly cursor: string;
  /** The thread the run is limited to; null for every thread. */
  readonly threadId: string | null;
  /** How often this run had to connect again before this event came. */
  readonly reconnects: number;
}

/** What a run tells the router about an event. */
export type DispatchContext = Omit<HandlerContext, "event">;

/** One registered handler. */
export interface Route {
  /** Says which registration it is in a failure, such as `onEvent("session.created")`. */
  readonly label: string;
  /** Stream type pattern (exact, or a prefix ending in `*`) that covers all the route matches. */
  readonly types: string;
  matches(event: StreamEvent): boolean;
  handle(event: StreamEvent, context: HandlerContext): unknown;
}

/**
 * Decides which handlers an event reaches, and runs them.
 *
 * What the SDK relies on, and an own router must keep; `routerConformance` of `@signalbox/sdk/testing`
 * proves it:
 * - Every route that matches is called, and routes run in the order of `add`.
 * - `dispatch` settles once the event counts as handled: the run then moves its cursor and hands
 *   over the next event. Events of one thread are never dispatched side by side; those of different
 *   threads are under the ordering `thread`.
 * - A route that throws, rejects or hangs stops neither `dispatch` nor another route, and can be
 *   seen by the program (the default router reports it to `onHandlerError`).
 * - Nothing in it blocks the thread; when `context.signal` fires, `dispatch` settles at once.
 */
export interface StreamRouter {
  /** Adds a route after those there are. Returns an idempotent removal. */
  add(route: Route): () => void;
  /** Hands one event to its handlers. A rejection is reported to `onHandlerError`; the run goes on. */
  dispatch(event: StreamEvent, context: DispatchContext): Promise<void>;
}

/**
 * What failed: a matcher or a handler by throwing, a handler by passing its deadline (it was left
 * behind), an injected router as a whole, a cursor store's save, or the reading of what a thread was
 * behind by. The last two are tried again.
 */
export type FailureReason =
  | "matcher"
  | "threw"
  | "deadline"
  | "router"
  | "cursor_store"
  | "catch_up";

/** One failure of one handler, or of what serves handlers. */
export interface HandlerFailure {
  readonly reason: FailureReason;
  /** What was thrown, or a TimeoutError that names the deadline. */
  readonly error: unknown;
  /** Which registration or what else: `onEvent("session.created")`. */
  readonly handler: string;
  /** The event it happened on; null when it was none. */
  readonly event: StreamEvent | null;
}

/** Told of every failure once. What it throws itself is written to the console. */
export type HandlerErrorListener = (failure: HandlerFailure) => void;
