/**
 * stdout, line by line: no line is cut by another, and nothing is written faster than it is read.
 */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

const CHUNK = 1024 * 1024;

/** Writes to one stream in the order of the calls. */
export class Output {
  readonly #stream: Writable;
  #ended = false;
  #last: Promise<void> = Promise.resolve();

  constructor(stream: Writable) {
    this.#stream = stream;
    // The reader may be gone; what is written then is nobody's.
    stream.on("error", () => {});
  }

  /** Writes a message as a line. */
  message(message: object): Promise<void> {
    return this.text(`${JSON.stringify(message)}\n`);
  }

  /** Writes text as it is. */
  text(text: string): Promise<void> {
    return this.#inTurn(() => this.#write(text));
  }

  /** Writes a line in pieces of `size` bytes, each flushed, with a pause after it. */
  pieces(text: string, size: number, pauseMs: number): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = Buffer.from(`${text}\n`);
      for (let start = 0; start < bytes.length; start += size) {
        await this.#write(bytes.subarray(start, start + size));
        await delay(pauseMs);
      }
    });
  }

  /** Writes `head`, then `bytes` bytes of filling, then `tail`, without ever holding all of it. */
  giant(head: string, bytes: number, tail: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#write(head);
      const filling = Buffer.alloc(Math.min(CHUNK, bytes), "x");
      for (let left = bytes; left > 0; left -= filling.length) {
        await this.#write(filling.subarray(0, Math.min(left, filling.length)));
      }
      await this.#write(tail);
    });
  }

  /** Writes whole lines that are made as they are needed. */
  lines(lines: Iterable<string>): Promise<void> {
    return this.#inTurn(async () => {
      let batch = "";
      for (const line of lines) {
        batch += line;
        if (batch.length < 64 * 1024) continue;
        await this.#write(batch);
        batch = "";
      }
      await this.#write(batch);
    });
  }

  /** Resolves when all that was written has been handed to the system. */
  flushed(): Promise<void> {
    return this.#inTurn(() => new Promise((resolve) => this.#stream.write("", () => resolve())));
  }

  /** Drops whatever is written from now on. */
  end(): void {
    this.#ended = true;
  }

  async #write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0 || this.#ended || this.#stream.destroyed) return;
    if (this.#stream.write(data)) return;
    const gone = new AbortController();
    await Promise.race([
      once(this.#stream, "drain", { signal: gone.signal }),
      once(this.#stream, "close", { signal: gone.signal }),
    ]);
    gone.abort();
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(write, write);
    return this.#last;
  }
}
