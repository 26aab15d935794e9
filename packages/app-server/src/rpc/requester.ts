/**
 * Sends requests and waits for their answers: bounded in flight, each with a deadline, each
 * abortable. Only -32001 is tried again here, since only then app-server says it did nothing.
 */
import { setTimeout as delay } from "node:timers/promises";
import {
  type ClientMethod,
  clientRequests,
  type ParamsOf,
  type ResultOf,
} from "@signalbox/protocol";
import { LONGEST_WAIT, untilAborted } from "../abort.ts";
import { AppServerError, isAppServerError, RpcError, type RpcErrorBody } from "../errors.ts";
import type { Response } from "../router/message.ts";
import type { PendingRequests } from "../router/pending-requests.ts";
import { backoffDelay } from "../supervision/backoff.ts";
import { RequestSlots } from "./request-slots.ts";

export type RequestOptions = {
  /** Gives up the wait; the request itself may still be executed. */
  signal?: AbortSignal | undefined;
  /** How long to wait for the answer, in ms, waiting for a slot and for a restart included. Default: 120,000. */
  deadline?: number | undefined;
};

/** Where a request goes: to the connection there is now, or to the one there will be. */
export type Outlet = {
  /** Resolves when requests may be sent; rejects when they never will be. */
  ready(signal: AbortSignal): Promise<void>;
  /** Throws before anything is sent when the running codex does not know the method or a parameter. */
  check(method: string, params: unknown): void;
  send(message: object): void;
  /** What brings threads back goes before the requests that wait until it has, on slots of its own. */
  isRecovery?: boolean;
};

export const MAX_IN_FLIGHT = 64;
const MAX_RECOVERING = 8;
const MAX_WAITING = 10_000;
const DEFAULT_DEADLINE = 120_000;
const OVERLOAD = { attempts: 8, initialDelay: 100, maxDelay: 3_000 };

export class Requester {
  readonly #pending: PendingRequests;
  readonly #slots = new RequestSlots(MAX_IN_FLIGHT, MAX_WAITING);
  readonly #recoverySlots = new RequestSlots(MAX_RECOVERING, MAX_WAITING);
  #lastId = 0;

  constructor(pending: PendingRequests) {
    this.#pending = pending;
  }

  /** `heard` gets the result on the reader, before anything that app-server says after it. */
  async request<M extends ClientMethod>(
    outlet: Outlet,
    method: M,
    params: ParamsOf<M>,
    { signal, deadline = DEFAULT_DEADLINE }: RequestOptions = {},
    heard: (result: ResultOf<M>) => void = () => {},
  ): Promise<ResultOf<M>> {
    const timeout = AbortSignal.timeout(Math.min(deadline, LONGEST_WAIT));
    const scope = signal ? AbortSignal.any([signal, timeout]) : timeout;
    /** Whether the last attempt was written and is unanswered. */
    let unanswered = false;
    const slots = outlet.isRecovery ? this.#recoverySlots : this.#slots;
    try {
      await slots.take(scope);
      try {
        for (let attempt = 1; ; attempt++) {
          await outlet.ready(scope);
          outlet.check(method, params);
          const id = ++this.#lastId;
          const answer = this.#pending.add(id, (response) => {
            if (!("error" in response)) heard(response.result as ResultOf<M>);
          });
          try {
            outlet.send({ id, method, params: params ?? {} });
            unanswered = true;
            const response = await untilAborted(answer, scope);
            unanswered = false;
            if (!("error" in response)) return response.result as ResultOf<M>;
            const error = new RpcError(method, toErrorBody(response));
            if (error.code !== "overloaded" || attempt === OVERLOAD.attempts) throw error;
          } finally {
            this.#pending.forget(id);
          }
          await delay(backoffDelay(attempt, OVERLOAD), undefined, { signal: scope });
        }
      } finally {
        slots.release();
      }
    } catch (error) {
      const ambiguous = unanswered && !isPureRead(method);
      throw explain(error, method, ambiguous, { signal, timeout, deadline });
    }
  }
}

/** A method that a newer codex may have counts as one that changes something. */
function isPureRead(method: string): boolean {
  return Object.hasOwn(clientRequests, method) && clientRequests[method as ClientMethod].pureRead;
}

function toErrorBody(response: Response): RpcErrorBody {
  const error: unknown = "error" in response ? response.error : undefined;
  const body = (typeof error === "object" && error !== null ? error : {}) as Partial<RpcErrorBody>;
  return {
    code: typeof body.code === "number" ? body.code : -32603,
    message:
      typeof body.message === "string"
        ? body.message
        : "app-server answered with an error without a message",
    ...("data" in body ? { data: body.data } : {}),
  };
}

function explain(
  error: unknown,
  method: string,
  ambiguous: boolean,
  {
    signal,
    timeout,
    deadline,
  }: { signal: AbortSignal | undefined; timeout: AbortSignal; deadline: number },
): unknown {
  const fate = ambiguous ? " It may have been executed: look before you send it again." : "";
  // A caller's reason may be one of our errors, too: it says nothing of this request.
  if (isAppServerError(error) && !(signal?.aborted && error === signal.reason)) {
    if (error.category !== "connection" || error instanceof RpcError) return error;
    return new AppServerError(error.code, `${method} got no answer: ${error.message}${fate}`, {
      method,
      ambiguous,
      cause: error,
      details: error.details,
    });
  }
  if (signal?.aborted) {
    return new AppServerError("aborted", `${method} was aborted by the caller.${fate}`, {
      method,
      ambiguous,
      cause: signal.reason,
    });
  }
  if (timeout.aborted) {
    return new AppServerError("timeout", `${method} got no answer within ${deadline} ms.${fate}`, {
      method,
      ambiguous,
      details: { deadline },
    });
  }
  return error;
}
