/** Follows threads that this hub did not begin, or began before it was started. */
import { setTimeout as delay } from "node:timers/promises";
import { type AppServerClient, isAppServerError } from "@signalbox/app-server";
import type { ResultOf } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { ThreadProgress } from "./thread-progress.ts";

/** What joining needs of the runtime. */
export interface JoiningParts {
  readonly progress: ThreadProgress;
  readonly log: Log;
  /** The connection a thread is heard on. */
  clientOf(threadId: string): AppServerClient;
  /** A thread is followed from now on; called before anything of it is told. */
  joined(opened: ResultOf<"thread/resume">, activeTurnId: string | undefined): void;
}

/** Threads joined side by side. */
const atOnce = 4;
/** Tries to join a thread that began to run and is not stored yet, and ms between two. */
const tries = 10;
const pace = 50;

/** Joins threads, each once. */
export class Joining {
  readonly #parts: JoiningParts;
  readonly #under = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: JoiningParts) {
    this.#parts = parts;
  }

  /** Joins what is loaded, and what ran when it was last heard of. Never rejects. */
  async joinAll(client: AppServerClient): Promise<void> {
    const loaded = await this.#loaded(client);
    const left = [...new Set([...loaded, ...this.#parts.progress.unfinished()])];
    const worker = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await this.join(next);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** Joins a thread, unless it is followed. Never rejects: one that can't be resumed is left out. */
  join(threadId: string): Promise<void> {
    const { clientOf } = this.#parts;
    if (clientOf(threadId).threads.get(threadId) !== undefined) return Promise.resolve();
    let joining = this.#under.get(threadId);
    if (joining === undefined) {
      joining = this.#join(threadId).finally(() => this.#under.delete(threadId));
      this.#under.set(threadId, joining);
    }
    return joining;
  }

  /** Gives up what is under way. */
  close(): void {
    this.#closing.abort();
  }

  async #join(threadId: string): Promise<void> {
    const { progress, log, clientOf, joined } = this.#parts;
    const mark = progress.markOf(threadId);
    const activeTurnId = mark?.ended === false ? mark.turnId : undefined;
    for (let left = tries; !this.#closing.signal.aborted; left -= 1) {
      try {
        await clientOf(threadId).join(threadId, mark, (opened) => joined(opened, activeTurnId));
        return;
      } catch (error) {
        const isUnspoken = isAppServerError(error) && error.code === "no_rollout";
        if (isUnspoken && left > 0 && mark === undefined) {
          await delay(pace, undefined, { signal: this.#closing.signal }).catch(() => {});
          continue;
        }
        log.debug({ err: error, threadId }, "A thread is not followed");
        return;
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
