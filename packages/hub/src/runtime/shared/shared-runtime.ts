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
  isAppServerError,
  type RequestOptions,
} from "@signalbox/app-server";
import { type ClientMethod, type ParamsOf, type ResultOf, threadIdOf } from "@signalbox/protocol";
import type { Log } from "../../log.ts";
import { fromAppServerError } from "../errors.ts";
import { type FollowedThreads, Joining } from "../joining.ts";
import { ProcessNotes } from "../process-notes.ts";
import { requestNow, whyNotNow } from "../request-now.ts";
import type { Heard, Question, Runtime } from "../runtime.ts";
import { Confluence } from "./confluence.ts";
import { Hearing } from "./hearing.ts";
import { ProcessWatch } from "./process-watch.ts";
import { SharedConnection } from "./shared-connection.ts";
import type { SharedProcess } from "./shared-process.ts";
import { ThreadHomes } from "./thread-homes.ts";

/** What a shared runtime is made of. */
export interface SharedRuntimeParts {
  readonly process: SharedProcess;
  readonly threads: FollowedThreads;
  readonly client: Omit<ClientOptions, "url" | "prepare">;
  readonly log: Log;
}

/** Connections to one app-server. */
const connectionCount = 4;
/** What may wait to be taken, beyond what waits in the connections. */
const maxWaiting = 4_096;

/** One shared codex. */
export class SharedRuntime implements Runtime {
  readonly notes = new ProcessNotes();
  readonly #parts: SharedRuntimeParts;
  readonly #watch: ProcessWatch;
  readonly #connections: readonly SharedConnection[];
  readonly #homes = new ThreadHomes(connectionCount);
  readonly #heard = new Confluence<Heard>(maxWaiting);
  readonly #joining: Joining;
  readonly #hearing: Hearing;
  #pumping: Promise<unknown> | undefined;

  constructor(parts: SharedRuntimeParts) {
    this.#parts = parts;
    const { process, log } = parts;
    const quiet = async () => {
      await Promise.all(this.#connections.map((connection) => connection.quiet()));
    };
    this.#watch = new ProcessWatch(
      process,
      { quiet, ended: (generation, how) => this.#tellExit(generation, how) },
      log,
    );
    this.#connections = Array.from({ length: connectionCount }, (_, index) =>
      this.#createConnection(index),
    );
    this.#joining = new Joining({
      ...parts.threads,
      log,
      clientOf: (threadId) => this.#connectionOf(threadId).client,
      joined: (opened, activeTurnId) => {
        void this.#heard.bring([{ type: "joined", opened, activeTurnId }]);
      },
    });
    this.#hearing = new Hearing({
      homes: this.#homes,
      watch: this.#watch,
      joining: this.#joining,
      log,
    });
  }

  get isReady(): boolean {
    return this.notReady === undefined;
  }

  /** Ready when every connection is: any of them may be the home of the next thread. */
  get notReady(): string | undefined {
    for (const { client } of this.#connections) {
      const reason = whyNotNow(client);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  get generation(): number {
    return this.#watch.generation;
  }

  get survivor(): string | undefined {
    return this.#parts.process.living?.id;
  }

  async start(): Promise<void> {
    this.#pumping = Promise.all(
      this.#connections.map((connection) =>
        connection.pump(async (batch) =>
          this.#heard.bring(await this.#hearing.sort(connection, batch)),
        ),
      ),
    );
    try {
      // One after the other: the first makes the process.
      for (const connection of this.#connections) await this.#start(connection);
    } catch (error) {
      throw fromAppServerError(error);
    }
    await this.#joining.joinAll(this.#connections[0]!.client);
  }

  take(max: number): Promise<Heard[] | undefined> {
    return this.#heard.take(max);
  }

  /** A process that was found and takes no connection is ended, and another started. */
  async #start({ client }: SharedConnection): Promise<void> {
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

  async request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    if (method === "thread/start" || method === "thread/fork") {
      return this.#homes.whileStarting(this.#requestThread(method, params, options));
    }
    const threadId = threadIdOf({ method, params });
    if (method === "thread/resume" && threadId !== undefined) {
      await this.#joining.bringBack(threadId);
    }
    const connection =
      threadId === undefined ? this.#connections[0]! : this.#connectionOf(threadId);
    return this.#requestOver(connection, method, params, options);
  }

  lookAgain(threadId: string): Promise<void> {
    return this.#joining.joinAgain(threadId);
  }

  follow(threadId: string): Promise<void> {
    return this.#joining.joinIfLoaded(this.#connectionOf(threadId).client, threadId);
  }

  async unfollow(threadId: string): Promise<void> {
    await this.request("thread/unsubscribe", { threadId });
  }

  /**
   * An answer that can't be sent now, since its connection is being made again, is given when codex
   * asks again after it.
   */
  respond({ process, id, threadId }: Question, answer: Answer): boolean {
    if (process !== this.#watch.current?.id) return false;
    const { client } = threadId === null ? this.#connections[0]! : this.#connectionOf(threadId);
    client.respond({ generation: client.generation, id }, answer);
    return true;
  }

  /** Leaves codex as it is. */
  async close(): Promise<void> {
    this.#joining.close();
    await Promise.all(this.#connections.map(({ client }) => client.close()));
    this.#heard.end();
    await this.#pumping;
    const { living } = this.#parts.process;
    if (living === undefined) return;
    this.#parts.log.info(
      { pid: living.pid },
      "The shared app-server runs on; `signalbox runtime stop` ends it",
    );
  }

  #createConnection(index: number): SharedConnection {
    const { process, client: options } = this.#parts;
    const client: AppServerClient = new AppServerClient({
      ...options,
      url: process.url,
      prepare: async (signal) => {
        const last = [...connection.processes.values()].at(-1);
        if (last !== undefined && this.#isSilent)
          await this.#watch.endSilent(this.#watch.idOf(last));
        await this.#watch.ensure(signal);
        connection.processes.set(client.generation, this.#watch.generation);
        connection.processes.delete(client.generation - 2);
      },
    });
    const connection = new SharedConnection(index, client);
    return connection;
  }

  /** No connection brings anything, and one was given up for it. */
  get #isSilent(): boolean {
    const clients = this.#connections.map(({ client }) => client);
    return (
      clients.some(({ isResponsive }) => !isResponsive) &&
      clients.every(({ state, isResponsive }) => state !== "ready" || !isResponsive)
    );
  }

  #connectionOf(threadId: string): SharedConnection {
    return this.#connections[this.#homes.homeOf(threadId)]!;
  }

  async #requestThread<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    const home = this.#homes.nextHome();
    const result = await this.#requestOver(this.#connections[home]!, method, params, options);
    this.#homes.settle((result as ResultOf<"thread/start">).thread.id, home);
    return result;
  }

  /** One process serves all connections: where it is silent on one, nothing is sent over another. */
  #requestOver<M extends ClientMethod>(
    connection: SharedConnection,
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    const silent = this.#connections.find(({ client }) => !client.isResponsive);
    return requestNow((silent ?? connection).client, method, params, options);
  }

  #tellExit(generation: number, how: string): Promise<void> {
    const error = new AppServerError("transport_closed", `The shared app-server ${how}.`);
    return this.#heard.bring([{ type: "runtime", state: "exited", generation, error }]);
  }
}
