/** A WebSocket as a way out of the stream. */
import type { Duplex } from "node:stream";
import { type ControlFrame, categoryTable, toSignalboxError } from "@signalbox/contract";
import { WebSocket } from "ws";
import { webSocketFormat } from "./frame-format.ts";
import type { StreamSink } from "./sink.ts";

/** Writes to one socket. */
export class SocketSink implements StreamSink {
  readonly format = webSocketFormat;
  readonly #socket: WebSocket;
  readonly #connection: Duplex;

  /** `connection`: what the WebSocket was opened on, which no extension transforms. */
  constructor(socket: WebSocket, connection: Duplex) {
    this.#socket = socket;
    this.#connection = connection;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  // Whole messages straight into the connection. Without extensions the WebSocket keeps nothing back
  // that this could overtake. Once it is closing, no message may follow.
  write(events: Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#connection.write(events);
  }

  control(frame: ControlFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  // A pong nobody asked for means nothing, but its callback tells that all before it has left. It
  // is called with an error when the socket is gone.
  drained(): Promise<void> {
    return new Promise((resolve) => this.#socket.pong("", false, () => resolve()));
  }

  fail(error: unknown): void {
    const { category, code } = toSignalboxError(error);
    this.#socket.close(categoryTable[category].close, code);
  }
}
