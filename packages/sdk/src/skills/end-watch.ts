/**
 * Learns that a call is over while its handler runs, also when the program's own stream is busy with
 * that very handler. Most handlers are over at once, so it listens only to those that take a while.
 */
import type { RequestResolution } from "@signalbox/contract";
import type { Stream } from "../stream/stream.ts";
import { SessionFeed } from "./session-feed.ts";

/** Milliseconds a handler runs unwatched. */
const patience = 250;

/** What a watch is made of. */
export interface EndWatchOptions {
  readonly stream: Stream;
  readonly sessionId: string;
  readonly onEnded: (resolution: RequestResolution) => void;
  /** To be asked which calls still wait, since an end before the feed was live was not told. */
  readonly onLive: () => void;
}

/** Watches the calls whose handlers run. */
export class EndWatch {
  readonly #options: EndWatchOptions;
  readonly #watched = new Set<object>();
  #feed: SessionFeed | undefined;

  constructor(options: EndWatchOptions) {
    this.#options = options;
  }

  /** Watches from soon on until the function given back is called. */
  follow(): () => void {
    const entry = {};
    const timer = setTimeout(() => {
      this.#watched.add(entry);
      this.#feed ??= this.#open();
    }, patience);
    return () => {
      clearTimeout(timer);
      this.#watched.delete(entry);
      if (this.#watched.size > 0) return;
      this.#feed?.[Symbol.dispose]();
      this.#feed = undefined;
    };
  }

  #open(): SessionFeed {
    const { stream, sessionId, onEnded, onLive } = this.#options;
    const ignore = () => undefined;
    return new SessionFeed(stream, sessionId, { onCall: ignore, onEnded, onLive, onLost: ignore });
  }
}
