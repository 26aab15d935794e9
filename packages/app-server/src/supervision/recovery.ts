/**
 * Brings threads back after a connection was lost, and joins threads that run elsewhere: resumes
 * each, and reads from the thread what nobody told us of. What is found goes the way of every event,
 * marked `recovered`, so that a consumer sees each item and each end once.
 */
import type { ClientMethod, ParamsOf, ResultOf, ThreadStatus, Turn } from "@signalbox/protocol";
import { isAppServerError } from "../errors.ts";
import type { Notification } from "../router/message.ts";
import type { MessageRouter } from "../router/message-router.ts";
import { streams } from "../router/partly-heard.ts";
import type { LiveThread, LiveThreads } from "./live-threads.ts";
import { lostTurn, missedTurns, readTurns } from "./missed-turns.ts";
import type { HeardSince, ThreadMark } from "./thread-mark.ts";

export type Call = <M extends ClientMethod>(method: M, params: ParamsOf<M>) => Promise<ResultOf<M>>;

/** Threads resumed side by side. */
const AT_ONCE = 4;

export type RecoveryOptions = {
  /** Whether threads go on while we don't hear them, as those of an app-server that others started do. */
  readonly goesOn?: boolean;
  /** Hears of each thread that could not be brought back. */
  readonly onLost: (threadId: string, error: unknown) => void;
  /** Hears of each turn of which deltas may be missing for good; called before what comes after them is told. */
  readonly onDeltasLost?: (threadId: string, turnId: string) => void;
};

export class Recovery {
  readonly #router: MessageRouter;
  readonly #threads: LiveThreads;
  readonly #options: RecoveryOptions;
  /** The last work on each thread that is held: one waits for the other. */
  readonly #holdings = new Map<string, Promise<void>>();

