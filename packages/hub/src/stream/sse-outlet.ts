/** One Server-Sent Events response of the stream: `id` is the cursor, control frames are named events. */
import type { ServerResponse } from "node:http";
import { type ControlFrame, streamProtocol } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { Journal } from "../journal/journal.ts";
import type { Outlet } from "./fanout.ts";
import { createFilter } from "./filter.ts";
import { type ReaderLimits, StreamReader } from "./reader.ts";
import type { StreamSink } from "./sink.ts";
import type { StreamQuery } from "./stream-query.ts";

/** Feeds one response until it closes. */
export class SseOutlet implements Outlet {
  readonly #response: ServerResponse;
  readonly #reader: StreamReader;

  constructor(
    response: ServerResponse,
    journal: Journal,
    query: StreamQuery,
    limits: ReaderLimits,
  ) {
    this.#response = response;
    response.on("error", () => {});
    response.on("close", () => this.#reader.close());
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const sink = new SseSink(response, journal.epoch);
    this.#reader = new StreamReader(journal, sink, createFilter(query), limits);
    sink.control({
      type: "ready",
      threadId: query.threadId,
      protocol: streamProtocol,
      epoch: journal.epoch,
      head: journal.head,
    });
    if (query.after !== undefined) this.#reader.moveTo(query.after);
  }

  deliver(events: readonly StoredEvent[]): void {
    this.#reader.deliver(events);
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
  readonly #response: ServerResponse;
  readonly #epoch: string;

  constructor(response: ServerResponse, epoch: string) {
    this.#response = response;
    this.#epoch = epoch;
  }

  get buffered(): number {
    return this.#response.writableLength;
  }

  event(frame: Buffer, seq: number): void {
    if (!this.#response.writable) return;
    this.#response.write(`id: ${this.#epoch}:${seq}\ndata: `);
    this.#response.write(frame);
    this.#response.write("\n\n");
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
