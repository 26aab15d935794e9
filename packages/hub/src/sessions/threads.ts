/** Reading codex's threads. */
import type { Operations, ParsedInputOf } from "@signalbox/contract";
import type { Thread, Turn } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import { withSession } from "./session-errors.ts";
import type { SessionStore } from "./session-store.ts";

/** Turns read at once. */
const turnsPage = 100;
/** Turns of one thread, at most: the newest. */
const maxTurns = 2000;
/** Of the hub's own sessions this many are looked at for ones nobody has spoken in. */
const unspokenLookedAt = 50;

/** One page of threads. */
export interface ThreadPage {
  readonly threads: readonly Thread[];
  readonly nextCursor: string | null;
}

/** Reads threads. */
export class Threads {
  readonly #runtime: Runtime;
  readonly #store: SessionStore;
  /** Threads somebody has spoken in: those codex lists by itself. */
  readonly #spoken = new Set<string>();

  constructor(runtime: Runtime, store: SessionStore) {
    this.#runtime = runtime;
    this.#store = store;
  }

  /** A thread without its turns. Throws `session_not_found`. */
  async read(threadId: string, signal?: AbortSignal): Promise<Thread> {
    try {
      const { thread } = await this.#runtime.request("thread/read", { threadId }, { signal });
      return thread;
    } catch (error) {
      throw withSession(error, threadId);
    }
  }

  /** The turns of a thread with all their items, oldest first. */
  async readTurns(threadId: string, signal?: AbortSignal): Promise<Turn[]> {
    const turns: Turn[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: Turn[]; nextCursor: string | null } = await this.#runtime.request(
        "thread/turns/list",
        { threadId, cursor, limit: turnsPage, sortDirection: "desc", itemsView: "full" },
        { signal },
      );
      turns.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null && turns.length < maxTurns);
    return turns.reverse();
  }

  /**
   * Threads, the most recently changed first. The first page also has those nobody has spoken in,
   * which codex's own list leaves out.
   */
  async list(
    { archived = false, cursor, limit }: ParsedInputOf<Operations["sessions.list"]>,
    signal?: AbortSignal,
  ): Promise<ThreadPage> {
    const page = await this.#runtime.request(
      "thread/list",
      { archived, cursor: cursor ?? null, limit, sortKey: "updated_at" },
      { signal },
    );
    const { nextCursor } = page;
    if (archived || cursor !== undefined) return { threads: page.data, nextCursor };
    const listed = new Set(page.data.map(({ id }) => id));
    const threads = [...page.data, ...(await this.#unspoken(listed, signal))];
    threads.sort((a, b) => b.updatedAt - a.updatedAt || b.createdAt - a.createdAt);
    return { threads, nextCursor };
  }

  async #unspoken(listed: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<Thread[]> {
    const loaded = await this.#runtime.request("thread/loaded/list", {}, { signal });
    const candidates = new Set([...loaded.data, ...this.#store.newest(unspokenLookedAt)]);
    const threads = await Promise.all(
      [...candidates]
        .filter((id) => !listed.has(id) && !this.#spoken.has(id))
        .map((id) => this.read(id, signal).catch(() => undefined)),
    );
    return threads.filter((thread) => {
      if (thread !== undefined && thread.preview !== "") this.#spoken.add(thread.id);
      return thread?.preview === "";
    }) as Thread[];
  }
}
