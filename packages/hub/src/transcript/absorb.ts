/**
 * What Codex keeps of a thread's turns laid over what the hub heard of them: turns of another client
 * or of a time when no hub ran come in, and what both know is told once. Pure.
 */
import { type TranscriptItem, toItemEntry } from "./item-entry.ts";
import { isSameEntry, reconcileEntry } from "./merge-entry.ts";
import { type TranscriptRow, turnTimeOf } from "./transcript-row.ts";

/** A turn as Codex lists it. */
export interface ListedTurn {
  readonly id: string;
  readonly status: string;
  readonly items: readonly unknown[];
  /** Unix seconds. */
  readonly startedAt?: number | null | undefined;
}

/** The rows that must be written, given all rows of a turn as they are. */
export function absorbTurn(turn: ListedTurn, rows: readonly TranscriptRow[]): TranscriptRow[] {
  const known = new Map(rows.map((row) => [row.entry.messageId, row]));
  const turnAt =
    rows[0]?.place.turnAt ?? turnTimeOf(turn.id, Math.round((turn.startedAt ?? 0) * 1000));
  const listed = (turn.items as readonly TranscriptItem[]).map((item) => {
    const ended = turn.status !== "inProgress" || typeof item.completedAtMs === "number";
    const row = known.get(item.id);
    const kept = toItemEntry(item, turn.id, ended);
    const entry = reconcileEntry(row?.entry, kept);
    const partialSince = ended ? null : (row?.partialSince ?? null);
    return { entry, partialSince, was: row };
  });
  const own = new Set(listed.map(({ entry }) => entry.messageId));
  const others = rows
    .filter(({ entry }) => !own.has(entry.messageId))
    .map((row) => ({ ...endedWith(turn, row), was: row }));
  const isNew = listed.some(({ was }) => was === undefined);
  const all = isNew ? weave(listed, others, rows) : [...listed, ...others];
  return all.flatMap(({ entry, partialSince, was }, index) => {
    const ordinal = isNew ? index : was!.place.ordinal;
    const place = { turnAt, turnId: turn.id, messageId: entry.messageId, ordinal };
    const row = { entry, partialSince, place };
    return was !== undefined && isSame(row, was) ? [] : [row];
  });
}

type Woven = Omit<TranscriptRow, "place"> & { readonly was: TranscriptRow | undefined };

// Codex's order; an entry it does not know stays behind the one it stood behind.
function weave(
  listed: readonly Woven[],
  others: readonly Woven[],
  rows: readonly TranscriptRow[],
): Woven[] {
  const isListed = new Set(listed.map(({ entry }) => entry.messageId));
  const behind = new Map<string | undefined, Woven[]>();
  const byId = new Map(others.map((other) => [other.entry.messageId, other]));
  let leader: string | undefined;
  for (const { entry } of rows) {
    if (isListed.has(entry.messageId)) {
      leader = entry.messageId;
      continue;
    }
    const followers = behind.get(leader) ?? [];
    followers.push(byId.get(entry.messageId)!);
    behind.set(leader, followers);
  }
  return [
    ...(behind.get(undefined) ?? []),
    ...listed.flatMap((one) => [one, ...(behind.get(one.entry.messageId) ?? [])]),
  ];
}

const endings: Readonly<Record<string, TranscriptRow["entry"]["status"]>> = {
  completed: "complete",
  interrupted: "canceled",
  failed: "error",
};

// Nothing streams on in a turn that has ended.
function endedWith(turn: ListedTurn, row: TranscriptRow): TranscriptRow {
  const status = endings[turn.status];
  if (status === undefined || row.entry.status !== "streaming") return row;
  return { ...row, entry: { ...row.entry, status } };
}

function isSame(a: TranscriptRow, b: TranscriptRow): boolean {
  return (
    a.partialSince === b.partialSince &&
    a.place.ordinal === b.place.ordinal &&
    isSameEntry(a.entry, b.entry)
  );
}
