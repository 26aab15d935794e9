/** The stream as programs use it: handlers driven by `runForever`, or events read one by one. */
import type { ControlFrame, Position } from "@signalbox/contract";
import type { HandlerErrorListener, StreamRouter } from "../router/route.ts";
import { isSessionId, type ResolveSession } from "../session/session-names.ts";
import type { BackoffPolicy } from "./backoff.ts";
import type { ConnectionTimes } from "./connection.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import { CursorKeeper, loadCursor } from "./cursor/cursor-keeper.ts";
import type { ReadPage } from "./event-pages.ts";
import { EventReader, type OpenedSource } from "./event-reader.ts";
import type { InboxLimits } from "./inbox.ts";
import type { Listeners } from "./listeners.ts";
import { createOrder } from "./order/create-order.ts";
import { createDispatch } from "./order/dispatch.ts";
import type { EventOrder } from "./order/event-order.ts";
import { untilAborted } from "./sleep.ts";
import type { EventsOptions, RunOptions, StreamOptions } from "./stream-options.ts";
import { StreamSource } from "./stream-source.ts";
import { toStreamProtocols, toStreamUrl } from "./stream-url.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** What a stream is made of. */
export interface StreamSettings {
  readonly url: URL;
  readonly token: string;
  readonly WebSocket: WebSocketConstructor;
  readonly times: ConnectionTimes;
  readonly backoff: BackoffPolicy;
  readonly inbox: InboxLimits;
  readonly router: StreamRouter;
  /** The patterns the registered handlers need; undefined for every type. */
  readonly wantedTypes: () => readonly string[] | undefined;
  /** Takes the one listener to call when `wantedTypes` gives something else. */
  readonly onWantedTypesChanged: (listener: () => void) => void;
  readonly connectionListeners: Listeners<ConnectionEvent>;
  readonly controlFrameListeners: Listeners<ControlFrame>;
  readonly onHandlerError: HandlerErrorListener;
  readonly readPage: ReadPage;
  readonly resolveSession: ResolveSession;
  readonly diagnose: (signal: AbortSignal) => Promise<unknown>;
}

/** The hub's stream. */
export class Stream {
  readonly #settings: StreamSettings;
  readonly #runs = new Set<StreamSource>();
  readonly #closing = new AbortController();

