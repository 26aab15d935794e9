/** An app-server that runs already, spoken to as WebSocket over TCP (`ws://`, `wss://`) or a socket file (`unix://`). */
import { isIP } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { AppServerError } from "../errors.ts";
import { MAX_MESSAGE_BYTES, type Transport, type TransportReceiver } from "./transport.ts";

export type WebSocketOptions = {
  /** `ws://IP:PORT`, `wss://…`, or `unix:///absolute/path.sock`. */
  url: string;
  /** Sent as `Authorization: Bearer`; only to a loopback address, a socket file or over TLS. */
  token?: string;
  /** The largest message taken, in bytes. Default: 64 MiB. */
  maxMessageBytes?: number;
  /** How long connecting may take, in ms. Default: 10,000. */
  connectDeadline?: number;
};

/** app-server 0.169.0 resets a connection that sends it a larger frame. */
const MAX_OUTGOING_BYTES = 15 * 1024 * 1024;
const CLOSE_WAIT = 1_000;

export class WebSocketTransport implements Transport {
  readonly pid = undefined;
  readonly #options: WebSocketOptions;
  #socket: WebSocket | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: WebSocketOptions) {
    this.#options = options;
  }

  async open(receiver: TransportReceiver, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { url, token } = this.#options;
    const address = toAddress(url);
    if (token !== undefined && !mayCarryToken(url)) {
      throw new AppServerError(
        "invalid_input",
        `A token is not sent to ${new URL(url).host} in the clear. Use wss://, a loopback address or unix://.`,
      );
    }
    const socket = new WebSocket(address, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      handshakeTimeout: this.#options.connectDeadline ?? 10_000,
      maxPayload: this.#options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let failure: Error | undefined;
    const abort = () => socket.terminate();
    signal?.addEventListener("abort", abort, { once: true });
    const opened = Promise.withResolvers<void>();
    socket.once("open", () => opened.resolve());
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("message", (data, isBinary) => {
      if (!isBinary) receiver.message(data.toString(), (data as Buffer).length);
    });
    this.#closed = new Promise((resolve) => {
      socket.once("close", (code) => {
        const error = closeError(url, code, failure);
        opened.reject(error);
        receiver.closed(error);
        resolve();
      });
    });
    // The signal bounds the opening only; the connection outlives it.
    await opened.promise.finally(() => signal?.removeEventListener("abort", abort));
  }

  send(text: string): void {
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      throw new AppServerError(
        "transport_closed",
        "The connection to app-server is closed; nothing was sent.",
      );
    }
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_OUTGOING_BYTES) {
      throw new AppServerError(
        "message_too_large",
        `The message has ${bytes} bytes; app-server takes at most ${MAX_OUTGOING_BYTES} over a socket. Nothing was sent. Pass large input as a file path.`,
        { details: { bytes, limit: MAX_OUTGOING_BYTES } },
      );
    }
    socket.send(text);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  stderrTail(): string {
    return "";
  }

  kill(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (!socket || !this.#closed) return;
    socket.resume();
    socket.close(1000);
    const timer = new AbortController();
    await Promise.race([
      this.#closed,
      delay(CLOSE_WAIT, undefined, { signal: timer.signal }).catch(() => {}),
    ]);
    timer.abort();
    socket.terminate();
    await this.#closed;
  }
}

function toAddress(url: string): string {
  if (!url.startsWith("unix://")) return url;
  return `ws+unix:${url.slice("unix://".length)}:/`;
}

function mayCarryToken(url: string): boolean {
  if (url.startsWith("unix://")) return true;
  const { protocol, hostname } = new URL(url);
  if (protocol === "wss:") return true;
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function closeError(url: string, code: number, failure: Error | undefined): AppServerError {
  const unauthorized = failure?.message.includes("401");
  const why = unauthorized
    ? "it refused the token (401)"
    : (failure?.message ?? `it was closed with code ${code}`);
  return new AppServerError(
    "transport_closed",
    `The connection to app-server at ${url} ended: ${why}.`,
    {
      cause: failure,
      details: { url, code },
    },
  );
}
