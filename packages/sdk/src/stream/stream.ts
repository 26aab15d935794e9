/** The stream as programs use it: handlers driven by `runForever`, or events read one by one. */
import {
  bearerSubprotocolPrefix,
  type ControlFrame,
  streamPath,
  streamProtocol,
  streamSubprotocol,
} from "@signalbox/contract";
import type { HandlerErrorListener, StreamRouter } from "../router/route.ts";
import type { BackoffPolicy } from "./backoff.ts";
import type { ConnectionTimes } from "./connection.ts";
import type { ConnectionEvent, ConnectionListener } from "./connection-event.ts";
import { EventReader } from "./event-reader.ts";
import type { InboxLimits } from "./inbox.ts";
import type { Listeners } from "./listeners.ts";
import { untilAborted } from "./sleep.ts";
import { StreamSource } from "./stream-source.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** What both ways of reading take. */
export interface StreamOptions {
  /** Only this thread's events, and those that concern every thread. Default: all. */
  readonly threadId?: string;
  /** Start after this cursor. Default: what comes from now on. */
  readonly cursor?: string;
  /** Stops it at once, whatever it is doing. */
  readonly signal?: AbortSignal;
  /** Told of this run's connection events, after the listeners of `onConnection`. */
  readonly onConnection?: ConnectionListener;
}

/** What `events` takes. */
export interface EventsOptions extends StreamOptions {
  /** Exact types, or prefixes ending in `*`. Default: every type (views only when named). */
  readonly types?: readonly string[];
}

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
   * Hands every event to the registered handlers, one after another, until `signal` fires or the
   * client is closed; then it resolves, at once, even in mid-handler. A lost connection is made
   * again with growing pauses, and goes on after the last event received, so handlers get each
   * event once and in order. Handlers registered meanwhile take part from then on.
   *
   * Rejects only when going on is pointless until somebody changes something: `unauthorized`,
   * `invalid_cursor` and the like (categories auth, authority, validation, not_found, unsupported).
   * Two runs at a time deliver an event twice where their filters overlap.
   */
  async runForever(options: StreamOptions = {}): Promise<void> {
    const { router, wantedTypes, onHandlerError } = this.#settings;
    const threadId = options.threadId ?? null;
    const signal = this.#signalOf(options.signal);
    const source = this.#open(options, wantedTypes, signal);
    this.#runs.add(source);
    try {
      for (let item = await source.next(); item !== undefined; item = await source.next()) {
        if (item.kind === "notice") {
          await this.#tell(item.notice, options, signal);
          continue;
        }
        const { event, cursor, reconnects } = item;
        try {
          const dispatched = router.dispatch(event, { signal, cursor, threadId, reconnects });
          await untilAborted(dispatched, signal);
        } catch (error) {
          onHandlerError({ reason: "router", error, handler: "streamRouter", event });
        }
      }
    } finally {
      this.#runs.delete(source);
      source.close();
    }
  }

  /**
   * The same events to read one by one: `for await (const event of stream.events({threadId}))`.
   * Reconnects and rejects like `runForever`; ends when `signal` fires. Leaving the loop closes the
   * connection. An event counts as handled when the next one is asked for.
   */
  events(options: EventsOptions = {}): EventReader {
    const { types } = options;
    const signal = this.#signalOf(options.signal);
    const source = this.#open(options, () => types, signal);
    return new EventReader({
      source,
      onNotice: (notice) => this.#tell(notice, options, signal),
      onClose: () => source.close(),
    });
  }

  /** Ends every run and reader. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  #signalOf(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([signal, closing]);
  }

  #open(
    options: StreamOptions,
    types: () => readonly string[] | undefined,
    signal: AbortSignal,
  ): StreamSource {
    const { token, WebSocket, times, backoff, inbox, controlFrameListeners, diagnose } =
      this.#settings;
    const threadId = options.threadId ?? null;
    return new StreamSource({
      url: this.#url(threadId),
      protocols: [streamSubprotocol, `${bearerSubprotocolPrefix}${token}`],
      WebSocket,
      threadId,
      types,
      cursor: options.cursor,
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

  #url(threadId: string | null): string {
    const url = new URL(this.#settings.url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.pathname = `${url.pathname.replace(/\/+$/, "")}${streamPath}`;
    url.searchParams.set("v", String(streamProtocol));
    if (threadId !== null) url.searchParams.set("threadId", threadId);
    return url.href;
  }
}
