/**
 * A supervised connection to app-server: typed requests out, everything it says in, and a new
 * connection when one is lost. Knows nothing of handlers and handles; `Codex` is built on it, and so
 * is whatever wants the raw stream.
 */
import type { ClientMethod, ParamsOf, RequestId, ResultOf } from "@signalbox/protocol";
import { AppServerError, isAppServerError } from "../errors.ts";
import type { EventStream } from "../router/event-stream.ts";
import type { Feed, FeedOptions } from "../router/feed.ts";
import { isRequest, type Message, type Request } from "../router/message.ts";
import { MessageRouter, type RouterCounters } from "../router/message-router.ts";
import type { TurnRecord } from "../router/turn-record.ts";
import type { Reservation } from "../router/turn-registry.ts";
import type { RuntimeInfo } from "../rpc/connection.ts";
import { type Outlet, Requester, type RequestOptions } from "../rpc/requester.ts";
import { LiveThreads } from "../supervision/live-threads.ts";
import { Liveness } from "../supervision/liveness.ts";
import { type Call, Recovery } from "../supervision/recovery.ts";
import { Subscriptions } from "../supervision/subscriptions.ts";
import type { ClientState, Supervisor } from "../supervision/supervisor.ts";
import type { HeardSince, ThreadMark } from "../supervision/thread-mark.ts";
import type { FeedEvent } from "./feed-event.ts";
import { Feeds } from "./feeds.ts";
import { type ClientOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { supervise } from "./supervise.ts";

/** The answer to a server request: a result as the protocol says for its method, or a JSON-RPC error. */
export type Answer =
  | { result: unknown }
  | { error: { code: number; message: string; data?: unknown } };

export class AppServerClient implements AsyncDisposable {
  /** The threads this client is subscribed to. */
  readonly threads = new LiveThreads();
  readonly #options: ResolvedOptions;
  readonly #router: MessageRouter;
  readonly #requester: Requester;
  readonly #recovery: Recovery;
  readonly #supervisor: Supervisor;
  readonly #liveness: Liveness;
  readonly #subscriptions: Subscriptions;
  readonly #feeds = new Feeds({
    pause: () => this.#supervisor.connection?.pause(),
    resume: () => this.#supervisor.connection?.resume(),
  });
  readonly #exitListeners: (() => void)[] = [];
  #closed: Promise<void> | undefined;

  /** Throws `invalid_input` for options that exclude each other. Nothing is started yet. */
  constructor(options: ClientOptions = {}) {
    this.#options = resolveOptions(options);
    this.#router = new MessageRouter((text, why) => {
      const fields = { starts: text.slice(0, 200), length: text.length };
      this.#warn(`Left out a text from app-server: ${why}.`, fields);
    });
    this.#requester = new Requester(this.#router.pending);
    this.#recovery = new Recovery(this.#router, this.threads, {
      goesOn: this.#options.outlivesConnection,
      onLost: (threadId, error) =>
        this.#warn("A thread could not be resumed.", { threadId, error: String(error) }),
      onDeltasLost: (threadId, turnId) =>
        this.#feeds.tell({ type: "deltas_lost", generation: this.generation, threadId, turnId }),
    });
    this.#liveness = new Liveness(this.#options.unresponsiveAfter);
    this.#supervisor = supervise({
      options: this.#options,
      router: this.#router,
      feeds: this.#feeds,
      liveness: this.#liveness,
      warn: (message, fields) => this.#warn(message, fields),
      exited: () => {
        for (const listener of this.#exitListeners) listener();
      },
      recover: () => this.#recovery.resumeAll(this.#callNow),
      gaveUp: (error) => this.#settleAll(error),
    });
    this.#router.observe((message) => this.threads.observe(message));
    this.#subscriptions = new Subscriptions({
      threads: this.threads,
      recovery: this.#recovery,
      call: this.#callNow,
      isReady: () => this.state === "ready",
      goesOn: this.#options.outlivesConnection,
      idleGrace: this.#options.idleGrace,
      warn: (message, fields) => this.#warn(message, fields),
    });
    this.#router.observe((message) => this.#subscriptions.observe(message));
    this.#router.tap((message, bytes) => this.#feeds.push(message, this.generation, bytes));
  }

  get state(): ClientState {
    return this.#supervisor.state;
  }

  /** False while app-server, asked for a sign of life, gives none for `unresponsiveAfter` or half of it. */
  get isResponsive(): boolean {
    return this.#liveness.isResponsive;
  }

  /** Counts connections, from 1; 0 before the first. */
  get generation(): number {
    return this.#supervisor.generation;
  }

  /** What the running codex said of itself at the last handshake. */
  get info(): RuntimeInfo | undefined {
    return this.#supervisor.connection?.info;
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
    return this.#supervisor.start(signal);
  }

  /**
   * Sends a request, typed by its method; starts the client if need be, and waits for a restart that
   * is under way. At most 64 are in flight, the rest wait their turn. -32001 is tried again by itself;
   * nothing else is. Rejects with an error whose `code` tells the meaning (`RpcError` for what
   * app-server answered); `ambiguous` tells that a write may have been executed.
   */
  request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    // At once: a turn that somebody else starts may be told right behind the answer.
    const heard = (result: ResultOf<M>) => this.#subscriptions.note(method, params, result);
    return this.#requester.request(this.#outlet, method, params, options, heard);
  }

  /**
   * Subscribes to a thread that others run on the same app-server, and tells what happened since
   * `from` before anything new: since a mark, every turn after it; since a time, the turns that run or
   * ended from then on; by default since now. A thread that is joined is resumed after each loss of
   * the connection. `onResumed` is called before anything of the
   * thread is told. Rejects as `thread/resume` does: `no_rollout` for a thread nobody has spoken in.
   */
  join(
    threadId: string,
    from?: ThreadMark | HeardSince,
    onResumed: (resumed: ResultOf<"thread/resume">) => void = () => {},
  ): Promise<void> {
    return this.#recovery.join(threadId, from, this.#callNow, onResumed);
  }

  /**
   * Answers a server request. False when its connection is gone: nobody waits for the answer any
   * more. A second answer to the same request is ignored by app-server.
   */
  respond(request: { generation: number; id: RequestId }, answer: Answer): boolean {
    const { connection } = this.#supervisor;
    if (request.generation !== this.generation || !connection?.isOpen) return false;
    try {
      connection.send({ id: request.id, ...answer });
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
    const feed = this.#feeds.open(options);
    if (this.state === "closed") feed.end();
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

  /** Turns recorded now, because they run and somebody watches them or starts one. */
  get turnsHeld(): number {
    return this.#router.turns.size;
  }

  /** Holds a thread for a `turn/start` in flight, so that nothing of the turn is missed. */
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
      if (isRequest(message)) listener({ generation: this.generation, message });
    });
  }

  /** Calls `listener` with the id of every question that is settled, on the reader. */
  onRequestResolved(listener: (id: RequestId) => void): void {
    this.#router.observe((message) => {
      if (message.method === "serverRequest/resolved") listener(message.params.requestId);
    });
  }

  /** Calls `listener` with the id of every turn that ended, on the reader. */
  onTurnEnd(listener: (turnId: string) => void): void {
    this.#router.observe((message) => {
      if (message.method === "turn/completed") listener(message.params.turn.id);
    });
  }

  /** Calls `listener` when a connection has ended, before a next one is made. */
  onExit(listener: () => void): void {
    this.#exitListeners.push(listener);
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

  async #shutDown(): Promise<void> {
    const reason = new AppServerError("client_closed", "The client was closed.");
    const closing = this.#supervisor.close(reason);
    this.#router.failAll(reason);
    await closing;
    this.#settleAll(reason);
  }

  #settleAll(error: AppServerError): void {
    this.#router.failAll(error);
    this.threads.wakeAll();
    this.#feeds.end();
  }

  #warn(message: string, fields: Record<string, unknown>): void {
    this.#options.log({ level: "warn", message, fields });
  }

  readonly #outlet: Outlet = {
    ready: (signal) => this.#supervisor.ready(signal),
    check: (method, params) => this.#supervisor.connection?.support.check(method, params),
    send: (message) => this.#supervisor.connection?.send(message),
  };

  /** For recovery, which must not wait until it is done itself. */
  readonly #callNow: Call = (method, params) =>
    this.#requester.request(
      { ...this.#outlet, ready: async () => {}, isRecovery: true },
      method,
      params,
      { deadline: 30_000 },
    );
}
