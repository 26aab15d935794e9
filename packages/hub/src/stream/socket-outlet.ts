/** One WebSocket of the stream: its reader, its commands, its life. */
import type { Duplex } from "node:stream";
import {
  type ClientFrame,
  parseClientFrame,
  parseCursor,
  streamProtocol,
  toSignalboxError,
} from "@signalbox/contract";
import type { RawData, WebSocket } from "ws";
import type { Connection } from "./connections.ts";
import { createFilter } from "./filter.ts";
import { type ReaderSource, StreamReader } from "./reader.ts";
import { SocketSink } from "./socket-sink.ts";
import type { StreamQuery } from "./stream-query.ts";

/** Beats without a sign of life before a peer counts as dead. */
const missedBeats = 2;
/** The same for a peer that is known to be behind: it can't answer while it does not read. */
const stalledBeats = 30;
/** How long a peer may take to say good-bye, in ms. */
const closeGrace = 1000;

/** Feeds one socket until it closes. */
export class SocketOutlet implements Connection {
  readonly #socket: WebSocket;
  readonly #sink: SocketSink;
  readonly #reader: StreamReader;
  readonly #legacy: boolean;
  readonly #highWater: number;
  readonly #isHidden: ReaderSource["isHidden"];
  #beatsMissed = 0;

  /** `connection`: what the WebSocket was opened on. */
  constructor(socket: WebSocket, connection: Duplex, source: ReaderSource, query: StreamQuery) {
    this.#socket = socket;
    this.#highWater = source.limits.highWater;
    this.#isHidden = source.isHidden;
    this.#legacy = query.legacy;
    this.#sink = new SocketSink(socket, connection);
    this.#reader = new StreamReader(
      source,
      this.#sink,
      createFilter({ ...query, isHidden: source.isHidden }),
    );
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => {
      this.#beatsMissed = 0;
    });
    // What went wrong with a socket is always followed by its close.
    socket.on("error", () => {});
    socket.on("close", () => this.#reader.close());
    this.#sink.control({
      type: "ready",
      threadId: query.threadId,
      protocol: streamProtocol,
      epoch: source.journal.epoch,
      head: source.fanout.position,
    });
    if (query.after !== undefined) this.#reader.moveTo(query.after);
  }

  beat(): void {
    const isBehind = this.#reader.mode === "replay" && this.#sink.buffered > 0;
    if (this.#beatsMissed >= (isBehind ? stalledBeats : missedBeats)) {
      this.#socket.terminate();
      return;
    }
    this.#beatsMissed += 1;
    this.#socket.ping();
  }

  close(): void {
    this.#reader.close();
    this.#socket.close(1001, "hub_closing");
    setTimeout(() => this.#socket.terminate(), closeGrace).unref();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#beatsMissed = 0;
    const text = isBinary ? "binary" : data.toString();
    if (text === "") return;
    try {
      this.#obey(parseClientFrame(text));
    } catch (error) {
      const { code, message } = toSignalboxError(error);
      this.#sink.control({ type: "error", code, message });
    }
    // Whoever sends commands and does not read the answers is not read from either.
    if (this.#sink.buffered > this.#highWater && !this.#socket.isPaused) {
      this.#socket.pause();
      void this.#sink.drained().then(() => this.#socket.resume());
    }
  }

  #obey(command: ClientFrame): void {
    switch (command.type) {
      case "ping":
        this.#sink.control({ type: "pong" });
        return;
      case "subscribe":
        this.#subscribe(command.threadId ?? null, command.types ?? null, command.after);
        return;
      case "unsubscribe":
        this.#subscribe(null, null, undefined);
        return;
    }
  }

  #subscribe(
    threadId: string | null,
    types: readonly string[] | null,
    after: string | undefined,
  ): void {
    const position = after === undefined ? undefined : parseCursor(after);
    this.#reader.setFilter(
      createFilter({ threadId, types, legacy: this.#legacy, isHidden: this.#isHidden }),
    );
    this.#sink.control({
      type: "subscribed",
      threadId,
      types,
      from: after ?? this.#reader.cursor,
    });
    if (position !== undefined) this.#reader.moveTo(position);
  }
}
