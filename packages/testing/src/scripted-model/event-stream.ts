/**
 * Writes server-sent events to one HTTP response, no faster than its socket takes them.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ModelEvent } from "./step.ts";

/** Events are gathered up to about this many characters before they are written. */
const BATCH = 32 * 1024;

/** The client's side is gone, or the model was closed: nothing more can be written. */
export class StreamClosed extends Error {
  override readonly name = "StreamClosed";
}

/** The event stream of one response. Headers go out with the first event. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #gone: Promise<never>;
  #batch = "";

  /** `closed` aborts when the socket is gone; every later or waiting call then rejects. */
  constructor(response: ServerResponse, closed: AbortSignal) {
    this.#response = response;
    this.#gone = new Promise((_, reject) => {
      const fail = () => reject(new StreamClosed("The client closed the stream."));
      if (closed.aborted) fail();
      else closed.addEventListener("abort", fail, { once: true });
    });
    this.#gone.catch(() => {});
  }

  /** Adds an event; to be awaited, since it waits while the socket is full. */
  write(event: ModelEvent): Promise<void> | undefined {
    this.#batch += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    return this.#batch.length >= BATCH ? this.flush() : undefined;
  }

  /** Writes what has been gathered and waits until the socket takes more. */
  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = "";
    this.#open();
    if (batch === "") return;
    if (!this.#response.write(batch)) {
      await this.until(once(this.#response, "drain"));
    } else {
      // Gives the socket's close, and other streams, their turn between two batches.
      await this.until(new Promise((resolve) => setImmediate(resolve)));
    }
  }

  /** Waits for something else, but not beyond the end of the socket. */
  async until<T>(other: Promise<T>): Promise<T> {
    return await Promise.race([other, this.#gone]);
  }

  /** Flushes and ends the response. */
  async end(): Promise<void> {
    await this.flush();
    this.#response.end();
  }

  #open(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
    });
  }
}
