/** Keeps a board up to date: what the hub has, then what its stream tells, as long as it is watched. */
import { formatCursor, isSignalboxError } from "@signalbox/contract";
import type { Signalbox } from "@signalbox/sdk/node";
import { type Board, isGone } from "./board.ts";

/** What the board needs of the stream. */
const types = [
  "session.*",
  "request.opened",
  "request.resolved",
  "app_server.turn.started",
  "app_server.turn.completed",
  "app_server.item.started",
  "app_server.item.completed",
  "app_server.item.agent_message.delta",
  "app_server.thread.status.changed",
];
/** Sessions read at the start where all are watched, and of how many of them the last words are read. */
const mostSessions = 200;
const readWords = 30;

/** How it goes. */
export interface FeedListener {
  /** The board has changed. */
  changed(): void;
  /** The connection is as these words say. */
  connection(words: string): void;
}

/**
 * Runs until the signal fires; a lost connection is made again by the SDK and goes on after the last
 * event. Where events were missed for good everything is read anew. Rejects when going on is
 * pointless, as `stream.events` does.
 */
export async function feedBoard(
  box: Signalbox,
  board: Board,
  listener: FeedListener,
  signal: AbortSignal,
): Promise<void> {
  const { epoch, head } = (await box.system.health({}, { signal })).journal;
  // Events from before the reading may come again: each only says what is so anyway.
  await readBoard(box, board, signal);
  listener.changed();
  const events = box.stream.events({
    cursor: formatCursor({ epoch, seq: head }),
    types,
    signal,
    onConnection: async (event) => {
      if (event.type === "connected") listener.connection("live");
      else if (event.type === "disconnected") listener.connection("connection lost");
      else if (event.type === "gap") {
        board.clear();
        await readBoard(box, board, signal);
        listener.changed();
      }
    },
  });
  for await (const event of events) {
    board.apply(event);
    if (event.type === "request.opened") {
      await putRequest(box, board, (event.payload as { requestId: string }).requestId, signal);
    }
    listener.changed();
  }
}

async function readBoard(box: Signalbox, board: Board, signal: AbortSignal): Promise<void> {
  const [, requests] = await Promise.all([
    readSessions(box, board, signal),
    box.requests.list({ state: "pending", limit: 200 }, { signal }),
  ]);
  for (const request of requests.data) board.putRequest(request);
  await Promise.all(
    board.sessions
      .slice(0, readWords)
      .map(({ sessionId }) => readLastWords(box, board, sessionId, signal)),
  );
}

/** Puts down the sessions that are watched, however long they rest; where all are, the newest. */
export async function readSessions(
  box: Signalbox,
  board: Board,
  signal: AbortSignal,
): Promise<void> {
  if (board.only === undefined) {
    const { data } = await box.sessions.list({ limit: mostSessions }, { signal });
    for (const session of data.toReversed()) board.putSession(session);
    return;
  }
  for (const sessionId of board.only) {
    const found = await box.sessions.get({ sessionId }, { signal }).catch(ignoreGone);
    if (found !== undefined) board.putSession(found.session);
  }
}

async function readLastWords(
  box: Signalbox,
  board: Board,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  const input = { sessionId, limit: 20, order: "newest" } as const;
  const page = await box.sessions.transcript.list(input, { signal }).catch(ignoreGone);
  const last = page?.data.find(({ role, content }) => role === "assistant" && content !== "");
  if (last !== undefined) board.setLastWords(sessionId, last.content);
}

async function putRequest(
  box: Signalbox,
  board: Board,
  requestId: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await box.requests.get({ requestId }, { signal }).catch(ignoreGone);
  if (found !== undefined) board.putRequest(found.request);
}

function ignoreGone(error: unknown): undefined {
  if (isSignalboxError(error) && isGone(error)) return undefined;
  throw error;
}
