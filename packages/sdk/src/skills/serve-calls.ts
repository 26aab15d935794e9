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
  /** Resolves once no call that was taken is under way. */
  readonly idle: () => Promise<void>;
}

/** Milliseconds between two looks while the stream is live, in case a call is never told. */
const livePollInterval = 30_000;

/**
 * Goes on until `signal` fires or the client is closed; then takes no more, and listens for the ends
 * of those it has taken until they are done. Rejects with what makes going on pointless.
 * `pollInterval`: milliseconds between two looks while the stream is down.
 */
export async function serveCalls(
  server: CallServer,
  { signal, pollInterval }: { readonly signal: AbortSignal; readonly pollInterval: number },
): Promise<void> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let isLive = false;
  let wake = new AbortController();
  const turned = (live: boolean) => {
    isLive = live;
    wake.abort();
  };
  using feed = new SessionFeed(server.stream, server.sessionId, {
    onCall: (heard) => {
      const call = callOfSignal(heard);
      if (call !== undefined && !stop.aborted) server.onCall(call);
    },
    onEnded: server.onEnded,
    onLive: () => turned(true),
    onLost: () => turned(false),
  });
  const end = feed.ended.finally(() => over.abort());
  // Awaited below, once the loop has noticed.
  end.catch(() => undefined);
  while (!stop.aborted) {
    for (const row of await look(server, stop)) server.onCall(row);
    const pause = isLive ? livePollInterval : pollInterval;
    await sleep(pause, AbortSignal.any([stop, wake.signal]));
    wake = new AbortController();
  }
  await server.idle();
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
