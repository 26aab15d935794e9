/** Hears of a session's calls from a stream of its own, and looks for them where that can't tell. */
import { isSignalboxError, type RequestResolution } from "@signalbox/contract";
import { sleep } from "../stream/sleep.ts";
import type { Stream } from "../stream/stream.ts";
import { SessionFeed } from "./session-feed.ts";
import { callOfSignal, type SkillCallRow, type ToolCall } from "./tool-call.ts";

/** What serving needs. */
export interface CallServer {
  readonly stream: Stream;
  readonly sessionId: string;
  /** Takes a call that was heard of; a second hearing changes nothing. */
  readonly onCall: (call: ToolCall) => void;
  readonly onEnded: (resolution: RequestResolution) => void;
  /** The calls that wait now. */
  readonly waiting: () => Promise<readonly SkillCallRow[]>;
}

/** Milliseconds between two looks while the stream is live, in case a call is never told. */
const livePollInterval = 30_000;

/**
 * Goes on until `signal` fires or the client is closed. Rejects with what makes going on pointless.
 * `pollInterval`: milliseconds between two looks while the stream is down.
 */
export async function serveCalls(
  server: CallServer,
  { signal, pollInterval }: { readonly signal: AbortSignal; readonly pollInterval: number },
): Promise<void> {
  let isLive = false;
  let wake = new AbortController();
  const turned = (live: boolean) => {
    isLive = live;
    wake.abort();
  };
  using feed = new SessionFeed(server.stream, server.sessionId, {
    onCall: (heard) => {
      const call = callOfSignal(heard);
      if (call !== undefined) server.onCall(call);
    },
    onEnded: server.onEnded,
    onLive: () => turned(true),
    onLost: () => turned(false),
  });
  const over = new AbortController();
  const end = feed.ended.finally(() => over.abort());
  // Awaited below, once the loop has noticed.
  end.catch(() => undefined);
  const stop = AbortSignal.any([signal, over.signal]);
  while (!stop.aborted) {
    for (const row of await look(server, stop)) server.onCall(row);
    const pause = isLive ? livePollInterval : pollInterval;
    await sleep(pause, AbortSignal.any([stop, wake.signal]));
    wake = new AbortController();
  }
  feed[Symbol.dispose]();
  await end;
}

async function look(server: CallServer, stop: AbortSignal): Promise<readonly SkillCallRow[]> {
  try {
    const rows = await server.waiting();
    return stop.aborted ? [] : rows;
  } catch (error) {
    if (stop.aborted || (isSignalboxError(error) && error.retryable)) return [];
    throw error;
  }
}
