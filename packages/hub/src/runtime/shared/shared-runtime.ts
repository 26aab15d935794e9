/**
 * A codex that outlives the hub. It is spoken to over several connections, each with its share of the
 * threads, so that a burst of one is not the loss of all. A connection that is lost is made again,
 * its threads resumed, and what happened meanwhile read from them.
 */
import {
  type Answer,
  AppServerClient,
  AppServerError,
  type ClientOptions,
  type FeedEvent,
  isAppServerError,
  type RequestOptions,
  type RuntimeInfo,
} from "@signalbox/app-server";
import { type ClientMethod, type ParamsOf, type ResultOf, threadIdOf } from "@signalbox/protocol";
import type { Log } from "../../log.ts";
import { fromAppServerError } from "../errors.ts";
import { Joining } from "../joining.ts";
import { requestNow, whyNotNow } from "../request-now.ts";
import type { Heard, LastExit, Question, Runtime } from "../runtime.ts";
import type { ThreadProgress } from "../thread-progress.ts";
import { Confluence } from "./confluence.ts";
import { Lane } from "./lane.ts";
import { ProcessWatch } from "./process-watch.ts";
import type { SharedProcess } from "./shared-process.ts";
import { ThreadHomes } from "./thread-homes.ts";

/** What a shared runtime is made of. */
export interface SharedRuntimeParts {
  readonly process: SharedProcess;
  readonly progress: ThreadProgress;
  readonly client: Omit<ClientOptions, "url" | "prepare">;
  readonly log: Log;
}

/** Connections to one app-server. */
const connections = 4;
/** What may wait to be taken, beyond what waits in the lanes. */
const maxWaiting = 4_096;

type HeardMessage = Extract<FeedEvent, { type: "notification" | "request" }>;

/** One shared codex. */
export class SharedRuntime implements Runtime {
  readonly #parts: SharedRuntimeParts;
  readonly #watch: ProcessWatch;
  readonly #lanes: readonly Lane[];
  readonly #homes = new ThreadHomes(connections);
  readonly #heard = new Confluence<Heard>(maxWaiting);
  readonly #joining: Joining;
  #pumping: Promise<unknown> | undefined;
  #announced = 0;
  #info: RuntimeInfo | undefined;
  #lastExit: LastExit | undefined;

