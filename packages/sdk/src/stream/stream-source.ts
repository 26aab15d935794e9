/**
 * Events of a run across any number of connections: each once, in order, until the run is stopped.
 *
 * A standard WebSocket can't be told to stop reading: it takes frames off the wire and queues them
 * without bound while the program is busy. So when the inbox is full this source closes the socket
 * and connects again, from the cursor of the last event it took, once half of the inbox has been
 * handled. Closing needs nothing of the hub but the cursor, frees what the hub buffers at once,
 * drops what is still in flight and works alike in every runtime; unsubscribing instead would leave
 * frames in flight without a bound and a socket to keep alive for nothing. A reconnect costs a few
 * milliseconds for every half inbox of work, and none at all while handlers keep up.
 */
import {
  type ClientFrame,
  type ControlFrame,
  formatCursor,
  parseCursor,
  type StreamEvent,
} from "@signalbox/contract";
import { Backoff, type BackoffPolicy } from "./backoff.ts";
import { Connection, type ConnectionEnd, type ConnectionTimes } from "./connection.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import { Inbox, type InboxLimits } from "./inbox.ts";
import { isPermanent } from "./permanent.ts";
import { Progress } from "./progress.ts";
import { sleep } from "./sleep.ts";
import type { SourceItem } from "./source-item.ts";
import { includesViews } from "./wanted-types.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** What a source is made of. */
export interface StreamSourceOptions {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly WebSocket: WebSocketConstructor;
  readonly threadId: string | null;
  /** The patterns wanted now; undefined for every type. */
  readonly types: () => readonly string[] | undefined;
  /** Ask the hub with each heartbeat how far it has come, and say so with marks. */
  readonly isMarking: boolean;
  /** Cursor to start after; undefined: what comes from now on. */
  readonly cursor: string | undefined;
  /** Of the cursor's own event views may not have been received. */
  readonly mayLackViews: boolean;
  readonly signal: AbortSignal | undefined;
  readonly times: ConnectionTimes;
  readonly backoff: BackoffPolicy;
  readonly inbox: InboxLimits;
  /** `connected`, `disconnected`, `lagging` and `unreadable`, as they happen. Must not throw. */
  readonly onNotice: (notice: ConnectionEvent) => void;
  /** Every control frame, as it comes. Must not throw. */
  readonly onControlFrame: (frame: ControlFrame) => void;
  /**
   * Why a socket could not be opened, as far as a plain request can tell: a WebSocket keeps the
   * hub's answer to itself. Undefined when it finds nothing wrong.
   */
  readonly diagnose: (signal: AbortSignal) => Promise<unknown>;
}

/** One run's events. Connects at once. */
export class StreamSource {
  readonly #options: StreamSourceOptions;
  readonly #inbox: Inbox<SourceItem>;
  readonly #progress: Progress;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #connection: Connection | undefined;
  #connects = 0;
  #mayGetViews = false;

