/**
 * Reads the hub's log while the hub writes it. The hub copies a full log to `hub.log.1` and empties
 * it; a reader notices by the new file there, reads the rest of it, and goes on at the beginning.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { asideOf } from "@signalbox/hub";

/** Bytes read in one go. */
const chunk = 64 * 1024;
/** Characters of a line without an end that are waited for; then it is given as it is. */
const longestLine = 1024 * 1024;

/** Gives the lines of a log, each once and whole. */
export class LogReader {
  readonly #path: string;
  #aside: number | undefined;
  #offset = 0;
  #decoder = new StringDecoder("utf8");
  #partial = "";

  constructor(path: string) {
    this.#path = path;
    this.#aside = inodeOf(asideOf(path));
  }

  /** The part before, as it is kept beside the log. */
  *before(): Generator<string> {
    const earlier = new LogReader(asideOf(this.#path));
    yield* earlier.lines();
  }

  /** The lines that came since the last call. */
  *lines(): Generator<string> {
    const aside = inodeOf(asideOf(this.#path));
    if (aside !== this.#aside) {
      yield* this.#read(asideOf(this.#path));
      this.#aside = aside;
      this.#offset = 0;
    }
    yield* this.#read(this.#path);
  }

  *#read(path: string): Generator<string> {
    let file: number;
    try {
      file = openSync(path, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    try {
      const bytes = Buffer.alloc(chunk);
      for (;;) {
        const count = readSync(file, bytes, 0, chunk, this.#offset);
        if (count === 0) return;
        this.#offset += count;
        const lines = (this.#partial + this.#decoder.write(bytes.subarray(0, count))).split("\n");
        this.#partial = lines.pop() ?? "";
        if (this.#partial.length > longestLine) {
          lines.push(this.#partial);
          this.#partial = "";
        }
        yield* lines;
      }
    } finally {
      closeSync(file);
    }
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
