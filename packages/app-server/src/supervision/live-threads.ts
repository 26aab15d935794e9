/**
 * What this client knows of the threads it is subscribed to: whether they run, and which turn.
 * From `thread/status/changed.type`, `turn/started` and `turn/completed` alone: a thread that is
 * active without flags is running.
 */
import type { ThreadStatus } from "@signalbox/protocol";
import type { Message } from "../router/message.ts";
import type { ThreadMark } from "./thread-mark.ts";

export type LiveThread = {
  readonly id: string;
  /** Ephemeral threads are lost with their process. */
  readonly ephemeral: boolean;
  status: ThreadStatus;
  /** The turn that runs, as far as it was announced. */
  activeTurnId: string | undefined;
  /** The root it was announced with: codex 0.169.0 ends a review's turn under this id instead. */
  activeRootTurnId: string | undefined;
  /** The last turn whose end is known; null when there was none, undefined when that is not known. */
  lastTurnId: string | null | undefined;
  /** The items of the running turn whose completion was seen. */
  completedItems: Set<string>;
};

export class LiveThreads {
  readonly #threads = new Map<string, LiveThread>();
  readonly #waiting = new Map<string, Set<() => void>>();

  get(threadId: string): LiveThread | undefined {
    return this.#threads.get(threadId);
  }

  get all(): LiveThread[] {
    return [...this.#threads.values()];
  }

  /** This client is subscribed to the thread from now on, and knows it as far as `mark` says. */
  add(thread: { id: string; ephemeral: boolean; status: ThreadStatus }, mark?: ThreadMark): void {
    const known = this.#threads.get(thread.id);
    if (known) {
      known.status = thread.status;
      if (mark?.ended === false && known.activeTurnId === undefined) {
        known.activeTurnId = mark.turnId;
        known.completedItems = new Set(mark.items);
      }
      return;
    }
    const { id, ephemeral, status } = thread;
    this.#threads.set(id, {
      id,
      ephemeral,
      status,
      activeTurnId: mark?.ended === false ? mark.turnId : undefined,
      activeRootTurnId: undefined,
      lastTurnId: mark?.ended === true ? mark.turnId : undefined,
      completedItems: new Set(mark?.items),
    });
  }

  /** The last turn whose end is known, as the thread was read; null when it has none. */
  setLastTurn(threadId: string, turnId: string | null): void {
    const thread = this.#threads.get(threadId);
    if (thread) thread.lastTurnId = turnId;
  }

  /** A turn that ran before this client heard of the thread; what was heard since counts more. */
  join(threadId: string, turnId: string): void {
    const thread = this.#threads.get(threadId);
    if (thread?.status.type === "active") thread.activeTurnId ??= turnId;
  }

  remove(threadId: string): void {
    this.#threads.delete(threadId);
    this.#wake(threadId);
  }

  isBusy(threadId: string): boolean {
    const thread = this.#threads.get(threadId);
    return (
      thread !== undefined && (thread.activeTurnId !== undefined || thread.status.type === "active")
    );
  }

  /** Resolves at the next change of this thread; check again then. */
  changed(threadId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(threadId) ?? new Set();
      this.#waiting.set(threadId, waiters);
      const wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiting.delete(threadId);
        reject(signal.reason);
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      waiters.add(wake);
    });
  }

  /** Follows the stream. */
  observe(message: Message): void {
    switch (message.method) {
      case "thread/status/changed":
        return this.#update(message.params?.threadId, (thread) => {
          thread.status = message.params.status ?? thread.status;
        });
      case "turn/started":
        return this.#update(message.params?.threadId, (thread) => {
          thread.activeTurnId = message.params.turn?.id;
          thread.activeRootTurnId = message.params.turn?.rootTurnId ?? undefined;
          thread.completedItems.clear();
        });
      case "item/completed":
        this.#threads.get(message.params?.threadId)?.completedItems.add(message.params.item?.id);
        return;
      case "turn/completed":
        return this.#update(message.params?.threadId, (thread) => {
          const ended = message.params.turn?.id;
          thread.lastTurnId = ended;
          if (ended !== thread.activeTurnId && ended !== thread.activeRootTurnId) return;
          thread.activeTurnId = undefined;
          thread.activeRootTurnId = undefined;
        });
      case "thread/closed":
      case "thread/archived":
      case "thread/deleted":
        return this.remove(message.params?.threadId);
      default:
    }
  }

  /** Wakes everybody who waits for a change: there will be none. */
  wakeAll(): void {
    for (const threadId of [...this.#waiting.keys()]) this.#wake(threadId);
  }

  #update(threadId: string, change: (thread: LiveThread) => void): void {
    const thread = this.#threads.get(threadId);
    if (!thread) return;
    change(thread);
    this.#wake(threadId);
  }

  #wake(threadId: string): void {
    const waiters = this.#waiting.get(threadId);
    this.#waiting.delete(threadId);
    for (const wake of waiters ?? []) wake();
  }
}