  /** Throws `invalid_cursor`. */
  constructor(options: StreamSourceOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options.inbox);
    this.#progress = new Progress(
      options.cursor === undefined ? undefined : parseCursor(options.cursor),
      options,
    );
    this.#backoff = new Backoff(options.backoff);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.close();
    else void this.#run();
  }

  /**
   * The next item; undefined once stopped. Rejects with what makes going on pointless, such as
   * `unauthorized`, after the events received before it. One call at a time.
   */
  next(): Promise<SourceItem | undefined> {
    return this.#inbox.take();
  }

  /** Tells the hub that `types` gives something else now. */
  typesChanged(): void {
    this.#connection?.resubscribe();
  }

  /** Stops at once; what is queued is dropped. Idempotent. */
  close(): void {
    if (this.#stop.signal.aborted) return;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#inbox.end({ drop: true });
    this.#stop.abort();
    this.#connection?.end("stopped");
  }

  readonly #onAbort = () => this.close();

  async #run(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const end = await this.#connectOnce();
        if (end.reason === "stopped") return;
        const error = await this.#causeOf(end);
        if (this.#stop.signal.aborted) return;
        if (isPermanent(error)) {
          this.#disconnected(end, error, null);
          throw error;
        }
        if (end.reason === "backpressure") {
          this.#disconnected(end, undefined, null);
          await this.#inbox.drained();
        } else {
          const retryIn = this.#backoff.next(end.lasted);
          this.#disconnected(end, error, retryIn);
          await sleep(retryIn, this.#stop.signal);
        }
      }
    } catch (error) {
      this.#options.signal?.removeEventListener("abort", this.#onAbort);
      this.#inbox.end({ error });
    }
  }

  async #connectOnce(): Promise<ConnectionEnd> {
    const { url, protocols, WebSocket, times, isMarking, onControlFrame } = this.#options;
    const connection = new Connection({
      url,
      protocols,
      WebSocket,
      times,
      isMarking,
      subscription: () => this.#subscription(),
      after: this.#progress.resumeAfter,
      onSubscribed: (frame, isFirst) => this.#subscribed(frame, isFirst),
      onEvent: (event, size) => this.#take(event, size),
      onControl: (frame) => this.#control(frame),
      onControlFrame,
      onUnreadable: (error) =>
        this.#options.onNotice({ type: "unreadable", threadId: this.#threadId, error }),
    });
    this.#connection = connection;
    const end = await connection.ended;
    this.#connection = undefined;
    return end;
  }

  get #threadId(): string | null {
    return this.#options.threadId;
  }

  #subscription(): ClientFrame & { readonly type: "subscribe" } {
    const types = this.#options.types();
    this.#mayGetViews = includesViews(types);
    return {
      type: "subscribe",
      ...(this.#threadId === null ? {} : { threadId: this.#threadId }),
      ...(types === undefined ? {} : { types: [...types] }),
    };
  }

  #subscribed(frame: ControlFrame & { readonly type: "subscribed" }, isFirst: boolean): void {
    const from = parseCursor(frame.from);
    if (!isFirst) {
      // Says how far delivery has come, which may be past the last event our filter let through.
      this.#progress.complete(from);
      this.#inbox.push({ kind: "mark", position: from }, 0);
      return;
    }
    // Repeats where we asked to start, or says where "now" is.
    if (!this.#progress.isKnown) this.#inbox.push({ kind: "mark", position: from }, 0);
    if (this.#progress.epoch !== from.epoch) this.#progress.moveTo(from);
    this.#connects += 1;
    this.#options.onNotice({
      type: "connected",
      threadId: this.#threadId,
      from: frame.from,
      reconnects: this.#connects - 1,
    });
  }

  #take(event: StreamEvent, size: number): void {
    if (!this.#progress.accept(event)) return;
    const epoch = this.#progress.epoch ?? "";
    this.#inbox.push(
      {
        kind: "event",
        event,
        cursor: formatCursor({ epoch, seq: event.seq }),
        reconnects: this.#connects - 1,
        size,
        epoch,
        completes: this.#mayGetViews ? event.seq - 1 : event.seq,
      },
      size,
    );
    if (this.#inbox.isFull) this.#connection?.end("backpressure");
  }

  #control(frame: ControlFrame & { readonly type: "caught_up" | "lagging" | "gap" }): void {
    const threadId = this.#threadId;
    switch (frame.type) {
      case "lagging":
        this.#options.onNotice({ type: "lagging", threadId, seq: frame.seq, head: frame.head });
        return;
      case "caught_up": {
        const { epoch } = this.#progress;
        if (epoch === undefined) return;
        const position = { epoch, seq: frame.seq };
        this.#progress.complete(position);
        const notice = { type: "caught_up", threadId, seq: frame.seq } as const;
        this.#inbox.push({ kind: "notice", notice, position }, 0);
        return;
      }
      case "gap": {
        const { reason, from, to } = frame;
        const position = parseCursor(to);
        this.#progress.moveTo(position);
        const notice = { type: "gap", threadId, reason, from, to } as const;
        this.#inbox.push({ kind: "notice", notice, position }, 0);
        return;
      }
      default:
        frame satisfies never;
    }
  }

  async #causeOf(end: ConnectionEnd): Promise<unknown> {
    if (end.error !== undefined) return end.error;
    if (end.reason === "unreachable") return this.#options.diagnose(this.#stop.signal);
    return undefined;
  }

  #disconnected(end: ConnectionEnd, error: unknown, retryIn: number | null): void {
    if (end.reason === "stopped") return;
    this.#options.onNotice({
      type: "disconnected",
      threadId: this.#threadId,
      reason: end.reason,
      closeCode: end.closeCode,
      error,
      retryIn,
    });
  }
}
