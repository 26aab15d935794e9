/**
 * Lines of a byte stream, cut at `\n` alone. (`node:readline` also cuts at U+2028, which JSON text
 * may hold.)
 */
import type { Readable } from "node:stream";

/**
 * Calls `take` with every line, without its end, and `end` once when the stream ends. What stands
 * after the last `\n` is no line and goes to `end`.
 */
export function onLines(
  input: Readable,
  take: (line: string) => void,
  end: (rest: string) => void = () => {},
): void {
  // A line that comes in many chunks is put together once, when its end has come.
  let parts: Buffer[] = [];
  input.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, at));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      start = at + 1;
      take(line);
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
  input.once("end", () => end(Buffer.concat(parts).toString("utf8")));
}
