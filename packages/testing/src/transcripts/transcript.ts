/**
 * Reads what was captured from the real Codex: conversations between a client and its app-server,
 * line by line. Made by `scripts/capture.ts`; ids, times and paths are placeholders.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A JSON-RPC message as it stood on the wire. */
export interface TranscriptMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  /** Of notifications. */
  readonly emittedAtMs?: number;
}

/** A line with the side that wrote it. */
export interface TranscriptLine {
  readonly from: "client" | "server";
  readonly message: TranscriptMessage;
}

/** The folder beside `src` and `dist`. */
const DIRECTORY = fileURLToPath(new URL("../../transcripts/", import.meta.url));
const EXTENSION = ".jsonl";

/** The names of all transcripts, sorted. */
export function transcriptNames(): string[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/**
 * The lines of a transcript in the order in which they were written and read, from `initialize` on.
 * Things that are independent of each other may stand in another order in the next capture.
 *
 * @throws RangeError naming those there are, when there is none of this name.
 */
export function readTranscript(name: string): TranscriptLine[] {
  const names = transcriptNames();
  if (!names.includes(name)) {
    throw new RangeError(`There is no transcript "${name}"; there are ${names.join(", ")}.`);
  }
  return readFileSync(join(DIRECTORY, name + EXTENSION), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TranscriptLine);
}