  constructor(router: MessageRouter, threads: LiveThreads, options: RecoveryOptions) {
    this.#router = router;
    this.#threads = threads;
    this.#options = options;
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

  /**
   * Subscribes to a thread, again if it is, and tells what happened after `from`; without it, what runs
   * or ends from now on; then how it stands. `onResumed` is called before anything of the thread is told.
   * Rejects as reading the thread does, and then, unless it was the connection, a turn that `from`
   * leaves open ends as interrupted and a thread that was resumed is closed.
   */
  async join(
    threadId: string,
    from: ThreadMark | HeardSince | undefined,
    call: Call,
    onResumed: (resumed: ResultOf<"thread/resume">) => void,
  ): Promise<void> {
    const mark = from !== undefined && "turnId" in from ? from : undefined;
    const { since } = from !== undefined && "since" in from ? from : { since: Date.now() };
    await this.#holding(threadId, async () => {
      const resumed = await this.#resumeFor(mark, threadId, call);
      this.#threads.add(resumed.thread, mark);
      onResumed(resumed);
      await this.#catchUp(threadId, call, true, since).catch((error) => {
        const thread = this.#threads.get(threadId);
        if (thread !== undefined && isFinal(error)) this.#lose(thread, error);
        throw error;
      });
      this.#sayStatus(threadId, resumed.thread.status);
    });
  }

  async #resumeFor(
    mark: ThreadMark | undefined,
    threadId: string,
    call: Call,
  ): Promise<ResultOf<"thread/resume">> {
    try {
      return await call("thread/resume", { threadId, excludeTurns: true });
    } catch (error) {
      if (mark?.ended === false && isFinal(error)) {
        const turn = lostTurn(mark.turnId, `the thread could not be resumed: ${String(error)}`);
        this.#say(threadId, { method: "turn/completed", params: { threadId, turn } });
      }
      throw error;
    }
  }

  /** Notes the newest turn of a thread that was resumed, to go on after it if the connection is lost. */
  async mark(threadId: string, call: Call): Promise<void> {
    const { data } = await call("thread/turns/list", {
      threadId,
      limit: 1,
      sortDirection: "desc",
      itemsView: "notLoaded",
    });
    const thread = this.#threads.get(threadId);
    if (thread?.lastTurnId !== undefined || thread?.activeTurnId !== undefined) return;
    const [newest] = data;
    if (newest?.status === "inProgress") this.#threads.join(threadId, newest.id);
    else this.#threads.setLastTurn(threadId, newest?.id ?? null);
  }

  /** Looks up the turns of a thread that are open here and says how they ended, if they did. */
  reconcile(threadId: string, call: Call): Promise<void> {
    return this.#catchUp(threadId, call, false);
  }

  async #resume(thread: LiveThread, call: Call): Promise<void> {
    try {
      if (thread.ephemeral) throw new Error("an ephemeral thread ends with its process");
      await this.#holding(thread.id, async () => {
        const result = await call("thread/resume", { threadId: thread.id, excludeTurns: true });
        const { status } = result.thread;
        const isOther = status.type !== thread.status.type;
        thread.status = status;
        await this.#catchUp(thread.id, call, this.#options.goesOn ?? false);
        if (isOther && this.#options.goesOn) this.#sayStatus(thread.id, status);
      });
    } catch (error) {
      if (isFinal(error)) this.#lose(thread, error);
    }
  }

  async #holding(threadId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#holdings.get(threadId);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#holdings.set(threadId, promise);
    await before;
    this.#router.handover.hold(threadId);
    try {
      await work();
    } finally {
      this.#router.handover.release(threadId);
      resolve();
      if (this.#holdings.get(threadId) === promise) this.#holdings.delete(threadId);
    }
  }

  /** Tells what the thread has and we have not. Unless it `wentOn`, only a turn that is open here can have changed. */
  async #catchUp(
    threadId: string,
    call: Call,
    wentOn: boolean,
    since = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const open = this.#openTurns(threadId);
    const thread = this.#threads.get(threadId);
    if (open.size === 0 && !wentOn) return;
    const mark = thread?.activeTurnId ?? thread?.lastTurnId;
    const turns = await readTurns(threadId, new Set([...open, ...(mark ? [mark] : [])]), call);
    const wanted = wentOn ? mark : (thread?.activeTurnId ?? "");
    for (const turn of missedTurns(turns, open, wanted, since)) {
      open.delete(turn.id);
      this.#tell(threadId, turn);
      // What comes after something that waits comes by itself.
      if (this.#router.handover.holdsOf(threadId, turn.id)) return;
    }
    const newest = turns[0];
    if (newest?.status !== "inProgress") this.#threads.setLastTurn(threadId, newest?.id ?? null);
    if (thread?.status.type === "active") return;
    // A turn app-server never heard of: its start was added to a turn that ran already, or was lost.
    for (const turnId of open)
      this.#tell(threadId, lostTurn(turnId, "codex has no record of this turn"));
  }

  #lose(thread: LiveThread, error: unknown): void {
    this.#options.onLost(thread.id, error);
    const why = error instanceof Error ? error.message : String(error);
    for (const turnId of this.#openTurns(thread.id)) {
      this.#tell(thread.id, lostTurn(turnId, `the thread could not be resumed: ${why}`));
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

  /** Tells of a turn what nobody was told: that it began, its completed items, its end. */
  #tell(threadId: string, turn: Turn): void {
    const { handover } = this.#router;
    const isRunning = turn.status === "inProgress";
    const begun = { ...turn, items: [], status: "inProgress" as const, completedAt: null };
    const started = { method: "turn/started" as const, params: { threadId, turn: begun } };
    // Then all of it waits to be told.
    if (handover.holds(threadId, started)) return;
    const isKnown = this.#openTurns(threadId).has(turn.id);
    if (!isKnown) this.#say(threadId, started);
    const seen = this.#threads.get(threadId)?.completedItems;
    const isTalking = isRunning && !this.#waitsForSomebody(threadId);
    let missesDeltas = isKnown && isTalking;
    let isBehind = false;
    for (const item of turn.items) {
      if (seen?.has(item.id)) continue;
      const completedAtMs = (turn.completedAt ?? 0) * 1_000;
      const params = { item, threadId, turnId: turn.id, completedAtMs };
      const completed = { method: "item/completed" as const, params };
      // Items after one that waits wait too, so that their order stays.
      if (handover.holds(threadId, completed)) isBehind = true;
      else if (isBehind) handover.putBehind(threadId, { ...completed, recovered: true });
      else this.#say(threadId, completed);
      // Its end may wait to be told; what it said before the resume nobody heard.
      if (streams(item) && !handover.holdsStartOf(threadId, item.id)) missesDeltas = true;
    }
    this.#router.partlyHeard.forget(turn.id);
    const tellLoss = () => this.#options.onDeltasLost?.(threadId, turn.id);
    if (missesDeltas) tellLoss();
    else if (isTalking) this.#router.partlyHeard.watch(turn.id, tellLoss);
    if (!isRunning && !handover.holdsOf(threadId, turn.id))
      this.#say(threadId, { method: "turn/completed", params: { threadId, turn } });
  }

  /** Nothing, where app-server's own message of it waits to be told. */
  #say(threadId: string, message: Notification): void {
    if (this.#router.handover.holds(threadId, message)) return;
    this.#router.handover.note(message);
    this.#router.deliver({ ...message, recovered: true }, 0);
  }

  #sayStatus(threadId: string, status: ThreadStatus): void {
    this.#router.deliver(
      { method: "thread/status/changed", params: { threadId, status }, recovered: true },
      0,
    );
  }

  #waitsForSomebody(threadId: string): boolean {
    const status = this.#threads.get(threadId)?.status;
    return status?.type === "active" && status.activeFlags.length > 0;
  }
}

/** Whether another connection would change nothing. */
function isFinal(error: unknown): boolean {
  return !isAppServerError(error) || error.category !== "connection";
}
