/** Cuts a byte stream into lines, with a bound on a line's length. */

/**
 * Feeds on chunks as they arrive and gives each whole line to `onLine`, decoded as UTF-8: lines are
 * found on bytes, so a character split between two chunks arrives whole. Blank lines are skipped and
 * a carriage return before the line feed is not part of the line.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #onLine: (line: string, bytes: number) => void;
  #parts: Buffer[] = [];
  #held = 0;

  constructor(limit: number, onLine: (line: string, bytes: number) => void) {
    this.#limit = limit;
    this.#onLine = onLine;
  }

  /** Bytes of the unfinished last line. */
  get pendingBytes(): number {
    return this.#held;
  }

  /** Takes a chunk. Returns false when a line passed the limit: the stream can't be trusted after that. */
  push(chunk: Buffer): boolean {
    let start = 0;
    if (this.#held > 0) {
      const end = chunk.indexOf(10);
      if (end === -1) return this.#hold(chunk);
      if (!this.#hold(chunk.subarray(0, end))) return false;
      const line =
        this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts, this.#held);
      this.#parts = [];
      this.#held = 0;
      if (line) this.#emit(line, 0, line.length);
      start = end + 1;
    }
    const end = chunk.lastIndexOf(10) + 1;
    if (end > start && !this.#emitAll(chunk, start, end)) return false;
    return end >= chunk.length || this.#hold(chunk.subarray(Math.max(start, end)));
  }

  #hold(part: Buffer): boolean {
    this.#held += part.length;
    if (this.#held > this.#limit) return false;
    this.#parts.push(part);
    return true;
  }

  /** Whole lines, decoded at once: a line feed is never part of another character. */
  #emitAll(buffer: Buffer, from: number, to: number): boolean {
    const text = buffer.toString("utf8", from, to);
    const isAscii = text.length === to - from;
    for (const line of text.split(text.includes("\r") ? /\r?\n/ : "\n")) {
      if (line === "") continue;
      const bytes = isAscii ? line.length : Buffer.byteLength(line);
      if (bytes > this.#limit) return false;
      this.#onLine(line, bytes);
    }
    return true;
  }

  #emit(buffer: Buffer, start: number, end: number): void {
    const last = end > start && buffer[end - 1] === 13 ? end - 1 : end;
    if (last > start) this.#onLine(buffer.toString("utf8", start, last), last - start);
  }
}
