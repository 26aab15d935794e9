/**
 * Codex generates `bigint` for its 64-bit integers, which JSON does not have: what arrives, and what
 * can be sent, is a number. Beyond 2^53 it would lose digits; codex counts tokens, seconds and bytes.
 */
import type { FileSet } from "./codex.ts";

/** The same files with every `bigint` written as the `number` it is on the wire. */
export function sayNumbers(files: FileSet): FileSet {
  return new Map(
    [...files].map(([path, text]) => [path, text.replaceAll(/\bbigint\b/g, "number")]),
  );
}
