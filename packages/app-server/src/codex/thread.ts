/** A thread that this client is subscribed to. */
import type {
  JsonValue,
  ParamsOf,
  ResultOf,
  ServerRequestMethod,
  ThreadGoal,
  Thread as ThreadInfo,
} from "@signalbox/protocol";
import type { AppServerClient } from "../client/app-server-client.ts";
import { AppServerError } from "../errors.ts";
import type { HandlerOptions, RequestBroker, RequestHandler } from "../requests/request-broker.ts";
import type { EventStream } from "../router/event-stream.ts";
import type { Message } from "../router/message.ts";
import { type SessionEvent, toSessionEvents } from "../session-events/session-event.ts";
import { type GoalOptions, GoalRun } from "./goal-run.ts";
import { type Input, toUserInput } from "./input.ts";
import { type TurnOptions, toTurnParams } from "./options.ts";
import { Turn } from "./turn.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { TurnResult } from "./turn-result.ts";

/**
 * Made by `Codex.startThread`, `resumeThread` and `forkThread`. Disposing it unsubscribes: codex
 * then unloads the thread after a while, and it can be resumed later.
 */
export class Thread implements AsyncDisposable {
  readonly id: string;
  /** The thread as it was when this handle was made. */
  readonly info: ThreadInfo;
  readonly #client: AppServerClient;
  readonly #broker: RequestBroker;
  readonly #gate: TurnGate;

  constructor(client: AppServerClient, broker: RequestBroker, gate: TurnGate, info: ThreadInfo) {
    this.#client = client;
    this.#broker = broker;
    this.#gate = gate;
    this.info = info;
    this.id = info.id;
  }

