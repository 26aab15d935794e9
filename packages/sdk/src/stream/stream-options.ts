/** What a program says of what it reads from the stream, and from where on. */
import type { ConnectionListener } from "./connection-event.ts";
import type { CursorStore } from "./cursor/cursor-store.ts";
import type { Ordering } from "./order/event-order.ts";

/** What both ways of reading take. */
export interface StreamOptions {
  /**
   * Only this thread's events, and those that concern every thread: its id, or the `@handle` or exact
   * title of its session, which is looked up once, when it begins. Default: all.
   */
  readonly threadId?: string;
  /**
   * Start after this cursor; or after the one in a store, which is then kept up to date: a position
   * is saved once everything up to it is handled, so the next process misses nothing, and may get
   * what was handled last again. After a cursor that was kept by hand the wanted views of its own
   * event come again, since it does not tell which of them were handled. Default: what comes from
   * now on.
   */
  readonly cursor?: string | CursorStore;
  /**
   * Where in the store. Default: the thread's id, or `*` for a run of every thread. Programs, and
   * runs of one program, that keep their cursors in one store need a key each.
   */
  readonly cursorKey?: string;
  /** Stops it at once, whatever it is doing. */
  readonly signal?: AbortSignal;
  /** Told of this run's connection events, after the listeners of `onConnection`. */
  readonly onConnection?: ConnectionListener;
}

/** What `runForever` takes. */
export interface RunOptions extends StreamOptions {
  /** `global` (default): one event after another. `thread`: threads side by side. See `runForever`. */
  readonly ordering?: Ordering;
  /** Under `thread`: how many threads' events are handled at a time. Default 16. */
  readonly lanes?: number;
}

/** What `events` takes. */
export interface EventsOptions extends StreamOptions {
  /** Exact types, or prefixes ending in `*`. Default: every type (views only when named). */
  readonly types?: readonly string[];
}
