/**
 * Brings each question app-server asks to one handler and its answer back, off the reader: a handler
 * may take as long as its deadline lets it, and nothing else waits for it.
 */
import {
  type AnswerOf,
  type RequestId,
  type RequestParams,
  type ServerRequest,
  type ServerRequestMethod,
  threadIdOf,
  turnIdOf,
} from "@signalbox/protocol";
import { LONGEST_WAIT } from "../abort.ts";
import type { Answer, AppServerClient } from "../client/app-server-client.ts";
import type { LogEntry } from "../client/options.ts";
import { AppServerError } from "../errors.ts";
import { safeAnswer } from "./safe-answers.ts";

export type RequestContext = {
  /** app-server's id of the question; unique only within the life of one process. */
  id: RequestId;
  threadId: string | undefined;
  turnId: string | undefined;
  /**
   * Fires when the answer is no longer wanted: the deadline passed, another client answered, the turn
   * ended, or the process is gone. Its reason says which.
   */
  signal: AbortSignal;
};

/** Answers one kind of question. Throwing, or a late answer, leaves the safe answer to be given. */
export type RequestHandler<M extends ServerRequestMethod> = (
  params: RequestParams<M>,
  context: RequestContext,
) => AnswerOf<M> | Promise<AnswerOf<M>>;

export type HandlerOptions = {
  /** Only questions of this thread; such a handler goes before one for all threads. */
  threadId?: string;
  /** How long the handler may take, in ms; then the safe answer is given. Default: the broker's. */
  deadline?: number;
};

type Registration = { handler: RequestHandler<ServerRequestMethod>; deadline: number };
type OpenRequest = { turnId: string | undefined; withdraw: (why: string) => void };

/** Questions that may wait for an answer at the same time; the next ones get the safe answer. */
const MAX_OPEN = 1_024;
/** Answers kept to be given again when app-server asks again under the same id. */
const MAX_ANSWERED = 1_024;

export class RequestBroker {
  readonly #client: AppServerClient;
  readonly #deadline: number;
  readonly #log: (entry: LogEntry) => void;
  readonly #handlers = new Map<string, Registration>();
  readonly #open = new Map<RequestId, OpenRequest>();
  readonly #answered = new Map<RequestId, Answer>();

  /** `deadline`: how long a handler may take by default, in ms. */
  constructor(client: AppServerClient, deadline: number, log: (entry: LogEntry) => void) {
    this.#client = client;
    this.#deadline = deadline;
    this.#log = log;
    client.onRequest(({ generation, message }) => this.#take(generation, message));
    client.onTurnEnd((turnId) => this.#withdrawTurn(turnId));
    client.onRequestResolved((id) => this.#open.get(id)?.withdraw("it was resolved elsewhere"));
    client.onExit(() => {
      for (const request of this.#open.values()) request.withdraw("the process that asked is gone");
      this.#answered.clear();
    });
  }

  /** Questions that wait for an answer. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers one kind of question from now on. Returns an idempotent way to stop.
   * Throws `invalid_input` when this kind has a handler (for that thread) already: a question has one answer.
   */
  on<M extends ServerRequestMethod>(
    method: M,
    handler: RequestHandler<M>,
    options: HandlerOptions = {},
  ): () => void {
    const key = handlerKey(method, options.threadId);
    if (this.#handlers.has(key)) {
      throw new AppServerError(
        "invalid_input",
        `${method} has a handler already. Unregister it first.`,
      );
    }
    const registration: Registration = {
      handler: handler as unknown as RequestHandler<ServerRequestMethod>,
      deadline: options.deadline ?? this.#deadline,
    };
    this.#handlers.set(key, registration);
    return () => {
      if (this.#handlers.get(key) === registration) this.#handlers.delete(key);
    };
  }

  /** On the reader: only decides who will answer. */
  #take(generation: number, request: ServerRequest): void {
    if (this.#open.has(request.id)) return;
    const given = this.#answered.get(request.id);
    if (given) {
      this.#client.respond({ generation, id: request.id }, given);
      return;
    }
    const threadId = threadIdOf(request);
    const registration =
      this.#handlers.get(handlerKey(request.method, threadId)) ??
      this.#handlers.get(handlerKey(request.method));
    if (!registration) {
      return this.#refuse(generation, request, `Nobody answers ${request.method} here.`);
    }
    if (this.#open.size >= MAX_OPEN) {
      return this.#refuse(generation, request, `Too many questions are open (${MAX_OPEN}).`);
    }
    const withdrawn = new AbortController();
    const context = {
      id: request.id,
      threadId,
      turnId: turnIdOf(request),
      signal: withdrawn.signal,
    };
    const open: OpenRequest = {
      turnId: context.turnId,
      withdraw: (why) => {
        clearTimeout(timer);
        if (!this.#close(request.id, open)) return;
        withdrawn.abort(new AppServerError("aborted", `The question is no longer open: ${why}.`));
      },
    };
    const timer = setTimeout(
      () => {
        if (this.#open.get(request.id) !== open) return;
        this.#refuse(generation, request, `No answer came within ${registration.deadline} ms.`);
        open.withdraw("its deadline passed");
      },
      Math.min(registration.deadline, LONGEST_WAIT),
    );
    this.#open.set(request.id, open);
    Promise.resolve()
      .then(() => registration.handler(request.params, context))
      .then(
        (result) => this.#settle(generation, request, open, timer, result),
        (error: unknown) => this.#settle(generation, request, open, timer, undefined, error),
      );
  }

  #settle(
    generation: number,
    request: ServerRequest,
    open: OpenRequest,
    timer: NodeJS.Timeout,
    result: unknown,
    error?: unknown,
  ): void {
    clearTimeout(timer);
    if (!this.#close(request.id, open)) return;
    let failure = error;
    if (error === undefined && typeof result === "object" && result !== null) {
      try {
        return this.#answer(generation, request.id, { result });
      } catch (unsendable) {
        failure = unsendable;
      }
    }
    const why = failure instanceof Error ? failure.message : "it gave no answer";
    this.#log({
      level: "error",
      message: "A request handler failed; the safe answer was given.",
      fields: { method: request.method, why },
    });
    this.#refuse(generation, request, `The handler of ${request.method} failed: ${why}.`);
  }

  /** False when the question was closed before. */
  #close(id: RequestId, open: OpenRequest): boolean {
    return this.#open.get(id) === open && this.#open.delete(id);
  }

  #refuse(generation: number, request: ServerRequest, why: string): void {
    this.#answer(generation, request.id, safeAnswer(request, why));
  }

  #answer(generation: number, id: RequestId, answer: Answer): void {
    this.#client.respond({ generation, id }, answer);
    this.#answered.set(id, answer);
    if (this.#answered.size <= MAX_ANSWERED) return;
    for (const oldest of this.#answered.keys()) {
      this.#answered.delete(oldest);
      return;
    }
  }

  #withdrawTurn(turnId: string): void {
    for (const request of this.#open.values())
      if (request.turnId === turnId) request.withdraw("its turn ended");
  }
}

function handlerKey(method: string, threadId = ""): string {
  return `${threadId}\n${method}`;
}