  constructor(parts: SharedRuntimeParts) {
    this.#parts = parts;
    const { process, log } = parts;
    const quiet = async () => {
      await Promise.all(this.#lanes.map((lane) => lane.quiet()));
    };
    this.#watch = new ProcessWatch(
      process,
      { quiet, ended: (generation, how) => this.#tellExit(generation, how) },
      log,
    );
    this.#lanes = Array.from({ length: connections }, (_, index) => this.#createLane(index));
    this.#joining = new Joining({
      progress: parts.progress,
      log,
      clientOf: (threadId) => this.#laneOf(threadId).client,
      joined: (opened, activeTurnId) => {
        void this.#heard.bring([{ type: "joined", opened, activeTurnId }]);
      },
    });
  }

  get isReady(): boolean {
    return this.notReady === undefined;
  }

  get notReady(): string | undefined {
    return whyNotNow(this.#lanes[0]!.client);
  }

  get info(): RuntimeInfo | undefined {
    return this.#info;
  }

  get generation(): number {
    return this.#watch.generation;
  }

  get lastExit(): LastExit | undefined {
    return this.#lastExit;
  }

  get survivor(): string | undefined {
    return this.#parts.process.living?.id;
  }

  async start(): Promise<void> {
    this.#pumping = Promise.all(
      this.#lanes.map((lane) => lane.pump((batch) => this.#pass(lane, batch))),
    );
    try {
      // One after the other: the first makes the process.
      for (const lane of this.#lanes) await this.#start(lane);
    } catch (error) {
      throw fromAppServerError(error);
    }
    await this.#joining.joinAll(this.#lanes[0]!.client);
  }

  take(max: number): Promise<Heard[] | undefined> {
    return this.#heard.take(max);
  }

  /** A process that was found and takes no connection is ended, and another started. */
  async #start({ client }: Lane): Promise<void> {
    try {
      await client.start();
    } catch (error) {
      const found = isAppServerError(error) && error.code === "timeout" && this.#watch.current?.id;
      if (!found || !(await this.#watch.endSilent(found))) throw error;
      await client.start();
    }
  }

  processOf(generation: number): string {
    return this.#watch.idOf(generation);
  }

  noteStart(info: RuntimeInfo): void {
    this.#info = info;
  }

  noteExit(exit: LastExit): void {
    this.#info = undefined;
    this.#lastExit = exit;
  }

  request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    if (method === "thread/start" || method === "thread/fork") {
      return this.#homes.whileStarting(this.#requestThread(method, params, options));
    }
    const threadId = threadIdOf({ method, params });
    const lane = threadId === undefined ? this.#lanes[0]! : this.#laneOf(threadId);
    return requestNow(lane.client, method, params, options);
  }

  /**
   * An answer that can't be sent now, since its connection is being made again, is given when codex
   * asks again after it.
   */
  respond({ process, id, threadId }: Question, answer: Answer): boolean {
    if (process !== this.#watch.current?.id) return false;
    const { client } = threadId === null ? this.#lanes[0]! : this.#laneOf(threadId);
    client.respond({ generation: client.generation, id }, answer);
    return true;
  }

  /** Leaves codex as it is. */
  async close(): Promise<void> {
    this.#joining.close();
    await Promise.all(this.#lanes.map(({ client }) => client.close()));
    this.#heard.end();
    await this.#pumping;
    const { living } = this.#parts.process;
    if (living === undefined) return;
    this.#parts.log.info(
      { pid: living.pid },
      "The shared app-server runs on; `signalbox runtime stop` ends it",
    );
  }

  #createLane(index: number): Lane {
    const { process, client: options } = this.#parts;
    const client: AppServerClient = new AppServerClient({
      ...options,
      url: process.url,
      prepare: async (signal) => {
        const last = [...lane.processes.values()].at(-1);
        if (last !== undefined && this.#isSilent)
          await this.#watch.endSilent(this.#watch.idOf(last));
        await untilAborted(this.#watch.ensure(signal), signal);
        lane.processes.set(client.generation, this.#watch.generation);
        lane.processes.delete(client.generation - 2);
      },
    });
    const lane = new Lane(index, client);
    return lane;
  }

  /** No connection brings anything, and one was given up for it. */
  get #isSilent(): boolean {
    const clients = this.#lanes.map(({ client }) => client);
    return (
      clients.some(({ isResponsive }) => !isResponsive) &&
      clients.every(({ state, isResponsive }) => state !== "ready" || !isResponsive)
    );
  }

  #laneOf(threadId: string): Lane {
    return this.#lanes[this.#homes.homeOf(threadId)]!;
  }

  async #requestThread<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    const home = this.#homes.nextHome();
    const result = await requestNow(this.#lanes[home]!.client, method, params, options);
    this.#homes.settle((result as ResultOf<"thread/start">).thread.id, home);
    return result;
  }

  /** Passes on what counts of what a lane brought, under the generation of its process. */
  async #pass(lane: Lane, batch: FeedEvent[]): Promise<void> {
    const passed: Heard[] = [];
    for (const event of batch) {
      const generation = lane.processes.get(event.generation) ?? this.generation;
      switch (event.type) {
        case "notification":
        case "request":
          if (this.#mayBeStarting(event)) await this.#homes.startsEnded();
          if (!this.#counts(lane, event)) break;
          event.generation = generation;
          passed.push(event);
          this.#notice(event);
          break;
        case "deltas_lost":
          passed.push({ ...event, generation });
          break;
        case "runtime":
          passed.push(...this.#toRuntimeEvents(lane, event, generation));
      }
    }
    await this.#heard.bring(passed);
  }

  #mayBeStarting({ message }: HeardMessage): boolean {
    if (!this.#homes.isStarting) return false;
    const threadId = threadIdOf(message);
    return threadId !== undefined && !this.#homes.isSettled(threadId);
  }

  /** Whether this connection is the one to hear this on. */
  #counts(lane: Lane, { message }: HeardMessage): boolean {
    const threadId = threadIdOf(message);
    if (threadId === undefined) return lane.index === 0;
    if (message.method === "thread/started") return this.#homes.isNewStart(threadId);
    return this.#homes.homeOf(threadId) === lane.index;
  }

  /** A thread that runs and is not followed was set going by another client. */
  #notice({ message }: HeardMessage): void {
    if (message.method === "thread/closed") {
      this.#homes.forget(message.params.threadId);
    } else if (message.method === "thread/status/changed") {
      const { threadId, status } = message.params;
      if (status.type === "active") void this.#joining.join(threadId);
    }
  }

  #toRuntimeEvents(
    lane: Lane,
    event: Extract<FeedEvent, { type: "runtime" }>,
    generation: number,
  ): Heard[] {
    switch (event.state) {
      case "exited":
        if (lane.client.state !== "closed") {
          this.#parts.log.warn(
            { connection: lane.index, err: event.error },
            "A connection to the shared app-server was lost and is made again",
          );
        }
        return [];
      case "restarting":
        // Without a process there is one to be started; else only the connection is made again.
        return lane.index === 0 && this.#watch.current === undefined
          ? [{ ...event, generation }]
          : [];
      case "started": {
        // Threads may have been set going while nobody listened on this connection.
        if (event.generation > 1) void this.#joining.joinAll(lane.client);
        if (generation === this.#announced) return [];
        this.#announced = generation;
        const { pid, codexPath } = this.#watch.current ?? {};
        const info = { ...event.info, pid, codexPath };
        return this.#watch.wasFound
          ? [{ type: "found", generation, info }]
          : [{ ...event, generation, info }];
      }
    }
  }

  #tellExit(generation: number, how: string): Promise<void> {
    const error = new AppServerError("transport_closed", `The shared app-server ${how}.`);
    return this.#heard.bring([{ type: "runtime", state: "exited", generation, error }]);
  }
}

/** What `promise` brings, unless the signal fires first. */
function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
