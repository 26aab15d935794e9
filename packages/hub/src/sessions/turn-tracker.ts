/**
 * Which turn runs on which thread, from what app-server says and what the hub asked for. It holds a
 * thread while a `turn/start` is in flight, since a second one would give back the id of a turn that
 * never runs. Kept in memory: a new process runs nothing.
 */

/** A message as it is followed here. */
export interface TurnMessage {
  readonly method: string;
  readonly params?: unknown;
}

/** A thread held for a turn about to start. `accept`, `expect` or `release` it. */
export interface Reservation {
  /** The turn's id as the answer gave it; its end may have been seen already. */
  accept(turnId: string): void;
  /** A turn was started whose id the answer did not give: holds on until app-server tells of it. */
  expect(): void;
  /** No turn was started. */
  release(): void;
}

interface ActiveTurn {
  readonly turnId: string;
  /** Whether app-server said that it started; before that an `idle` may be an old one. */
  readonly announced: boolean;
}

/** A start in flight. */
interface Start {
  /** The turns that ended meanwhile. */
  readonly ended: Set<string>;
  /** Its turn, as the answer names it; undefined where none came of it, or the answer was lost. */
  readonly turn: PromiseWithResolvers<string | undefined>;
}

interface Fields {
  readonly threadId?: unknown;
  readonly turn?: { readonly id?: unknown } | null;
  readonly status?: { readonly type?: unknown } | null;
}

/** Why a thread may be reserved again: what app-server told, or a start that came to nothing. */
export type FreedBy = "app_server" | "no_start";
type FreeListener = (threadId: string, by: FreedBy) => void;

/** Follows the turns of all threads. */
export class TurnTracker {
  readonly #active = new Map<string, ActiveTurn>();
  readonly #starting = new Map<string, Start>();
  /** Threads with a start in flight whose turn will be known when app-server tells of it. */
  readonly #expected = new Set<string>();
  readonly #onFree = new Set<FreeListener>();

  /** Hears of each thread that may be reserved again, until what it gives is disposed. Must not throw. */
  onFree(listener: FreeListener): Disposable {
    this.#onFree.add(listener);
    return { [Symbol.dispose]: () => void this.#onFree.delete(listener) };
  }

  /** The turn that runs on a thread. */
  activeTurnOf(threadId: string): string | undefined {
    return this.#active.get(threadId)?.turnId;
  }

  /**
   * The turn that runs on a thread, or that is about to, once the answer to its start names it; undefined
   * when none runs, nothing came of the start, or the answer was lost.
   */
  async turnOf(threadId: string): Promise<string | undefined> {
    return this.#active.get(threadId)?.turnId ?? this.#starting.get(threadId)?.turn.promise;
  }

  /** Whether a turn is about to run on a thread whose id is not known yet. */
  isStarting(threadId: string): boolean {
    return this.#starting.has(threadId);
  }

  /** Holds a thread for a start; undefined when it is busy. */
  reserve(threadId: string): Reservation | undefined {
    if (this.#isBusy(threadId)) return undefined;
    const start: Start = { ended: new Set(), turn: Promise.withResolvers() };
    this.#starting.set(threadId, start);
    let isExpected = false;
    const isOver = () => this.#starting.get(threadId) !== start;
    const end = (by: FreedBy, turnId?: string) => {
      if (isExpected || isOver()) return;
      this.#endStart(threadId, turnId);
      if (!this.#active.has(threadId)) this.#free(threadId, by);
    };
    return {
      release: () => end("no_start"),
      expect: () => {
        if (isOver()) return;
        isExpected = true;
        // Told of before the answer came.
        const told = this.#active.get(threadId)?.turnId ?? [...start.ended].at(-1);
        if (told !== undefined) return this.#endStart(threadId, told);
        this.#expected.add(threadId);
        start.turn.resolve(undefined);
      },
      accept: (turnId) => {
        if (isOver()) return;
        if (!start.ended.has(turnId) && !this.#active.has(threadId)) {
          this.#active.set(threadId, { turnId, announced: false });
        }
        end("app_server", turnId);
      },
    };
  }

  /** Follows what app-server says. */
  observe({ method, params }: TurnMessage): void {
    if (typeof params !== "object" || params === null) return;
    const { threadId } = params as Fields;
    if (typeof threadId !== "string") return;
    const wasBusy = this.#isBusy(threadId);
    this.#follow(method, threadId, params as Fields);
    if (wasBusy && !this.#isBusy(threadId)) this.#free(threadId, "app_server");
  }

  #free(threadId: string, by: FreedBy): void {
    for (const listener of this.#onFree) listener(threadId, by);
  }

  #isBusy(threadId: string): boolean {
    return this.#active.has(threadId) || this.#starting.has(threadId);
  }

  #follow(method: string, threadId: string, { turn, status }: Fields): void {
    switch (method) {
      case "turn/started":
        if (typeof turn?.id === "string") {
          this.#active.set(threadId, { turnId: turn.id, announced: true });
          this.#told(threadId);
        }
        return;
      case "turn/completed":
        if (typeof turn?.id === "string") this.#end(threadId, turn.id);
        return;
      case "thread/status/changed":
        if (status?.type !== "active" && this.#active.get(threadId)?.announced === true) {
          this.#active.delete(threadId);
        }
        if (status?.type === "idle" || status?.type === "systemError") this.#told(threadId);
        return;
      case "thread/closed":
      case "thread/deleted":
        this.#active.delete(threadId);
        this.#told(threadId);
        return;
      default:
    }
  }

  /** The process that ran them is gone. */
  clear(): void {
    const given = [...this.#starting.keys()];
    this.#active.clear();
    this.#expected.clear();
    for (const threadId of given) this.#endStart(threadId, undefined);
    for (const threadId of given) this.#free(threadId, "no_start");
  }

  /** The turn that was expected on a thread came, or will not. */
  #told(threadId: string): void {
    if (this.#expected.delete(threadId)) this.#starting.delete(threadId);
  }

  #endStart(threadId: string, turnId: string | undefined): void {
    this.#starting.get(threadId)?.turn.resolve(turnId);
    this.#starting.delete(threadId);
  }

  #end(threadId: string, turnId: string): void {
    this.#starting.get(threadId)?.ended.add(turnId);
    const active = this.#active.get(threadId);
    // Another turn ended while ours was never announced: ours was merged into that one.
    if (active?.turnId === turnId || active?.announced === false) this.#active.delete(threadId);
  }
}