  constructor(settings: StreamSettings) {
    this.#settings = settings;
    settings.onWantedTypesChanged(() => {
      for (const source of this.#runs) source.typesChanged();
    });
  }

  /**
   * Hands every event to the registered handlers until `signal` fires or the client is closed; then
   * it resolves, at once, even in mid-handler (with a cursor store, once that has the last cursor).
   * A lost connection is made again with growing pauses, and goes on after the last event received,
   * so handlers get each event once and in order. Handlers registered meanwhile take part from then
   * on. A handler that failed counts as done.
   *
   * `ordering: "global"` handles one event after another. `"thread"` handles the events of each
   * thread one after another, and those of different threads side by side, up to `lanes` at a time;
   * events without a thread are a lane of their own, in no order towards the others'. The
   * `gap` notice is a barrier: it is told once everything before it is handled, and what follows
   * waits for its listeners. Events waiting for their turn are bounded by `stream.inbox`; a thread
   * whose handlers are stuck with more than half of that lets go of what it waits with, and reads it
   * again from the hub when it goes on (`lagging` and `caught_up` with that thread's id tell of it).
   *
   * Rejects only when going on is pointless until somebody changes something: `unauthorized`,
   * `invalid_cursor`, `session_not_found`, `ambiguous_selector` and the like (categories auth,
   * authority, validation, not_found, unsupported);
   * or with what the cursor store's `load` rejects with. Two runs at a time deliver an event twice
   * where their filters overlap.
   */
  async runForever(given: RunOptions = {}): Promise<void> {
    const { wantedTypes } = this.#settings;
    const end = new AbortController();
    const signal = this.#signalOf(end.signal, given.signal);
    const options = isNamed(given) ? await this.#withThread(given, signal) : given;
    if (options === undefined) return;
    let keeper: CursorKeeper | undefined;
    const order = this.#createOrder(options, signal, () => keeper?.touch());
    const opened = await this.#open(options, wantedTypes, signal, () => order.handled);
    if (opened === undefined) return;
    const { source } = opened;
    keeper = opened.keeper;
    this.#runs.add(source);
    try {
      for (let item = await source.next(); item !== undefined; item = await source.next()) {
        if (item.kind === "event") {
          const waiting = order.take(item);
          if (waiting !== undefined) await untilAborted(waiting, signal);
          continue;
        }
        if (item.kind === "notice") {
          if (item.notice.type === "gap") await untilAborted(order.idle(), signal);
          await this.#tell(item.notice, options, signal);
        }
        if (!signal.aborted) order.pass(item.position);
      }
    } finally {
      this.#runs.delete(source);
      end.abort();
      await keeper?.close();
    }
  }

  /**
   * The same events to read one by one: `for await (const event of stream.events({threadId}))`.
   * Reconnects and rejects like `runForever`; ends when `signal` fires. Leaving the loop closes the
   * connection. An event counts as handled when the next one is asked for, so with a cursor store
   * the one a loop was left at comes again.
   */
  events(given: EventsOptions = {}): EventReader {
    const { types } = given;
    const end = new AbortController();
    const signal = this.#signalOf(end.signal, given.signal);
    return new EventReader({
      open: async (handled) => {
        const options = isNamed(given) ? await this.#withThread(given, signal) : given;
        return options && this.#open(options, () => types, signal, handled);
      },
      onNotice: (notice) => this.#tell(notice, given, signal),
      onClose: () => end.abort(),
    });
  }

  /** Ends every run and reader. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  #signalOf(end: AbortSignal, given: AbortSignal | undefined): AbortSignal {
    const signals = [end, this.#closing.signal];
    return AbortSignal.any(given === undefined ? signals : [...signals, given]);
  }

  #createOrder(options: RunOptions, signal: AbortSignal, onHandled: () => void): EventOrder {
    const { router, onHandlerError, inbox, readPage, wantedTypes } = this.#settings;
    const threadId = options.threadId ?? null;
    return createOrder(options.ordering ?? "global", {
      lanes: options.lanes,
      limits: inbox,
      signal,
      handle: createDispatch({ router, threadId, signal, onHandlerError }),
      onHandled,
      tell: (notice) => this.#tell(notice, options, signal),
      readPage,
      wantedTypes,
      onHandlerError,
    });
  }

  /** The same with the id of the thread that is meant; undefined when it was stopped before that was known. */
  async #withThread<Options extends StreamOptions>(
    options: Options & { readonly threadId: string },
    signal: AbortSignal,
  ): Promise<Options | undefined> {
    const threadId = await this.#settings.resolveSession(options.threadId, {
      signal,
      onFailure: (error, retryIn) => {
        const lost = { type: "disconnected", reason: "unreachable", closeCode: null } as const;
        // Which thread it is about nobody knows yet.
        void this.#tell({ ...lost, threadId: null, error, retryIn }, options, signal);
      },
    });
    return threadId === undefined ? undefined : { ...options, threadId };
  }

  /** Undefined when it was stopped while the cursor was loaded. */
  async #open(
    options: StreamOptions,
    types: () => readonly string[] | undefined,
    signal: AbortSignal,
    handled: () => Position | undefined,
  ): Promise<OpenedSource | undefined> {
    const { cursor, threadId } = options;
    if (cursor === undefined || typeof cursor === "string") {
      return { source: this.#connect(options, cursor, types, signal), keeper: undefined };
    }
    const { onHandlerError } = this.#settings;
    const key = options.cursorKey ?? threadId ?? "*";
    const saved = await untilAborted(loadCursor(cursor, key), signal);
    if (signal.aborted) return undefined;
    const source = this.#connect(options, saved, types, signal);
    const keeper = new CursorKeeper({ store: cursor, key, saved, handled, onHandlerError });
    return { source, keeper };
  }

  #connect(
    options: StreamOptions,
    cursor: string | undefined,
    types: () => readonly string[] | undefined,
    signal: AbortSignal,
  ): StreamSource {
    const { url, token, WebSocket, times, backoff, inbox, controlFrameListeners, diagnose } =
      this.#settings;
    const threadId = options.threadId ?? null;
    return new StreamSource({
      url: toStreamUrl(url, threadId),
      protocols: toStreamProtocols(token),
      WebSocket,
      threadId,
      types,
      cursor,
      isMarking: typeof options.cursor === "object",
      // What a store holds was saved once the views were handled too.
      mayLackViews: typeof options.cursor === "string",
      signal,
      times,
      backoff,
      inbox,
      onNotice: (notice) => void this.#tell(notice, options, signal),
      onControlFrame: (frame) => void controlFrameListeners.tell(frame, signal),
      diagnose,
    });
  }

  async #tell(notice: ConnectionEvent, options: StreamOptions, signal: AbortSignal): Promise<void> {
    await this.#settings.connectionListeners.tell(notice, signal, options.onConnection);
  }
}

/** Whether the thread has to be looked up first. */
function isNamed<Options extends StreamOptions>(
  options: Options,
): options is Options & { readonly threadId: string } {
  return options.threadId !== undefined && !isSessionId(options.threadId);
}
