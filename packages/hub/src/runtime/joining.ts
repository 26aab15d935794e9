/** Follows threads that this hub did not begin, or began before it was started. */
import { setTimeout as delay } from "node:timers/promises";
import { type AppServerClient, isAppServerError } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import type { ResultOf, ThreadStatus } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { ThreadProgress } from "./thread-progress.ts";

/** What is known of the threads that may be followed. */
export interface FollowedThreads {
  readonly progress: ThreadProgress;
  /** Whether a thread is not to be followed, since nobody wants to hear of it any more. */
  readonly isLetGo: (threadId: string) => boolean;
}

/** What joining needs of the runtime. */
export interface JoiningParts extends FollowedThreads {
  readonly log: Log;
  /** The connection a thread is heard on. */
  clientOf(threadId: string): AppServerClient;
  /** A thread is followed from now on; called before anything of it is told. */
  joined(opened: ResultOf<"thread/resume">, activeTurnId: string | undefined): void;
}

/** A thread that is being joined. */
interface Attempt {
  readonly done: Promise<void>;
  /** Whether the thread runs, as it was last told; undefined when nothing was. */
  runs: boolean | undefined;
}

/** Threads joined side by side. */
const atOnce = 4;
/** Tries to join a thread of which nothing is stored yet; as long as it is said to run there is no end of them. */
const tries = 10;
/** Ms between two tries: at first, and at most. */
const pace = 50;
const slowestPace = 1_000;

/** Joins threads, each once. */
export class Joining {
  readonly #parts: JoiningParts;
  readonly #under = new Map<string, Attempt>();
  /** Threads that ran when an earlier hub ended, and of which it is not told yet what became of that. */
  readonly #left: Set<string>;
  readonly #closing = new AbortController();

  constructor(parts: JoiningParts) {
    this.#parts = parts;
    this.#left = new Set(parts.progress.unfinished());
  }

  /** Whether some thread that ran when an earlier hub ended was not brought back yet. */
  get hasLeft(): boolean {
    return this.#left.size > 0;
  }

  /** Tries again to bring back what is left. Never rejects. */
  async bringBackAll(): Promise<void> {
    await Promise.all(
      [...this.#left].map((threadId) => this.#join(threadId, undefined, undefined)),
    );
  }

  /**
   * Brings a thread back before anything is begun on it, if it is left: what began then would hide how
   * its last turn ended. Rejects with `runtime_unavailable` where the connection is lost first.
   */
  async bringBack(threadId: string): Promise<void> {
    if (!this.#left.has(threadId)) return;
    await this.#join(threadId, undefined, undefined);
    if (!this.#left.has(threadId)) return;
    throw new SignalboxError(
      "runtime_unavailable",
      "Codex is not running now, and what it did last in this session is to be found out first. Nothing was sent; try again soon.",
    );
  }

  /**
   * Joins what is loaded, and what ran when it was last heard of. Of a thread nothing is known of, the
   * turns that run or ended from `since` on are told (epoch ms; default: now). Never rejects.
   */
  async joinAll(client: AppServerClient, since?: number): Promise<void> {
    const loaded = await this.#loaded(client);
    const left = [...new Set([...loaded, ...this.#parts.progress.unfinished()])];
    const worker = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        await this.#join(next, since, undefined);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** Takes note of how a thread stood at a time (epoch ms): one that runs and is not followed is joined. */
  notice(threadId: string, { type }: ThreadStatus, at: number): void {
    const runs = type === "active";
    const attempt = this.#under.get(threadId);
    if (attempt !== undefined) attempt.runs = runs;
    else if (runs) void this.#join(threadId, at, runs);
  }

  /** Joins a thread if codex holds it: to join another one would load it. Never rejects. */
  async joinIfLoaded(client: AppServerClient, threadId: string): Promise<void> {
    if (!(await this.#loaded(client)).includes(threadId)) return;
    await this.#join(threadId, undefined, undefined);
  }

  /** Joins a thread that is followed once more: what was missed is told, and what codex asks there is asked again. Never rejects. */
  async joinAgain(threadId: string): Promise<void> {
    if (!this.#parts.isLetGo(threadId)) await this.#begin(threadId, undefined, undefined);
  }

  /** Gives up what is under way. */
  close(): void {
    this.#closing.abort();
  }

  /** Joins a thread, unless it is followed. Never rejects: one that can't be resumed is left out. */
  #join(threadId: string, since: number | undefined, runs: boolean | undefined): Promise<void> {
    const { clientOf, isLetGo } = this.#parts;
    if (isLetGo(threadId) || clientOf(threadId).threads.get(threadId) !== undefined) {
      this.#left.delete(threadId);
      return Promise.resolve();
    }
    return this.#begin(threadId, since, runs);
  }

  #begin(threadId: string, since: number | undefined, runs: boolean | undefined): Promise<void> {
    const known = this.#under.get(threadId);
    if (known !== undefined) return known.done;
    const done = Promise.withResolvers<void>();
    const attempt = { done: done.promise, runs };
    this.#under.set(threadId, attempt);
    void this.#try(threadId, since, attempt).finally(() => {
      this.#under.delete(threadId);
      done.resolve();
    });
    return done.promise;
  }

  async #try(threadId: string, since: number | undefined, attempt: Attempt): Promise<void> {
    const { progress, log, clientOf, joined } = this.#parts;
    const { signal } = this.#closing;
    const mark = progress.markOf(threadId);
    const activeTurnId = mark?.ended === false ? mark.turnId : undefined;
    for (let count = 1; !signal.aborted; count += 1) {
      // What is told meanwhile is worth another try.
      const { runs } = attempt;
      try {
        const from = mark ?? (since === undefined ? undefined : { since });
        await clientOf(threadId).join(threadId, from, (opened) => joined(opened, activeTurnId));
        this.#left.delete(threadId);
        return;
      } catch (error) {
        // Otherwise nothing was found out: the next connection may tell.
        if (!isAppServerError(error) || error.category !== "connection")
          this.#left.delete(threadId);
        const isUnspoken = isAppServerError(error) && error.code === "no_rollout";
        if (!isUnspoken || mark !== undefined || !(runs ?? count < tries)) {
          log.debug({ err: error, threadId }, "A thread is not followed");
          return;
        }
        const wait = Math.min(pace * 2 ** Math.max(0, count - tries), slowestPace);
        await delay(wait, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #loaded(client: AppServerClient): Promise<string[]> {
    const all: string[] = [];
    try {
      let cursor: string | null = null;
      do {
        const page: ResultOf<"thread/loaded/list"> = await client.request("thread/loaded/list", {
          cursor,
        });
        all.push(...page.data);
        cursor = page.nextCursor;
      } while (cursor !== null);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "The running threads could not be listed");
    }
    return all;
  }
}
