/**
 * A goal pursued as one logical turn. While a goal is active codex starts turns by itself, one after
 * the other; this follows all of them until the goal is reached, stopped or given up.
 */
import type { ThreadGoal, ThreadItem, ThreadTokenUsage, Turn } from "@signalbox/protocol";
import { LONGEST_WAIT } from "../abort.ts";
import type { AppServerClient } from "../client/app-server-client.ts";
import { AppServerError, isAppServerError } from "../errors.ts";
import { EventLog } from "../router/event-log.ts";
import type { EventStream } from "../router/event-stream.ts";
import { type Message, weigh } from "../router/message.ts";
import { finalText } from "./turn-result.ts";

export type GoalOptions = {
  /** Tokens the goal may use. */
  tokenBudget?: number;
  /** How long the first turn may take to start, in ms; then the goal is paused and `result()` rejects with `timeout`. Default: 30,000. */
  startDeadline?: number;
  /** Cancels the goal. */
  signal?: AbortSignal;
};

export type GoalResult = {
  threadId: string;
  /** The goal as it was left: `complete`, `paused`, `blocked`, `usageLimited` or `budgetLimited`; null when it was cleared. */
  goal: ThreadGoal | null;
  /** True when the goal was reached. */
  ok: boolean;
  /** The turns codex took, in order. */
  turns: Turn[];
  /** The answer of the last turn, by the rule of `TurnResult.text`. */
  text: string | null;
  items: ThreadItem[];
  usage: ThreadTokenUsage | undefined;
};

const LOG_BOUNDS = { events: 8_192, bytes: 64 * 1024 * 1024, gives: ["delta", "plain"] } as const;

/** Begun by `Thread.runGoal`. Disposing one that is not over cancels it. */
export class GoalRun implements AsyncIterable<Message>, AsyncDisposable {
  readonly threadId: string;
  readonly #client: AppServerClient;
  readonly #log = new EventLog<Message>(LOG_BOUNDS, weigh);
  readonly #result = Promise.withResolvers<GoalResult>();
  readonly #turns: Turn[] = [];
  #items: ThreadItem[] = [];
  #lastTurnItems: ThreadItem[] = [];
  #usage: ThreadTokenUsage | undefined;
  #goal: ThreadGoal | null;
  #activeTurnId: string | undefined;

  private constructor(client: AppServerClient, goal: ThreadGoal) {
    this.#client = client;
    this.#goal = goal;
    this.threadId = goal.threadId;
    this.#result.promise.catch(() => {});
  }

  static async start(
    client: AppServerClient,
    threadId: string,
    objective: string,
    options: GoalOptions,
  ): Promise<GoalRun> {
    const stream = client.subscribe(threadId);
    try {
      const { goal } = await client.request(
        "thread/goal/set",
        { threadId, objective, status: "active", tokenBudget: options.tokenBudget ?? null },
        { signal: options.signal },
      );
      const run = new GoalRun(client, goal);
      void run.#follow(stream, options);
      return run;
    } catch (error) {
      await stream.return();
      throw error;
    }
  }

  /** Everything of every turn of the goal, in order; ends when the goal does. */
  events(): EventStream<Message> {
    return this.#log.open();
  }

  [Symbol.asyncIterator](): EventStream<Message> {
    return this.events();
  }

  /** Waits for the end of the goal, reached or not: look at `ok`. Rejects when the connection was lost for good. */
  result(): Promise<GoalResult> {
    return this.#result.promise;
  }

  /** Pauses the goal and interrupts the turn that runs for it. */
  async cancel(): Promise<void> {
    const { threadId } = this;
    await this.#client.request("thread/goal/set", { threadId, status: "paused" });
    if (this.#activeTurnId === undefined) return;
    try {
      await this.#client.request("turn/interrupt", { threadId, turnId: this.#activeTurnId });
    } catch (error) {
      if (!isAppServerError(error) || error.code !== "no_active_turn") throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.state !== "closed" && !this.#isOver()) await this.cancel();
  }

  async #follow(
    stream: EventStream<Message>,
    { startDeadline = 30_000, signal }: GoalOptions,
  ): Promise<void> {
    const cancel = () => void this.cancel().catch((error) => this.#fail(error));
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    const late = setTimeout(
      () => {
        cancel();
        this.#fail(
          new AppServerError(
            "timeout",
            `No turn started for the goal within ${startDeadline} ms; it was paused.`,
          ),
        );
      },
      Math.min(startDeadline, LONGEST_WAIT),
    );
    try {
      await using events = stream;
      for await (const message of events) {
        if (message.method === "turn/started") clearTimeout(late);
        this.#learn(message);
        this.#log.append(message);
        if (this.#isOver()) break;
      }
      this.#log.end();
      this.#result.resolve(this.#summary());
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", cancel);
    }
  }

  #learn(message: Message): void {
    switch (message.method) {
      case "turn/started":
        this.#activeTurnId = message.params.turn?.id;
        this.#lastTurnItems = [];
        return;
      case "item/completed":
        if (!message.params.item) return;
        this.#items.push(message.params.item);
        this.#lastTurnItems.push(message.params.item);
        return;
      case "thread/tokenUsage/updated":
        this.#usage = message.params.tokenUsage;
        return;
      case "turn/completed":
        this.#turns.push(message.params.turn);
        this.#activeTurnId = undefined;
        return;
      case "thread/goal/updated":
        this.#goal = message.params.goal;
        return;
      case "thread/goal/cleared":
        this.#goal = null;
        return;
      default:
    }
  }

  #isOver(): boolean {
    return this.#goal?.status !== "active" && this.#activeTurnId === undefined;
  }

  #summary(): GoalResult {
    return {
      threadId: this.threadId,
      goal: this.#goal,
      ok: this.#goal?.status === "complete",
      turns: this.#turns,
      text: finalText(this.#lastTurnItems),
      items: this.#items,
      usage: this.#usage,
    };
  }

  #fail(error: unknown): void {
    const failure = isAppServerError(error)
      ? error
      : new AppServerError("internal", "The goal could not be followed to its end.", {
          cause: error,
        });
    this.#log.end(failure);
    this.#result.reject(failure);
  }
}
