/** A log file that another process appends to, kept from growing without end. */
import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";

/** Bytes a log may have before it is cut. */
const maxBytes = 8 * 1024 * 1024;
/** Bytes of its end that are kept beside it then. */
const keptBytes = 1024 * 1024;

/** Opens the log for appending, for its owner only; gives its descriptor. */
export function openLog(path: string): number {
  return openSync(path, "a", 0o600);
}

/**
 * Empties a log that has passed 8 MiB and keeps the last MiB beside it, as `<path>.1`. Who appends
 * to it goes on at its new end; what is written in between is lost.
 */
export function cutLog(path: string, limit = maxBytes): void {
  if (sizeOf(path) <= limit) return;
  const aside = `${path}.1`;
  writeFileSync(`${aside}.new`, readTail(path, Math.min(keptBytes, limit)), { mode: 0o600 });
  renameSync(`${aside}.new`, aside);
  truncateSync(path);
}

/** The last part of a log, as text; empty when there is none. */
export function tailOf(path: string, bytes = 2_000): string {
  return sizeOf(path) === 0 ? "" : readTail(path, bytes).toString("utf8");
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readTail(path: string, bytes: number): Buffer {
  const file = openSync(path, "r");
  try {
    const size = sizeOf(path);
    const tail = Buffer.alloc(Math.min(bytes, size));
    const length = readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
