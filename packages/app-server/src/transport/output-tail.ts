/** The last part of a process's stderr: enough to explain a failure, never more than a bound. */
import { stripVTControlCharacters } from "node:util";

/** Keeps the newest `limit` bytes of what is pushed, and shows its last `lines` lines. */
export class OutputTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit = 16 * 1024) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    this.#chunks.push(kept);
    this.#size += kept.length;
    for (
      let first = this.#chunks[0];
      first && this.#size - first.length >= this.#limit;
      first = this.#chunks[0]
    ) {
      this.#chunks.shift();
      this.#size -= first.length;
    }
  }

  /** The last lines, without colour codes, each cut to 500 characters. */
  lastLines(lines = 20): string {
    const bytes = Buffer.concat(this.#chunks);
    const text = bytes.subarray(Math.max(0, bytes.length - this.#limit)).toString("utf8");
    return stripVTControlCharacters(text)
      .split("\n")
      .map((line) => line.trimEnd().slice(0, 500))
      .filter((line) => line !== "")
      .slice(-lines)
      .join("\n");
  }
}
