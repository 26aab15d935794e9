/** The one path every call takes, whatever its name: hooks around it, attempts within. */
import {
  fingerprintOf,
  type InputOf,
  idempotencyHeader,
  type Operation,
  type OutputOf,
  operationHeader,
  parseIdempotencyKey,
  toHttpRequest,
} from "@signalbox/contract";
import { randomId } from "../random-id.ts";
import { sleep } from "../stream/sleep.ts";
import type { Call, CallOptions } from "./call.ts";
import type { Hooks } from "./hooks.ts";
import { abortedByCaller, type HttpSender, type OutgoingRequest } from "./http-sender.ts";
import { Retries, type RetryPolicy } from "./retry.ts";

/** What a caller is made of. */
export interface CallerSettings {
  readonly sender: HttpSender;
  readonly hooks: Hooks;
  readonly retry: RetryPolicy | undefined;
  /** Milliseconds a call may take where it does not say. */
  readonly timeout: number;
  /** Whether calls say what they mean by the operation, so that a hub that means something else refuses. */
  readonly namesContract: boolean;
}

/** What is called: an operation, or a raw request. */
export interface Callee {
  readonly name: string;
  readonly isRead: boolean;
  /** What is meant by it; undefined of a raw request. */
  readonly fingerprint?: string;
  /** The request an input stands for, as the hooks left it. Throws `invalid_request`. */
  toRequest(
    input: Record<string, unknown>,
  ): Pick<OutgoingRequest, "method" | "path"> & { readonly body?: unknown };
}

/** Calls one hub. */
export class Caller {
  readonly #settings: CallerSettings;

  constructor(settings: CallerSettings) {
    this.#settings = settings;
  }

  /**
   * Calls one operation. Rejects with what a `before` hook throws or with a SignalboxError: the hub's
   * own, or `hub_unreachable`, `deadline_exceeded`, `invalid_response`, `aborted`; and
   * `outcome_unknown` where a write was under way when its answer was lost.
   */
  async call<Op extends Operation>(
    operation: Op,
    input: InputOf<Op>,
    options: CallOptions = {},
  ): Promise<OutputOf<Op>> {
    const callee: Callee = {
      name: operation.name,
      isRead: operation.intent === "read",
      ...(this.#settings.namesContract ? { fingerprint: fingerprintOf(operation) } : {}),
      toRequest: (changed) => toHttpRequest(operation, changed as InputOf<Op>),
    };
    // The contract's own tests hold the hub's answers to these schemas.
    return (await this.run(callee, { ...input }, options)) as OutputOf<Op>;
  }

  /** The same for anything that can be said as a request. */
  async run(
    callee: Callee,
    input: Record<string, unknown>,
    options: CallOptions & { readonly headers?: HeadersInit },
  ): Promise<unknown> {
    const { sender, hooks, retry, timeout } = this.#settings;
    const { name, isRead, fingerprint } = callee;
    const headers = new Headers(options.headers);
    if (fingerprint !== undefined) headers.set(operationHeader, fingerprint);
    const call: Call = { operation: name, input, headers, signal: options.signal };
    const retries = new Retries(retry, { operation: name, isRead });
    const key = options.idempotencyKey ?? (isRead || !retries.mayRepeat ? undefined : randomId());
    if (key !== undefined) headers.set(idempotencyHeader, parseIdempotencyKey(key));
    const deadline = performance.now() + (options.timeout ?? timeout);
    return hooks.around(call, async () => {
      const { method, path, body } = callee.toRequest(call.input);
      const request = { name, isRead, method, path, body, headers };
      for (;;) {
        try {
          const left = Math.max(0, deadline - performance.now());
          return await sender.send(request, { signal: options.signal, timeout: left });
        } catch (error) {
          const wait = retries.waitAfter(error);
          if (wait === undefined || performance.now() + wait >= deadline) throw error;
          await sleep(wait, options.signal ?? never);
          if (options.signal?.aborted) throw abortedByCaller(name, options.signal);
        }
      }
    });
  }
}

const never = new AbortController().signal;
