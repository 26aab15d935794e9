/** Which turns of a thread were missed, and what can be read of them. */
import type { ClientMethod, ParamsOf, ResultOf, Turn } from "@signalbox/protocol";

type Call = <M extends ClientMethod>(method: M, params: ParamsOf<M>) => Promise<ResultOf<M>>;

/** Turns of one page. */
const PAGE = 20;
/** How far back a known turn is looked for. */
const MAX_TURNS = 2_000;

/**
 * The newest turns of a thread with their completed items, newest first: back to the last of
 * `known`, at least one page, at most 2,000 turns. codex 0.169.0 lists no item that is not completed;
 * and while a turn runs, one whose process was killed as running, too, which is over.
 */
export async function readTurns(
  threadId: string,
  known: ReadonlySet<string>,
  call: Call,
): Promise<Turn[]> {
  const turns: Turn[] = [];
  const left = new Set(known);
  let cursor: string | null = null;
  do {
    const page: { data: Turn[]; nextCursor?: string | null } = await call("thread/turns/list", {
      threadId,
      limit: PAGE,
      sortDirection: "desc",
      itemsView: "full",
      ...(cursor === null ? {} : { cursor }),
    });
    turns.push(...page.data);
    for (const turn of page.data) left.delete(turn.id);
    cursor = page.nextCursor ?? null;
  } while (cursor !== null && left.size > 0 && turns.length < MAX_TURNS);
  return turns.map((turn, age) =>
    turn.status === "inProgress" && age > 0 ? { ...turn, status: "interrupted" } : turn,
  );
}

/**
 * Of `turns`, newest first, those of which something may not have been told, oldest first: the `open`
 * ones and all after `mark`, the last known turn. A `mark` of `null` says that the thread had none:
 * then all; `undefined`, that nothing is known: then the one that runs and those that ended from
 * `since` on (epoch ms; codex tells ends in whole seconds, so one just before it counts).
 */
export function missedTurns(
  turns: readonly Turn[],
  open: ReadonlySet<string>,
  mark: string | null | undefined,
  since: number,
): Turn[] {
  const found = turns.findIndex(({ id }) => id === mark);
  const newer = mark === null ? turns.length : Math.max(found, 0);
  return turns
    .filter(({ id, status, completedAt }, index) => {
      if (open.has(id) || index < newer) return true;
      if (mark !== undefined) return false;
      if (status === "inProgress") return index === 0;
      return completedAt !== null && completedAt >= Math.floor(since / 1_000);
    })
    .toReversed();
}

/** The end of a turn that left no trace to read. */
export function lostTurn(id: string, message: string): Turn {
  return {
    id,
    rootTurnId: null,
    items: [],
    itemsView: "notLoaded",
    status: "interrupted",
    error: { message, codexErrorInfo: null, additionalDetails: null, misalignment: null },
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