  /** The turn that runs now, whoever started it; undefined when none does. */
  get activeTurn(): Turn | undefined {
    const turnId = this.#client.threads.get(this.id)?.activeTurnId;
    return turnId === undefined
      ? undefined
      : new Turn(this.#client, this.#client.watchTurn(this.id, turnId));
  }

  /**
   * Runs a turn to its end. A failed turn does not throw: look at `ok`. When `signal` fires the turn
   * is interrupted and this rejects with `aborted`.
   */
  async run(input: Input, options: TurnOptions = {}): Promise<TurnResult> {
    const turn = await this.startTurn(input, options);
    return turn.result(options);
  }

  /**
   * Starts a turn, one at a time: `whenBusy` says what happens while one runs (default: wait).
   * Nothing of the turn is missed, however early it comes. Rejects with `thread_busy`, `queue_full`,
   * `invalid_input`, `aborted` or what `turn/start` was answered with; a lost answer is `ambiguous`:
   * give `clientUserMessageId` to find out.
   */
  async startTurn(input: Input, options: TurnOptions = {}): Promise<Turn> {
    const params = { ...toTurnParams(options), threadId: this.id, input: toUserInput(input) };
    const { whenBusy = "queue", signal } = options;
    if (whenBusy !== "queue" && this.#gate.isBusy) {
      const running = this.activeTurn;
      if (whenBusy === "refuse" || !running) {
        throw new AppServerError(
          "thread_busy",
          `Thread ${this.id} runs a turn already; nothing was sent.`,
          { method: "turn/start" },
        );
      }
      await running.steer(input);
      return running;
    }
    const leave = await this.#gate.enter(signal);
    const reservation = this.#client.reserve(this.id);
    try {
      const { turn } = await this.#client.request("turn/start", params, { signal });
      const record = reservation.attach(turn.id);
      record.ended.then(leave, leave);
      const handle = new Turn(this.#client, record);
      if (signal) interruptOnAbort(handle, record.ended, signal);
      return handle;
    } catch (error) {
      reservation.release();
      leave();
      throw error;
    }
  }

  /** Everything said of this thread from now on, whoever caused it. A slow reader loses deltas first. */
  events(): EventStream<Message> {
    return this.#client.subscribe(this.id);
  }

  /** The same as facts in one small vocabulary: see `SessionEvent`. */
  async *sessionEvents(): AsyncGenerator<SessionEvent, undefined> {
    await using stream = this.events();
    for await (const message of stream) yield* toSessionEvents(message);
  }

  /** Answers one kind of question of this thread; goes before a handler for all threads. Returns a way to stop. */
  onRequest<M extends ServerRequestMethod>(
    method: M,
    handler: RequestHandler<M>,
    options: Omit<HandlerOptions, "threadId"> = {},
  ): () => void {
    return this.#broker.on(method, handler, { ...options, threadId: this.id });
  }

  /** The thread as it is now, without its turns. Pages of turns: `client.request("thread/turns/list", …)`. */
  async read(): Promise<ThreadInfo> {
    return (await this.#client.request("thread/read", { threadId: this.id, includeTurns: false }))
      .thread;
  }

  async rename(name: string): Promise<void> {
    await this.#client.request("thread/name/set", { threadId: this.id, name });
  }

  /** Puts the thread away; `Codex.unarchiveThread` brings it back. */
  async archive(): Promise<void> {
    await this.#client.request("thread/archive", { threadId: this.id });
  }

  /** Removes the thread for good. */
  async delete(): Promise<void> {
    await this.#client.request("thread/delete", { threadId: this.id });
  }

  /** Has codex shorten the history it shows the model. It runs as a turn: the thread must be idle, and is busy meanwhile. */
  async compact(options: { signal?: AbortSignal } = {}): Promise<void> {
    const leave = await this.#gate.enter(options.signal);
    try {
      await this.#client.request("thread/compact/start", { threadId: this.id }, options);
    } finally {
      leave();
    }
  }

  /** Takes a turn and all after it out of the history; files stay as they are. Only for threads with paginated history. */
  async revert(beforeTurnId: string): Promise<ThreadInfo> {
    return (await this.#client.request("thread/revert", { threadId: this.id, beforeTurnId }))
      .thread;
  }

  /** Adds raw Responses API items to what the model sees next; they are not part of the transcript. */
  async inject(items: readonly JsonValue[]): Promise<void> {
    await this.#client.request("thread/inject_items", { threadId: this.id, items: [...items] });
  }

  /** The thread's goal, or null. */
  async goal(): Promise<ThreadGoal | null> {
    return (await this.#client.request("thread/goal/get", { threadId: this.id })).goal;
  }

  /** Sets or changes the goal. An active goal makes codex start turns by itself. */
  async setGoal(goal: Omit<ParamsOf<"thread/goal/set">, "threadId">): Promise<ThreadGoal> {
    return (await this.#client.request("thread/goal/set", { ...goal, threadId: this.id })).goal;
  }

  /** True when there was a goal. */
  async clearGoal(): Promise<boolean> {
    return (await this.#client.request("thread/goal/clear", { threadId: this.id })).cleared;
  }

  /** Pursues a goal as one logical turn, over as many turns as codex takes for it. */
  runGoal(objective: string, options: GoalOptions = {}): Promise<GoalRun> {
    return GoalRun.start(this.#client, this.id, objective, options);
  }

  /** Stops hearing of this thread. */
  async unsubscribe(): Promise<ResultOf<"thread/unsubscribe">["status"]> {
    return (await this.#client.request("thread/unsubscribe", { threadId: this.id })).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.state === "closed") return;
    await this.unsubscribe();
  }
}

function interruptOnAbort(turn: Turn, ended: Promise<unknown>, signal: AbortSignal): void {
  const abort = () => {
    // The turn may be over, or the connection gone: then there is nothing to interrupt.
    turn.interrupt().catch(() => {});
  };
  if (signal.aborted) return abort();
  signal.addEventListener("abort", abort, { once: true });
  const stop = () => signal.removeEventListener("abort", abort);
  ended.then(stop, stop);
}
