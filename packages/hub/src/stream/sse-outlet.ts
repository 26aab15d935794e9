/** One Server-Sent Events response of the stream: `id` is the cursor, control frames are named events. */
import type { ServerResponse } from "node:http";
import { type ControlFrame, streamProtocol } from "@signalbox/contract";
import type { Connection } from "./connections.ts";
import { createFilter } from "./filter.ts";
import { createSseFormat, type FrameFormat } from "./frame-format.ts";
import { type ReaderSource, StreamReader } from "./reader.ts";
import type { StreamSink } from "./sink.ts";
import type { StreamQuery } from "./stream-query.ts";

/** Feeds one response until it closes. */
export class SseOutlet implements Connection {
  readonly #response: ServerResponse;
  readonly #reader: StreamReader;

  constructor(response: ServerResponse, source: ReaderSource, query: StreamQuery) {
    this.#response = response;
    response.on("error", () => {});
    response.on("close", () => this.#reader.close());
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const { epoch } = source.journal;
    const sink = new SseSink(response, createSseFormat(epoch));
    this.#reader = new StreamReader(
      source,
      sink,
      createFilter({ ...query, isHidden: source.isHidden }),
    );
    sink.control({
      type: "ready",
      threadId: query.threadId,
      protocol: streamProtocol,
      epoch,
      head: source.fanout.position,
    });
    if (query.after !== undefined) this.#reader.moveTo(query.after);
  }

  // A dead peer is found by the write itself: it is never acknowledged, and the system gives up.
  beat(): void {
    if (this.#response.writableLength === 0) this.#response.write(": beat\n\n");
  }

  close(): void {
    this.#reader.close();
    this.#response.end();
  }
}

class SseSink implements StreamSink {
  readonly format: FrameFormat;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse, format: FrameFormat) {
    this.#response = response;
    this.format = format;
  }

  get buffered(): number {
    return this.#response.writableLength;
  }

  write(events: Buffer): void {
    if (this.#response.writable) this.#response.write(events);
  }

  control(frame: ControlFrame): void {
    if (!this.#response.writable) return;
    this.#response.write(`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  drained(): Promise<void> {
    if (!this.#response.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.#response.write(":\n\n", () => resolve());
    });
  }

  fail(): void {
    this.#response.destroy();
  }
}
