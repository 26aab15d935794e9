/** Reading codex's threads. */
import type { OperationOutput } from "@signalbox/contract";
import type { Thread, Turn } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { KeptTurns } from "../transcript/transcript.ts";
import { hasCode, withSession } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";

/** Turns read at once. */
const turnsPage = 100;
/** Turns of one thread, at most: the newest. */
const maxTurns = 2000;

/**
 * A thread with its turns, each with all its items, oldest first; the newest 2,000. Undefined while
 * codex is away. Throws `session_not_found` when codex has lost it.
 */
export async function readWhole(
  runtime: Runtime,
  threadId: string,
  signal?: AbortSignal,
): Promise<Thread | undefined> {
  try {
    const { thread } = await runtime.request("thread/read", { threadId }, { signal });
    return { ...thread, turns: await readTurns(runtime, threadId, signal) };
  } catch (error) {
    if (hasCode(error, "runtime_unavailable")) return undefined;
    throw withSession(error, threadId);
  }
}

/** How a turn stands. */
export interface TurnEnd {
  readonly turnId: string;
  /** Codex's word: completed, interrupted, failed or inProgress. */
  readonly status: string;
  /** Of a failed turn. */
  readonly error: { readonly message: string } | null;
}

/** What is told of a turn's end. */
export function toTurnEnd({ id, status, error }: Pick<Turn, "id" | "status" | "error">): TurnEnd {
  return { turnId: id, status, error: error === null ? null : { message: error.message } };
}

/**
 * How a turn of a thread stands, or its last one; undefined when it has none, or not this one among
 * the newest 2,000. A thread nobody has spoken in has none. Rejects as `Runtime.request` does.
 */
export async function readTurn(
  runtime: Runtime,
  threadId: string,
  turnId: string | undefined,
  signal?: AbortSignal,
): Promise<TurnEnd | undefined> {
  try {
    const limit = turnId === undefined ? 1 : turnsPage;
    let read = 0;
    for await (const page of turnPages(
      runtime,
      threadId,
      { limit, itemsView: "notLoaded" },
      signal,
    )) {
      const found = turnId === undefined ? page[0] : page.find(({ id }) => id === turnId);
      read += page.length;
      if (found !== undefined) return toTurnEnd(found);
      if (read >= maxTurns) return undefined;
    }
    return undefined;
  } catch (error) {
    if (hasCode(error, "session_not_found")) return undefined;
    throw withSession(error, threadId);
  }
}

/** A thread's turns, for its transcript; undefined for a thread that could not be read. */
export function toKeptTurns(thread: Thread | undefined): KeptTurns | undefined {
  if (thread === undefined) return undefined;
  return { turns: thread.turns, whole: thread.turns.length < maxTurns };
}

/** A thread as far as the hub knows it without asking codex: without its turns. */
export function toKnownThread(row: SessionRow): OperationOutput<"sessions.get">["thread"] {
  return {
    id: row.id,
    cwd: row.cwd,
    createdAt: Math.floor(row.createdAt / 1000),
    updatedAt: Math.floor(row.updatedAt / 1000),
    modelProvider: row.modelProvider,
    preview: row.preview,
    name: row.title === "" ? null : row.title,
    status: { type: row.status },
    turns: [],
  };
}

async function readTurns(
  runtime: Runtime,
  threadId: string,
  signal: AbortSignal | undefined,
): Promise<Turn[]> {
  const turns: Turn[] = [];
  const view = { limit: turnsPage, itemsView: "full" } as const;
  for await (const page of turnPages(runtime, threadId, view, signal)) {
    turns.push(...page);
    if (turns.length >= maxTurns) break;
  }
  return turns.reverse();
}

/** A thread's turns page by page, the newest first. */
async function* turnPages(
  runtime: Runtime,
  threadId: string,
  view: { readonly limit: number; readonly itemsView: "full" | "notLoaded" },
  signal: AbortSignal | undefined,
): AsyncGenerator<Turn[]> {
  let cursor: string | null = null;
  do {
    const page: { data: Turn[]; nextCursor: string | null } = await runtime.request(
      "thread/turns/list",
      { threadId, cursor, sortDirection: "desc", ...view },
      { signal },
    );
    yield page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
