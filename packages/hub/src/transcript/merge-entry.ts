/** How two accounts of one entry become one. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { TranscriptEntry } from "@signalbox/contract";

type Status = TranscriptEntry["status"];

/**
 * A later account over an earlier one. An entry that has ended does not go back to streaming: then
 * it keeps its words and status. The earliest start and the latest end stay, and no end comes before
 * the start. Details stay where none are given.
 */
export function mergeEntry(
  earlier: TranscriptEntry | undefined,
  later: TranscriptEntry,
): TranscriptEntry {
  if (earlier === undefined) return withTimes(later, later.startedAt, later.completedAt);
  const wouldGoBack = earlier.status !== "streaming" && later.status === "streaming";
  const { details = earlier.details } = later;
  const words = wouldGoBack ? earlier : { ...later, ...(details === undefined ? {} : { details }) };
  return withTimes(
    words,
    leastOf(earlier.startedAt, later.startedAt),
    mostOf(earlier.completedAt, later.completedAt),
  );
}

// Which end is believed where two are told.
const weights: Readonly<Record<Status, number>> = {
  streaming: 0,
  complete: 1,
  canceled: 2,
  error: 3,
};

/** What the hub heard and what Codex keeps, told of the same item: the longer text, the graver end. */
export function reconcileEntry(
  heard: TranscriptEntry | undefined,
  kept: TranscriptEntry,
): TranscriptEntry {
  if (heard === undefined) return kept;
  const status = weights[heard.status] > weights[kept.status] ? heard.status : kept.status;
  const richer = heard.content.length > kept.content.length ? heard : kept;
  return { ...mergeEntry(heard, { ...kept, content: richer.content, status }), status };
}

/** Whether two accounts say the same. */
export function isSameEntry(a: TranscriptEntry, b: TranscriptEntry): boolean {
  return isDeepStrictEqual(a, b);
}

function withTimes(
  { startedAt: _start, completedAt: _end, ...entry }: TranscriptEntry,
  startedAt: number | undefined,
  completedAt: number | undefined,
): TranscriptEntry {
  const end = completedAt === undefined ? undefined : mostOf(startedAt, completedAt);
  return {
    ...entry,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(end === undefined ? {} : { completedAt: end }),
  };
}

function leastOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function mostOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
