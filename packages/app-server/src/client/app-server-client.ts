/**
 * A supervised connection to app-server: typed requests out, everything it says in, and a new
 * connection when one is lost. Knows nothing of handlers and handles; `Codex` is built on it, and so
 * is whatever wants the raw stream.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ClientMethod, ParamsOf, RequestId, ResultOf } from "@signalbox/protocol";
import { untilAborted } from "../abort.ts";
import { AppServerError, isAppServerError } from "../errors.ts";
import type { EventStream } from "../router/event-log.ts";
import { Feed, type FeedOptions } from "../router/feed.ts";
import { isRequest, type Message, type Request } from "../router/message.ts";
import { MessageRouter, type RouterCounters } from "../router/message-router.ts";
import type { Reservation } from "../router/turn-registry.ts";
import type { TurnRecord } from "../router/turn-record.ts";
import { Connection, type RuntimeInfo } from "../rpc/connection.ts";
import { Requester, type RequestOptions } from "../rpc/requester.ts";
import { backoffDelay } from "../supervision/backoff.ts";
import { LiveThreads } from "../supervision/live-threads.ts";
import { Recovery } from "../supervision/recovery.ts";
import type { FeedEvent, RuntimeEvent } from "./feed-event.ts";
import { type ClientOptions, type ResolvedOptions, resolveOptions } from "./options.ts";

export type ClientState = "idle" | "starting" | "ready" | "restarting" | "closed";

/** The answer to a server request: a result as the protocol says for its method, or a JSON-RPC error. */
export type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };

export class AppServerClient implements AsyncDisposable {
  /** The threads this client is subscribed to. */
  readonly threads = new LiveThreads();
  readonly #options: ResolvedOptions;
  readonly #router: MessageRouter;
  readonly #requester: Requester;
  readonly #recovery: Recovery;
  readonly #feeds = new Set<Feed<FeedEvent>>();
  readonly #exitListeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #state: ClientState = "idle";
  #generation = 0;
  #connection: Connection | undefined;
  #info: RuntimeInfo | undefined;
  #starting: Promise<RuntimeInfo> | undefined;
  #ready = Promise.withResolvers<void>();
  #supervising: Promise<void> | undefined;
  #pausedBy = 0;
  #failure: AppServerError | undefined;
  #closed: Promise<void> | undefined;

