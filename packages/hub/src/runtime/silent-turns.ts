/**
 * Looks after turns that are silent. One whose end was missed, or whose question never came, would stay
 * open for ever: so codex is asked how its thread stands, and where that does not fit what is known,
 * the thread is read again.
 */
import type { ThreadStatus } from "@signalbox/protocol";
import type { StoredEvent } from "../journal/event.ts";
import type { Log } from "../log.ts";
import { hasCode } from "../sessions/session-errors.ts";
import type { Runtime } from "./runtime.ts";
import type { ThreadProgress } from "./thread-progress.ts";

/** What looking needs of the hub. */
export interface SilentTurnsParts {
  readonly runtime: Runtime;
  readonly progress: ThreadProgress;
  /** Whether a question of this thread waits for its answer. */
  readonly isAsking: (threadId: string) => boolean;
  /** Whether what is heard can be stored. */
  readonly isWritable: () => boolean;
  readonly log: Log;
}

/** A thread with an open turn. */
interface Watch {
  isHeard: boolean;
  /** Rounds to the next look, and between it and the one after. */
  rest: number;
  pause: number;
}

/** Rounds between two looks at the same silence, at most. */
const longestPause = 32;
/** The longest round there can be, in ms. */
const longestRound = 2 ** 31 - 1;

/** Looks, round by round, until it is stopped. */
export class SilentTurns {
  readonly #parts: SilentTurnsParts;
  readonly #watched = new Map<string, Watch>();
  readonly #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();

  /** `silentAfter`: ms of a round; `Infinity` for none. */
  constructor(parts: SilentTurnsParts, silentAfter: number) {
    this.#parts = parts;
    if (silentAfter === Number.POSITIVE_INFINITY) return;
    this.#timer = setInterval(() => this.#round(), Math.min(silentAfter, longestRound)).unref();
  }

  /** Follows what was stored. */
  follow(events: readonly StoredEvent[]): void {
    if (this.#watched.size === 0) return;
    for (const { threadId } of events) {
      const watch = threadId === null ? undefined : this.#watched.get(threadId);
      if (watch !== undefined) watch.isHeard = true;
    }
  }

  /** Resolves when nothing is looked at any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #round(): void {
    const { runtime, progress, isWritable } = this.#parts;
    const open = new Set(progress.unfinished());
    for (const threadId of this.#watched.keys()) {
      if (!open.has(threadId)) this.#watched.delete(threadId);
    }
    // What is heard now may wait to be stored.
    const isDeaf = !runtime.isReady || !isWritable();
    const silent = [...open].filter((threadId) => this.#isDue(threadId, isDeaf));
    if (silent.length === 0) return;
    this.#looking = this.#looking.then(async () => {
      for (const threadId of silent) await this.#look(threadId);
    });
  }

  /** Counts a round of a thread's silence; whether it is time to look. */
  #isDue(threadId: string, isDeaf: boolean): boolean {
    const watch = this.#watched.get(threadId);
    if (watch === undefined || watch.isHeard || isDeaf) {
      this.#watched.set(threadId, { isHeard: false, rest: 1, pause: 1 });
      return false;
    }
    watch.rest -= 1;
    if (watch.rest > 0) return false;
    watch.pause = Math.min(watch.pause * 2, longestPause);
    watch.rest = watch.pause;
    return true;
  }

  async #look(threadId: string): Promise<void> {
    const { runtime, log } = this.#parts;
    try {
      if (await this.#goesOn(threadId)) return;
    } catch (err) {
      log.debug({ err, threadId }, "It can't be said now whether a silent turn still runs");
      return;
    }
    log.info({ threadId }, "A turn is open and silent, and its thread is not at work: it is read");
    await runtime.lookAgain(threadId);
  }

  /** Whether the turn is at work, or waits for an answer that somebody was asked for. */
  async #goesOn(threadId: string): Promise<boolean> {
    const status = await this.#statusOf(threadId);
    if (status?.type !== "active") return false;
    return status.activeFlags.length === 0 || this.#parts.isAsking(threadId);
  }

  /** How codex says the thread stands; undefined where it does not know it. */
  async #statusOf(threadId: string): Promise<ThreadStatus | undefined> {
    try {
      const { thread } = await this.#parts.runtime.request("thread/read", { threadId });
      return thread.status;
    } catch (error) {
      if (hasCode(error, "session_not_found")) return undefined;
      throw error;
    }
  }
}
