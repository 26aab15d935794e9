/** What is told of one session's calls: that they are asked, and that they are over. */
import type { NotificationSignal, RequestResolution, RequestSignal } from "@signalbox/contract";
import type { Stream } from "../stream/stream.ts";
import { toolCallEvent } from "./tool-call.ts";

/** Who listens. */
export interface FeedListener {
  /** A tool call; all that wait are to be looked for once after each `onLive`. */
  readonly onCall: (signal: RequestSignal | NotificationSignal) => void;
  /** A question of any kind is over. */
  readonly onEnded: (resolution: RequestResolution) => void;
  /** Connected, or connected again after something was missed: from here on all is told. */
  readonly onLive: () => void;
  /** The connection is lost; it is being made again. */
  readonly onLost: () => void;
}

/** Listens on a socket of its own, whatever the program's own handlers are doing. */
export class SessionFeed implements Disposable {
  /** Resolves at the end; rejects with what makes going on pointless, such as `unauthorized`. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  constructor(stream: Stream, sessionId: string, listener: FeedListener) {
    this.ended = this.#read(stream, sessionId, listener);
    // Whoever cares awaits it; for others a feed that can't be had is one that tells nothing.
    this.ended.catch(() => undefined);
  }

  /** Stops listening. Idempotent. */
  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #read(stream: Stream, sessionId: string, listener: FeedListener): Promise<void> {
    const events = stream.events({
      threadId: sessionId,
      types: [toolCallEvent, "request.resolved"],
      signal: this.#stop.signal,
      onConnection: ({ type }) => {
        if (type === "connected" || type === "gap") listener.onLive();
        if (type === "disconnected") listener.onLost();
      },
    });
    for await (const event of events) {
      if (event.type === toolCallEvent) listener.onCall(event.payload as RequestSignal);
      else listener.onEnded(event.payload as RequestResolution);
    }
  }
}