  /** Throws `invalid_input` for options that exclude each other. Nothing is started yet. */
  constructor(options: ClientOptions = {}) {
    this.#options = resolveOptions(options);
    const { log } = this.#options;
    this.#router = new MessageRouter((text, why) =>
      log({ level: "warn", message: `Left out a text from app-server: ${why}.`, fields: { starts: text.slice(0, 200), length: text.length } }),
    );
    this.#requester = new Requester(this.#router.pending);
    this.#recovery = new Recovery(this.#router, this.threads, (threadId, error) =>
      log({ level: "warn", message: "A thread could not be resumed.", fields: { threadId, error: String(error) } }),
    );
    this.#router.observe((message) => this.#follow(message));
    this.#router.tap((message) => this.#feed(message));
    this.#ready.promise.catch(() => {});
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Counts connections, from 1; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  /** What the running codex said of itself at the last handshake. */
  get info(): RuntimeInfo | undefined {
    return this.#info;
  }

  /** What was received that nobody could be given. */
  get counters(): Readonly<RouterCounters> {
    return this.#router.counters;
  }

  /**
   * Starts app-server and does the handshake; concurrent calls share one start. After a failure the
   * process is gone, the client as before, and `start` may be called again.
   * Rejects with `codex_not_found`, `codex_too_old`, `codex_start_failed`, `timeout`, `aborted` or `client_closed`.
   */
  start(signal?: AbortSignal): Promise<RuntimeInfo> {
    this.#starting ??= this.#firstStart(signal).catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /**
   * Sends a request, typed by its method; starts the client if need be, and waits for a restart that
   * is under way. At most 64 are in flight, the rest wait their turn. -32001 is tried again by itself;
   * nothing else is. Rejects with an error whose `code` tells the meaning (`RpcError` for what
   * app-server answered); `ambiguous` tells that a write may have been executed.
   */
  async request<M extends ClientMethod>(method: M, params: ParamsOf<M>, options?: RequestOptions): Promise<ResultOf<M>> {
    const result = await this.#requester.request(this.#outlet, method, params, options);
    this.#noteSubscription(method, params, result);
    return result;
  }

  /**
   * Answers a server request. False when its connection is gone: nobody waits for the answer any
   * more. A second answer to the same request is ignored by app-server.
   */
  respond(request: { generation: number; id: RequestId }, answer: Answer): boolean {
    if (request.generation !== this.#generation || !this.#connection?.isOpen) return false;
    try {
      this.#connection.send({ id: request.id, ...answer });
      return true;
    } catch (error) {
      if (isAppServerError(error) && error.code === "transport_closed") return false;
      throw error;
    }
  }

  /**
   * Everything app-server says and what becomes of its process, from now on, in one order, nothing
   * left out. Opened before `start()`, it misses nothing. A full feed stops the reading: see `Feed`.
   */
  feed(options: FeedOptions = {}): Feed<FeedEvent> {
    const feed = new Feed<FeedEvent>(options, this.#valve, (closed) => this.#feeds.delete(closed));
    if (this.#state === "closed") feed.end();
    else this.#feeds.add(feed);
    return feed;
  }

  /** What belongs to no turn, for consumers that may lose the oldest when they are slow. */
  unscoped(): EventStream<Message> {
    return this.#router.unscoped();
  }

  /** Everything said from now on, of one thread or of all, for consumers that may lose deltas when they are slow. */
  subscribe(threadId?: string): EventStream<Message> {
    return this.#router.subscribe(threadId);
  }

  /** Holds a thread for a `turn/start` in flight: see `TurnRegistry`. */
  reserve(threadId: string): Reservation {
    return this.#router.turns.reserve(threadId);
  }

  /** The record of a turn that somebody else started. */
  watchTurn(threadId: string, turnId: string): TurnRecord {
    return this.#router.turns.watch(threadId, turnId);
  }

  /** Calls `listener` with every server request, on the reader: it must return at once. */
  onRequest(listener: (request: { generation: number; message: Request }) => void): void {
    this.#router.observe((message) => {
      if (isRequest(message)) listener({ generation: this.#generation, message });
    });
  }

  /** Calls `listener` with every `serverRequest/resolved`, on the reader. */
  onRequestResolved(listener: (id: RequestId) => void): void {
    this.#router.observe((message) => {
      if (message.method === "serverRequest/resolved") listener(message.params.requestId);
    });
  }

  /** Calls `listener` with every turn that ended, on the reader. */
  onTurnEnd(listener: (turnId: string) => void): void {
    this.#router.observe((message) => {
      if (message.method === "turn/completed") listener(message.params.turn.id);
    });
  }

  /** Calls `listener` when a connection has ended, before a next one is made. */
  onExit(listener: () => void): void {
    this.#exitListeners.add(listener);
  }

  /**
   * Ends the process (stdin EOF, then SIGTERM, then SIGKILL) or the connection, and settles every
   * waiter with `client_closed`. Idempotent; resolves when the process is gone.
   */
  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #firstStart(signal?: AbortSignal): Promise<RuntimeInfo> {
    if (this.#failure) throw this.#failure;
    this.#state = "starting";
    try {
      const scope = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
      const connection = await this.#connect(scope);
      this.#becomeReady(connection);
      this.#supervising = this.#supervise(connection);
      return connection.info;
    } catch (error) {
      if (this.#failure) throw this.#failure;
      this.#state = "idle";
      throw error;
    }
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const { clientInfo, capabilities, startDeadline: deadline } = this.#options;
    this.#generation += 1;
    const transport = this.#options.createTransport();
    const connection = await Connection.open(transport, this.#router, { clientInfo, capabilities, deadline }, signal);
    this.#connection = connection;
    this.#info = connection.info;
    void connection.ended.then((error) => this.#exited(error));
    if (this.#pausedBy > 0) connection.pause();
    this.#tell({ type: "runtime", state: "started", generation: this.#generation, info: connection.info });
    return connection;
  }

  #becomeReady(connection: Connection): void {
    if (!connection.isOpen || this.#state === "closed") return;
    this.#state = "ready";
    this.#ready.resolve();
  }

  /** Follows one connection after the other until the client is closed or gives up. */
  async #supervise(first: Connection): Promise<void> {
    const { restart, log } = this.#options;
    let connection: Connection = first;
    let attempt = 0;
    for (;;) {
      const since = performance.now();
      const error = await connection.ended;
      if (this.#closing.signal.aborted) return;
      log({ level: "warn", message: "app-server is gone.", fields: { generation: this.#generation, error: error.message } });
      await connection.close();
      if (restart === false) return this.#giveUp(error);
      if (performance.now() - since >= restart.stableAfter) attempt = 0;
      for (;;) {
        attempt += 1;
        if (attempt > restart.maxAttempts) return this.#giveUp(error);
        const wait = backoffDelay(attempt, restart);
        this.#tell({ type: "runtime", state: "restarting", generation: this.#generation, attempt, delay: wait });
        try {
          await delay(wait, undefined, { signal: this.#closing.signal });
          connection = await this.#connect(this.#closing.signal);
          break;
        } catch (failed) {
          if (this.#closing.signal.aborted) return;
          log({ level: "error", message: "app-server could not be restarted.", fields: { attempt, error: String(failed) } });
        }
      }
      await this.#recovery.resumeAll(this.#callNow);
      this.#becomeReady(connection);
    }
  }

  #exited(error: AppServerError): void {
    if (this.#state !== "closed") this.#state = "restarting";
    this.#ready.resolve();
    this.#ready = Promise.withResolvers<void>();
    this.#ready.promise.catch(() => {});
    this.#router.pending.failAll(error);
    this.#router.forgetRequests();
    for (const listener of this.#exitListeners) listener();
    this.#tell({ type: "runtime", state: "exited", generation: this.#generation, error });
  }

  #giveUp(error: AppServerError): void {
    this.#failure ??= error;
    this.#state = "closed";
    this.#ready.reject(this.#failure);
    this.#router.failAll(this.#failure);
    this.threads.wakeAll();
    for (const feed of this.#feeds) feed.end();
  }

  async #shutDown(): Promise<void> {
    this.#failure ??= new AppServerError("client_closed", "The client was closed.");
    this.#state = "closed";
    this.#closing.abort(this.#failure);
    this.#ready.reject(this.#failure);
    this.#router.failAll(this.#failure);
    this.threads.wakeAll();
    await this.#starting?.catch(() => {});
    await this.#connection?.close();
    await this.#supervising;
    for (const feed of this.#feeds) feed.end();
  }

  #feed(message: Message): void {
    if (this.#feeds.size === 0) return;
    const generation = this.#generation;
    for (const feed of this.#feeds) {
      feed.push(
        isRequest(message) ? { type: "request", generation, message } : { type: "notification", generation, message },
      );
    }
  }

  #follow(message: Message): void {
    this.threads.observe(message);
    if (message.method === "thread/status/changed" && message.params.status?.type === "idle") {
      this.#watchForEnd(message.params.threadId);
    }
  }

  /** A thread that is idle while a turn is open has ended it without telling us, if the end does not follow soon. */
  #watchForEnd(threadId: string): void {
    const turnId = this.threads.get(threadId)?.activeTurnId;
    if (turnId === undefined) return;
    setTimeout(() => {
      const thread = this.threads.get(threadId);
      if (this.#state !== "ready" || thread?.activeTurnId !== turnId || thread.status.type !== "idle") return;
      this.#recovery.reconcile(threadId, this.#callNow).catch((error) => {
        this.#options.log({ level: "warn", message: "A turn's end could not be looked up.", fields: { threadId, error: String(error) } });
      });
    }, this.#options.idleGrace).unref();
  }

  #tell(event: RuntimeEvent): void {
    for (const feed of this.#feeds) feed.push(event);
  }

  /** Starting, resuming or forking a thread subscribes to it; these are the threads to bring back after a restart. */
  #noteSubscription(method: ClientMethod, params: unknown, result: unknown): void {
    switch (method) {
      case "thread/start":
      case "thread/resume":
      case "thread/fork":
        return this.threads.add((result as ResultOf<"thread/start">).thread);
      case "thread/unsubscribe":
        return this.threads.remove((params as ParamsOf<"thread/unsubscribe">).threadId);
      default:
    }
  }

  readonly #valve = {
    pause: () => {
      this.#pausedBy += 1;
      if (this.#pausedBy === 1) this.#connection?.pause();
    },
    resume: () => {
      this.#pausedBy -= 1;
      if (this.#pausedBy === 0) this.#connection?.resume();
    },
  };

  readonly #outlet = {
    ready: async (signal: AbortSignal): Promise<void> => {
      while (this.#state !== "ready") {
        if (this.#failure) throw this.#failure;
        await untilAborted<unknown>(this.#state === "restarting" ? this.#ready.promise : this.start(), signal);
      }
    },
    check: (method: string, params: unknown) => this.#connection?.support.check(method, params),
    send: (message: object) => {
      if (!this.#connection) throw this.#failure ?? new AppServerError("transport_closed", "There is no connection.");
      this.#connection.send(message);
    },
  };

  /** For recovery, which must not wait until it is done itself. */
  readonly #callNow = <M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> =>
    this.#requester.request({ ...this.#outlet, ready: async () => {} }, method, params, { deadline: 30_000 });
}
