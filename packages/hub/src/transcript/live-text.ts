/**
 * The text of entries that began and have not completed, folded from the journal's deltas when
 * somebody reads it: so that a delta costs nothing when it is written.
 */
import type { AppServerSignal, TranscriptEntry } from "@signalbox/contract";
import { toEventName } from "@signalbox/protocol";
import type { StoredEvent } from "../journal/event.ts";
import type { Journal } from "../journal/journal.ts";
import { type TranscriptItem, toItemEntry } from "./item-entry.ts";
import type { TranscriptRow } from "./transcript-row.ts";

interface Delta {
  readonly itemId: string;
  readonly turnId: string;
  readonly delta: string;
  readonly summaryIndex?: number;
  readonly contentIndex?: number;
}

type Text = Pick<TranscriptEntry, "content" | "details">;

/** Parts of a text list, at most: a peer that counts past it is not followed. */
const maxParts = 1024;
/** Events read at once, and how often for one thread. */
const pageLimit = 1000;
const maxPages = 256;

const started = toEventName("item/started");

const folds: Readonly<Record<string, (item: TranscriptItem, delta: Delta) => object>> = {
  [toEventName("item/agentMessage/delta")]: ({ text }, { delta }) => ({ text: join(text, delta) }),
  [toEventName("item/plan/delta")]: ({ text }, { delta }) => ({ text: join(text, delta) }),
  [toEventName("item/commandExecution/outputDelta")]: ({ aggregatedOutput }, { delta }) => ({
    aggregatedOutput: join(aggregatedOutput, delta),
  }),
  [toEventName("item/reasoning/summaryTextDelta")]: ({ summary }, { delta, summaryIndex }) => ({
    summary: joinAt(summary, summaryIndex, delta),
  }),
  [toEventName("item/reasoning/textDelta")]: ({ content }, { delta, contentIndex }) => ({
    content: joinAt(content, contentIndex, delta),
  }),
};

const types = [started, ...Object.keys(folds)];

/** Rows with their texts as far as they are written; rows that have theirs come back as they are. */
export async function withLiveText(
  journal: Journal,
  threadId: string,
  rows: readonly TranscriptRow[],
): Promise<TranscriptRow[]> {
  const since = rows.flatMap((row) => (row.partialSince === null ? [] : [row.partialSince]));
  if (since.length === 0) return [...rows];
  const texts = await readTexts(journal, threadId, Math.min(...since));
  return rows.map((row) => {
    const text = row.partialSince === null ? undefined : texts.get(keyOf(row.entry));
    return text === undefined ? row : { ...row, entry: { ...row.entry, ...text } };
  });
}

async function readTexts(
  journal: Journal,
  threadId: string,
  since: number,
): Promise<Map<string, Text>> {
  const items = new Map<string, { readonly turnId: string; readonly item: TranscriptItem }>();
  const head = journal.head;
  let after = since - 1;
  for (let pages = 0; pages < maxPages && after < head; pages += 1) {
    const page = await journal.read({ after, limit: pageLimit, threadId, types });
    for (const event of page.events) fold(items, event);
    after = page.next;
  }
  return new Map(
    [...items].map(([key, { item, turnId }]) => {
      const { content, details } = toItemEntry(item, turnId, false);
      return [key, { content, ...(details === undefined ? {} : { details }) }];
    }),
  );
}

function fold(
  items: Map<string, { readonly turnId: string; readonly item: TranscriptItem }>,
  event: StoredEvent,
): void {
  const { params } = event.value as AppServerSignal<string, Delta & { item?: TranscriptItem }>;
  const { turnId, item } = params;
  if (event.type === started) {
    if (item !== undefined) items.set(keyOf({ turnId, messageId: item.id }), { turnId, item });
    return;
  }
  const key = keyOf({ turnId, messageId: params.itemId });
  const known = items.get(key);
  if (known === undefined || typeof params.delta !== "string") return;
  const change = folds[event.type]?.(known.item, params);
  items.set(key, { turnId, item: { ...known.item, ...change } });
}

function keyOf({ turnId, messageId }: Pick<TranscriptEntry, "turnId" | "messageId">): string {
  return JSON.stringify([turnId, messageId]);
}

function join(text: unknown, delta: string): string {
  return typeof text === "string" ? text + delta : delta;
}

function joinAt(parts: unknown, index: number | undefined, delta: string): unknown[] {
  const joined: unknown[] = Array.isArray(parts) ? [...(parts as unknown[])] : [];
  const at = index ?? 0;
  if (!Number.isInteger(at) || at < 0 || at >= maxParts) return joined;
  while (joined.length < at) joined.push("");
  joined[at] = join(joined[at], delta);
  return joined;
}
