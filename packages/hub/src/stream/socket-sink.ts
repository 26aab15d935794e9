/** A WebSocket as a way out of the stream. */
import { type ControlFrame, categoryTable, toSignalboxError } from "@signalbox/contract";
import type { WebSocket } from "ws";
import type { StreamSink } from "./sink.ts";

// The same bytes go to every socket, as text frames.
const asText = { binary: false };

/** Writes to one socket. */
export class SocketSink implements StreamSink {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  event(frame: Buffer): void {
    this.#socket.send(frame, asText);
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
