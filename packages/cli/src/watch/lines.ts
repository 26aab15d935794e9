/** Writes events as lines, for pipes and for terminals that can't show more. */
import type { Signalbox } from "@signalbox/sdk/node";
import { Board } from "./board.ts";
import { describeEvent } from "./event-line.ts";
import { readSessions } from "./feed.ts";

/** How lines are written. */
export interface LinesOptions {
  /** Sessions; empty for all. */
  readonly only: readonly string[];
  /** Start after this cursor; else with what comes. */
  readonly after?: string | undefined;
  /** Each event whole, as JSON, with the cursor to go on after it. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Resolves when the signal fires. Rejects as `stream.events` does. */
export async function writeLines(
  box: Signalbox,
  { only, after, json, signal }: LinesOptions,
): Promise<void> {
  const board = new Board(only);
  if (!json) await readSessions(box, board, signal);
  const reader = box.stream.events({ signal, ...(after === undefined ? {} : { cursor: after }) });
  for await (const event of reader) {
    if (!board.isWatched(event.threadId)) continue;
    if (json) {
      await write(JSON.stringify({ ...event, cursor: reader.cursor }));
      continue;
    }
    board.apply(event);
    const said = describeEvent(event);
    if (said === undefined) continue;
    const time = new Date(event.at).toTimeString().slice(0, 8);
    await write([time, board.nameOf(event.threadId) || "hub", said].join("  "));
  }
}

/** Waits while nobody reads, so that nothing piles up here. */
async function write(line: string): Promise<void> {
  if (process.stdout.write(`${line}\n`)) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}
