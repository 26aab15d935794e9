/**
 * What a busy app-server writes, as bytes: turns of the real codex as they were captured (text in many
 * deltas, reasoning, a command with output, a patch, a tool call), each under ids of its own.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { threadIdOf, turnIdOf } from "@signalbox/protocol";

const folder = join(import.meta.dirname, "../../packages/testing/transcripts");
const captured = [
  "turn-of-many-deltas",
  "turn-reasoning",
  "command-output",
  "file-change-accepted",
  "tool-call-succeeded",
];

export type WireTurn = { threadId: string; turnId: string };

/** The captured notifications of one turn after the other, with marks where the ids stand. */
const template = captured.flatMap((name) => {
  const messages = readFileSync(join(folder, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { from: string; message: { method?: string; id?: unknown } })
    .filter(
      ({ from, message }) =>
        from === "server" && message.method !== undefined && message.id === undefined,
    )
    .map(({ message }) => message as { method: string });
  const turnId = messages.map((message) => turnIdOf(message)).find((id) => id !== undefined) ?? "";
  const threadId =
    messages.map((message) => threadIdOf(message)).find((id) => id !== undefined) ?? "";
  const isLast = name === captured.at(-1);
  return messages
    .filter((message) => turnIdOf(message) === turnId)
    .filter((message) => isLast || message.method !== "turn/completed")
    .map((message) =>
      JSON.stringify(message)
        .replaceAll(turnId, "{turn}")
        .replaceAll(threadId, "{thread}")
        .replace(/\b(msg|rs|call)_\d+/g, (id) => toModelId(id)),
    );
});

/** The scripted model's ids are short; those of a real one are some fifty characters long. */
function toModelId(id: string): string {
  return id.padEnd(id.startsWith("call") ? 29 : 54, "0a1b2c3d4e5f");
}

/** Lines of one turn. */
export const LINES_PER_TURN = template.length;

/**
 * `count` turns, `abreast` of them interleaved line by line, in chunks as a pipe delivers them. The
 * same call gives the same ids.
 */
export function captureOf(count: number, abreast: number): { turns: WireTurn[]; chunks: Buffer[] } {
  const turns = Array.from({ length: count }, (_, n) => ({
    threadId: uuid(n),
    turnId: uuid(count + n),
  }));
  const lines: string[] = [];
  for (let first = 0; first < count; first += abreast) {
    for (const line of template) {
      for (const { threadId, turnId } of turns.slice(first, first + abreast)) {
        lines.push(line.replaceAll("{turn}", turnId).replaceAll("{thread}", threadId));
      }
    }
  }
  return { turns, chunks: toChunks(Buffer.from(`${lines.join("\n")}\n`)) };
}

/** Numbers as UUIDs that differ throughout, as real ones do. */
function uuid(n: number): string {
  const hex = (Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return `019a${hex.slice(0, 4)}-${hex.slice(4)}-7${hex.slice(1, 4)}-8${hex.slice(3, 6)}-${hex}${n.toString(16).padStart(4, "0")}`;
}

/** The bytes in pieces of 64 KiB, the size of a pipe. */
function toChunks(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 65_536)
    chunks.push(bytes.subarray(start, start + 65_536));
  return chunks;
}
