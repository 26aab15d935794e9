/**
 * Keeps a connection alive: starts the first, notices the end of each, and makes the next one, with
 * waits that grow while they fail. Knows nothing of what is said over them.
 */
import { setTimeout as delay } from "node:timers/promises";
import { untilAborted } from "../abort.ts";
import type { RestartOptions } from "../client/options.ts";
import type { AppServerError } from "../errors.ts";
import type { Connection, RuntimeInfo } from "../rpc/connection.ts";
import { backoffDelay } from "./backoff.ts";

export type ClientState = "idle" | "starting" | "ready" | "restarting" | "closed";

/** What a supervisor asks for and reports, in the order things happen. */
export type Supervised = {
  /** Makes a connection and shakes hands; rejects with the reason when that fails. */
  connect(signal: AbortSignal): Promise<Connection>;
  started(info: RuntimeInfo): void;
  /** The connection has ended; nothing sent over it will be answered. */
  exited(error: AppServerError): void;
  /** The next attempt comes in `wait` ms; `failure` is why the one before failed, if one did. */
  restarting(attempt: number, wait: number, failure: unknown): void;
  /** Brings back what the connection before had, on a new one that nobody else uses yet. Never rejects. */
  recover(): Promise<void>;
  /** There will be no connection any more. */
  gaveUp(error: AppServerError): void;
};

export class Supervisor {
  readonly #restart: Required<RestartOptions> | false;
  readonly #supervised: Supervised;
  readonly #closing = new AbortController();
  #state: ClientState = "idle";
  #generation = 0;
  #connection: Connection | undefined;
  #starting: Promise<RuntimeInfo> | undefined;
  #watching: Promise<void> | undefined;
  #ready = newReadiness();
  #failure: AppServerError | undefined;

  constructor(restart: Required<RestartOptions> | false, supervised: Supervised) {
    this.#restart = restart;
    this.#supervised = supervised;
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Counts connections, from 1. */
  get generation(): number {
    return this.#generation;
  }

  /** The newest connection, open or not. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Concurrent calls share one start; after a failure everything is as before, and `start` may be called again. */
  async start(signal?: AbortSignal): Promise<RuntimeInfo> {
    this.#refuseWhenClosed();
    this.#starting ??= this.#start(signal).catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** Resolves when requests may be sent, starting or waiting for a restart if need be. */
  async ready(signal: AbortSignal): Promise<void> {
    while (this.#state !== "ready") {
      this.#refuseWhenClosed();
      await untilAborted<unknown>(
        this.#state === "restarting" ? this.#ready.promise : this.start(),
        signal,
      );
    }
  }

  /** Ends the connection for good. Everything that waits, and will wait, gets `reason`. */
  async close(reason: AppServerError): Promise<void> {
    this.#end(reason);
    this.#closing.abort(reason);
    await this.#starting?.catch(() => {});
    await this.#connection?.close();
    await this.#watching;
  }

  async #start(signal?: AbortSignal): Promise<RuntimeInfo> {
    this.#refuseWhenClosed();
    this.#state = "starting";
    try {
      const connection = await this.#connect(signal);
      this.#becomeReady(connection);
      this.#watching = this.#watch(connection);
      return connection.info;
    } catch (error) {
      this.#refuseWhenClosed();
      this.#state = "idle";
      throw error;
    }
  }

  async #connect(signal?: AbortSignal): Promise<Connection> {
    const scope = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    this.#generation += 1;
    const connection = await this.#supervised.connect(scope);
    this.#connection = connection;
    void connection.ended.then((error) => this.#exited(error));
    this.#supervised.started(connection.info);
    return connection;
  }

  /** Follows one connection after the other until it is closed or gives up. */
  async #watch(first: Connection): Promise<void> {
    let attempt = 0;
    for (let connection: Connection | undefined = first; connection; ) {
      const since = performance.now();
      const error = await connection.ended;
      await connection.close();
      if (this.#closing.signal.aborted) return;
      if (this.#restart === false) return this.#giveUp(error);
      if (performance.now() - since >= this.#restart.stableAfter) attempt = 0;
      connection = undefined;
      for (let failure: unknown = error; !connection; ) {
        attempt += 1;
        if (attempt > this.#restart.maxAttempts) return this.#giveUp(error);
        const wait = backoffDelay(attempt, this.#restart);
        this.#supervised.restarting(attempt, wait, failure);
        try {
          await delay(wait, undefined, { signal: this.#closing.signal });
          connection = await this.#connect();
          // Closed while it was made: then nobody else knows of it.
          if (this.#closing.signal.aborted) return await connection.close();
        } catch (reason) {
          if (this.#closing.signal.aborted) return;
          failure = reason;
        }
      }
      await this.#supervised.recover();
      this.#becomeReady(connection);
    }
  }

  #becomeReady(connection: Connection): void {
    if (!connection.isOpen || this.#state === "closed") return;
    this.#state = "ready";
    this.#ready.resolve();
  }

  #exited(error: AppServerError): void {
    if (this.#state !== "closed") {
      this.#state = "restarting";
      this.#ready = newReadiness();
    }
    this.#supervised.exited(error);
  }

  #giveUp(error: AppServerError): void {
    this.#end(error);
    this.#supervised.gaveUp(error);
  }

  #end(reason: AppServerError): void {
    this.#failure ??= reason;
    this.#state = "closed";
    this.#ready.reject(this.#failure);
  }

  #refuseWhenClosed(): void {
    if (this.#failure) throw this.#failure;
  }
}

/** Nobody has to wait for it. */
function newReadiness(): PromiseWithResolvers<void> {
  const readiness = Promise.withResolvers<void>();
  readiness.promise.catch(() => {});
  return readiness;
}
