/**
 * One WebSocket from opening to its end: handshake, subscription, heartbeat. It hands frames on
 * and never waits for whoever takes them. Resuming is its owner's business.
 */
import {
  type ClientFrame,
  type ControlFrame,
  isControlFrame,
  parseServerFrame,
  SignalboxError,
  type StreamEvent,
} from "@signalbox/contract";
import type { DisconnectReason } from "./connection-event.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

/** Milliseconds. */
export interface ConnectionTimes {
  /** From opening the socket until the hub has confirmed the subscription. */
  readonly connectDeadline: number;
  /** Between pings. */
  readonly pingInterval: number;
  /** From a ping until any frame has come, else the connection counts as dead. */
  readonly livenessDeadline: number;
}

/** Used where nothing else is given. */
export const defaultTimes: ConnectionTimes = {
  connectDeadline: 10_000,
  pingInterval: 15_000,
  livenessDeadline: 10_000,
};

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly WebSocket: WebSocketConstructor;
  readonly times: ConnectionTimes;
  /** The heartbeat subscribes again in place of a ping: its answer says how far delivery has come. */
  readonly isMarking: boolean;
  /** The filter wanted now. */
  readonly subscription: () => ClientFrame & { readonly type: "subscribe" };
  /** Cursor the first subscription starts after; undefined: now. */
  readonly after: string | undefined;
  /** The hub confirmed a subscription: the first one of this connection, or a later one. */
  readonly onSubscribed: (
    frame: ControlFrame & { readonly type: "subscribed" },
    isFirst: boolean,
  ) => void;
  /** Events of the subscription. `size`: characters of the frame. */
  readonly onEvent: (event: StreamEvent, size: number) => void;
  /** `caught_up`, `lagging` and `gap`. */
  readonly onControl: (
    frame: ControlFrame & { readonly type: "caught_up" | "lagging" | "gap" },
  ) => void;
  /** Every control frame, as it comes, before it is acted upon. */
  readonly onControlFrame: (frame: ControlFrame) => void;
  readonly onUnreadable: (error: unknown) => void;
}

/** How a connection ended. */
export interface ConnectionEnd {
  readonly reason: DisconnectReason | "stopped";
  readonly closeCode: number | null;
  readonly error: unknown;
  /** Milliseconds between the confirmed subscription and the end; 0 when there was none. */
  readonly lasted: number;
}

/** One connection. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #ended = Promise.withResolvers<ConnectionEnd>();
  #socket: WebSocketLike | undefined;
  #isOver = false;
  #isFilterStale = false;
  #subscribedAt: number | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #livenessTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { connectDeadline } = options.times;
    this.#connectTimer = setTimeout(
      () =>
        this.end(
          "connect_timeout",
          new SignalboxError(
            "hub_unreachable",
            `The hub did not open the stream within ${connectDeadline} ms.`,
          ),
        ),
      connectDeadline,
    );
    try {
      this.#socket = new options.WebSocket(options.url, [...options.protocols]);
    } catch (error) {
      // The constructor throws for what can never work, such as a token no header may carry.
      this.end(
        "refused",
        new SignalboxError(
          "invalid_request",
          "The WebSocket can't be made from this URL and token. Check both.",
          { cause: error },
        ),
      );
      return;
    }
    this.#listen(this.#socket);
  }

  /** Settles once, when the connection is over; never rejects. */
  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise;
  }

  /** Whether the subscription is confirmed and the connection not over. */
  get isLive(): boolean {
    return this.#subscribedAt !== undefined && !this.#isOver;
  }

  /** Sends the filter again, from where delivery stands: nothing is replayed, nothing left out. */
  resubscribe(): void {
    if (this.isLive) this.#send(this.#options.subscription());
    else this.#isFilterStale = true;
  }

  /** Closes it. No callback runs after this. Idempotent. */
  end(reason: ConnectionEnd["reason"], error?: unknown, closeCode: number | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    clearInterval(this.#pingTimer);
    clearTimeout(this.#livenessTimer);
    try {
      this.#socket?.close(1000);
    } catch {
      // A socket that can't be closed any more is closed.
    }
    const lasted = this.#subscribedAt === undefined ? 0 : performance.now() - this.#subscribedAt;
    this.#ended.resolve({ reason, error, closeCode, lasted });
  }

  // Listeners stay to the end of the socket: one without an error listener may throw.
  #listen(socket: WebSocketLike): void {
    let hasOpened = false;
    socket.addEventListener("open", () => {
      hasOpened = true;
    });
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("error", () => undefined);
    socket.addEventListener("close", ({ code }) => {
      // 1005 and 1006 are not sent by anyone: they stand for "no code" and "no close frame".
      const closeCode = code === 1005 || code === 1006 ? null : code;
      this.end(hasOpened ? "closed" : "unreachable", undefined, closeCode);
    });
  }

  #receive(data: unknown): void {
    if (this.#isOver) return;
    clearTimeout(this.#livenessTimer);
    this.#livenessTimer = undefined;
    let frame: ReturnType<typeof parseServerFrame>;
    try {
      if (typeof data !== "string") {
        throw new SignalboxError("invalid_response", "The hub sent a binary frame.");
      }
      frame = parseServerFrame(data);
    } catch (error) {
      this.#options.onUnreadable(error);
      return;
    }
    if (isControlFrame(frame)) this.#control(frame);
    // Before the subscription is confirmed the hub may send what an earlier filter lets through.
    else if (this.isLive) this.#options.onEvent(frame, (data as string).length);
  }

  #control(frame: ControlFrame): void {
    this.#options.onControlFrame(frame);
    switch (frame.type) {
      case "ready":
        this.#subscribe();
        return;
      case "subscribed": {
        const isFirst = this.#subscribedAt === undefined;
        if (isFirst) this.#start();
        this.#options.onSubscribed(frame, isFirst);
        return;
      }
      case "error":
        this.end("refused", new SignalboxError(frame.code, frame.message));
        return;
      case "caught_up":
      case "lagging":
      case "gap":
        this.#options.onControl(frame);
        return;
      case "pong":
        return;
      default:
        frame satisfies never;
    }
  }

  #subscribe(): void {
    const { after } = this.#options;
    this.#isFilterStale = false;
    this.#send({ ...this.#options.subscription(), ...(after === undefined ? {} : { after }) });
  }

  #start(): void {
    this.#subscribedAt = performance.now();
    clearTimeout(this.#connectTimer);
    if (this.#isFilterStale) this.resubscribe();
    const { pingInterval, livenessDeadline } = this.#options.times;
    this.#pingTimer = setInterval(() => {
      this.#send(this.#options.isMarking ? this.#options.subscription() : { type: "ping" });
      this.#livenessTimer ??= setTimeout(
        () =>
          this.end(
            "silent",
            new SignalboxError("hub_unreachable", `The hub was silent for ${livenessDeadline} ms.`),
          ),
        livenessDeadline,
      );
    }, pingInterval);
  }

  #send(frame: ClientFrame): void {
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch (error) {
      this.end("closed", error);
    }
  }
}
