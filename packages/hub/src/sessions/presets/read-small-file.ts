/** Reads files that somebody else may have put there: only plain ones, and only up to a size. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Its text, or why it was not read, as the end of a sentence that names it. */
export type SmallFile =
  | { readonly text: string }
  | { readonly why: string; readonly isMissing: boolean };

/** Reads a file of `limit` bytes at most. A device or a pipe, which might never end, is not read. */
export function readSmallFile(path: string, limit: number): SmallFile {
  try {
    // Opening a pipe would wait for who writes it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return { why: "is not a file", isMissing: false };
      if (stat.size > limit) return { why: `is larger than ${limit} bytes`, isMissing: false };
      return { text: readFileSync(file, "utf8") };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    return { why: `can't be read (${code})`, isMissing };
  }
}
