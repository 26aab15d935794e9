/**
 * Brings threads back after a connection was lost: resumes each, and finds the end of a turn that
 * nobody told us of by reading the thread. What is found goes the way of every event, marked
 * `recovered`, so that a consumer sees each item and each end once.
 */
import type { ClientMethod, ParamsOf, ResultOf, Turn } from "@signalbox/protocol";
import { isAppServerError } from "../errors.ts";
import type { MessageRouter } from "../router/message-router.ts";
import type { LiveThread, LiveThreads } from "./live-threads.ts";

export type Call = <M extends ClientMethod>(method: M, params: ParamsOf<M>) => Promise<ResultOf<M>>;

/** Threads resumed side by side. */
const AT_ONCE = 4;
/** How far back the end of a turn is looked for. */
const TURNS_READ = 20;

export class Recovery {
  readonly #router: MessageRouter;
  readonly #threads: LiveThreads;
  readonly #onLost: (threadId: string, error: unknown) => void;

  /** `onLost` hears of each thread that could not be brought back. */
  constructor(
    router: MessageRouter,
    threads: LiveThreads,
    onLost: (threadId: string, error: unknown) => void,
  ) {
    this.#router = router;
    this.#threads = threads;
    this.#onLost = onLost;
  }

  /** Resumes every live thread. Never rejects: a thread that can't be resumed is closed, and its turns end as interrupted. */
  async resumeAll(call: Call): Promise<void> {
    const left = this.#threads.all;
    const worker = async () => {
      for (let thread = left.shift(); thread; thread = left.shift())
        await this.#resume(thread, call);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** Looks up the turns of a thread that are open here and says how they ended, if they did. */
  async reconcile(threadId: string, call: Call): Promise<void> {
    const open = this.#openTurns(threadId);
    if (open.size === 0) return;
    const { data } = await call("thread/turns/list", {
      threadId,
      limit: TURNS_READ,
      sortDirection: "desc",
      itemsView: "full",
    });
    for (const turn of data) {
      if (open.delete(turn.id) && turn.status !== "inProgress") this.#end(threadId, turn);
    }
    const thread = this.#threads.get(threadId);
    if (thread?.status.type === "active") return;
    // A turn app-server never heard of: its start was added to a turn that ran already, or was lost.
    for (const turnId of open)
      this.#end(threadId, lostTurn(turnId, "codex has no record of this turn"));
  }

  async #resume(thread: LiveThread, call: Call): Promise<void> {
    try {
      if (thread.ephemeral) throw new Error("an ephemeral thread ends with its process");
      const result = await call("thread/resume", { threadId: thread.id, excludeTurns: true });
      thread.status = result.thread.status;
      await this.reconcile(thread.id, call);
    } catch (error) {
      if (isAppServerError(error) && error.category === "connection") return;
      this.#lose(thread, error);
    }
  }

  #lose(thread: LiveThread, error: unknown): void {
    this.#onLost(thread.id, error);
    const why = error instanceof Error ? error.message : String(error);
    for (const turnId of this.#openTurns(thread.id)) {
      this.#end(thread.id, lostTurn(turnId, `the thread could not be resumed: ${why}`));
    }
    this.#router.deliver(
      { method: "thread/closed", params: { threadId: thread.id }, recovered: true },
      0,
    );
  }

  #openTurns(threadId: string): Set<string> {
    const open = new Set<string>();
    const active = this.#threads.get(threadId)?.activeTurnId;
    if (active !== undefined) open.add(active);
    for (const record of this.#router.turns.openTurns)
      if (record.threadId === threadId) open.add(record.turnId);
    return open;
  }

  /** Tells the items nobody was told of, then the end. */
  #end(threadId: string, turn: Turn): void {
    const seen = this.#threads.get(threadId)?.completedItems;
    for (const item of turn.items) {
      if (seen?.has(item.id)) continue;
      const completedAtMs = (turn.completedAt ?? 0) * 1_000;
      this.#router.deliver(
        {
          method: "item/completed",
          params: { item, threadId, turnId: turn.id, completedAtMs },
          recovered: true,
        },
        0,
      );
    }
    this.#router.deliver(
      { method: "turn/completed", params: { threadId, turn }, recovered: true },
      0,
    );
  }
}

/** The end of a turn that left no trace to read. */
function lostTurn(id: string, message: string): Turn {
  return {
    id,
    rootTurnId: null,
    items: [],
    itemsView: "notLoaded",
    status: "interrupted",
    error: { message, codexErrorInfo: null, additionalDetails: null, misalignment: null },
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
