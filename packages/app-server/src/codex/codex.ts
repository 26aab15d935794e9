/** Codex for programs: threads, turns, questions, models and accounts over one supervised app-server. */
import type {
  Model,
  ParamsOf,
  ResultOf,
  ServerRequestMethod,
  Thread as ThreadInfo,
} from "@signalbox/protocol";
import { AppServerClient } from "../client/app-server-client.ts";
import { type ClientOptions, toSafeLog } from "../client/options.ts";
import { AppServerError } from "../errors.ts";
import {
  type HandlerOptions,
  RequestBroker,
  type RequestHandler,
} from "../requests/request-broker.ts";
import type { EventStream } from "../router/event-stream.ts";
import type { Message } from "../router/message.ts";
import type { RuntimeInfo } from "../rpc/connection.ts";
import { Login } from "./login.ts";
import {
  checkThreadOptions,
  type ForkOptions,
  type ResumeOptions,
  type ThreadOptions,
} from "./options.ts";
import { Thread } from "./thread.ts";
import { TurnGate } from "./turn-gate.ts";

export type CodexOptions = ClientOptions & {
  /** How long a request handler may take by default, in ms; then the safe answer is given. Default: 600,000. */
  requestDeadline?: number;
};

/** A person's login, or one with a key. */
export type LoginOptions = { type: "chatgpt" } | { type: "chatgptDeviceCode" };

/**
 * One Codex over one app-server. Nothing is started before the first call that needs it; concurrent
 * first calls share one start. `await using` it, or `close()` it: the process ends with it.
 */
export class Codex implements AsyncDisposable {
  /** Every app-server method, typed: for what has no method of its own here. */
  readonly client: AppServerClient;
  readonly #broker: RequestBroker;
  readonly #gates = new Map<string, WeakRef<TurnGate>>();
  readonly #forgottenGates = new FinalizationRegistry<string>((threadId) => {
    if (!this.#gates.get(threadId)?.deref()) this.#gates.delete(threadId);
  });

  /** Throws `invalid_input` for options that exclude each other. */
  constructor(options: CodexOptions = {}) {
    const { requestDeadline = 600_000, ...clientOptions } = options;
    this.client = new AppServerClient(clientOptions);
    this.#broker = new RequestBroker(this.client, requestDeadline, toSafeLog(clientOptions.log));
  }

  /** Starts app-server now: see `AppServerClient.start`. */
  start(signal?: AbortSignal): Promise<RuntimeInfo> {
    return this.client.start(signal);
  }

  /** A new thread. */
  async startThread(options: ThreadOptions = {}): Promise<Thread> {
    checkThreadOptions(options);
    return this.#thread((await this.client.request("thread/start", options)).thread);
  }

  /** A thread of before, with its history; also one that runs. Rejects with `unknown_thread` or `no_rollout`. */
  async resumeThread(threadId: string, options: ResumeOptions = {}): Promise<Thread> {
    checkThreadOptions(options);
    const params = { excludeTurns: true, ...options, threadId };
    const { thread } = await this.client.request("thread/resume", params);
    if (thread.status.type === "active") await this.#learnActiveTurn(threadId);
    return this.#thread(thread);
  }

  /** A new thread that begins with the history of another. */
  async forkThread(threadId: string, options: ForkOptions = {}): Promise<Thread> {
    checkThreadOptions(options);
    return this.#thread(
      (await this.client.request("thread/fork", { excludeTurns: true, ...options, threadId }))
        .thread,
    );
  }

  /** Stored threads, newest first unless asked otherwise, page by page as they are read. */
  async *listThreads(
    options: Omit<ParamsOf<"thread/list">, "cursor"> = {},
  ): AsyncGenerator<ThreadInfo, undefined> {
    let cursor: string | null = null;
    do {
      const page: ResultOf<"thread/list"> = await this.client.request("thread/list", {
        ...options,
        cursor,
      });
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  /** Brings an archived thread back. */
  async unarchiveThread(threadId: string): Promise<ThreadInfo> {
    return (await this.client.request("thread/unarchive", { threadId })).thread;
  }

  /** The models that can be asked for. */
  async models(options: Omit<ParamsOf<"model/list">, "cursor"> = {}): Promise<Model[]> {
    const models: Model[] = [];
    let cursor: string | null = null;
    do {
      const page: ResultOf<"model/list"> = await this.client.request("model/list", {
        ...options,
        cursor,
      });
      models.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return models;
  }

  /**
   * Answers one kind of question from now on: approvals, user input, elicitations, tool calls.
   * Without a handler each kind gets its safe answer at once; nothing is ever accepted by default.
   * Returns an idempotent way to stop. Throws `invalid_input` when the kind has a handler already.
   */
  onRequest<M extends ServerRequestMethod>(
    method: M,
    handler: RequestHandler<M>,
    options?: HandlerOptions,
  ): () => void {
    return this.#broker.on(method, handler, options);
  }

  /** What belongs to no turn: threads coming and going, accounts, warnings, configuration. */
  events(): EventStream<Message> {
    return this.client.unscoped();
  }

  account(options: ParamsOf<"account/read"> = {}): Promise<ResultOf<"account/read">> {
    return this.client.request("account/read", options);
  }

  /** Begins a login that a person finishes; nothing is stored before they do. */
  async login({ type }: LoginOptions): Promise<Login> {
    const stream = this.client.subscribe();
    try {
      const started = await this.client.request("account/login/start", { type });
      switch (started.type) {
        case "chatgpt":
          return new Login(this.client, stream, { loginId: started.loginId, url: started.authUrl });
        case "chatgptDeviceCode":
          return new Login(this.client, stream, {
            loginId: started.loginId,
            url: started.verificationUrl,
            userCode: started.userCode,
          });
        default:
          throw new AppServerError(
            "internal",
            `codex began a login of type ${started.type} instead of ${type}.`,
          );
      }
    } catch (error) {
      await stream.return();
      throw error;
    }
  }

  /** Logs in with an API key, which codex stores. */
  async loginWithApiKey(apiKey: string): Promise<void> {
    await this.client.request("account/login/start", { type: "apiKey", apiKey });
  }

  async logout(): Promise<void> {
    await this.client.request("account/logout", undefined);
  }

  /** Ends app-server and settles whatever waits with `client_closed`. Idempotent. */
  close(): Promise<void> {
    return this.client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Nothing tells a client that joins which turn runs; reading the newest one does. */
  async #learnActiveTurn(threadId: string): Promise<void> {
    const { data } = await this.client.request("thread/turns/list", {
      threadId,
      limit: 1,
      sortDirection: "desc",
      itemsView: "notLoaded",
    });
    const newest = data[0];
    if (newest?.status === "inProgress") this.client.threads.join(threadId, newest.id);
  }

  #thread(info: ThreadInfo): Thread {
    return new Thread(this.client, this.#broker, this.#gateOf(info.id), info);
  }

  /** One gate a thread, for all its handles and as long as one of them or a turn needs it. */
  #gateOf(threadId: string): TurnGate {
    const known = this.#gates.get(threadId)?.deref();
    if (known) return known;
    const gate = new TurnGate(this.client, threadId);
    this.#gates.set(threadId, new WeakRef(gate));
    this.#forgottenGates.register(gate, threadId);
    return gate;
  }
}
