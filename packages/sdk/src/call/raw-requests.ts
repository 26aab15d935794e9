/** Requests by method and path, for routes this version of the SDK does not know. */
import { SignalboxError } from "@signalbox/contract";
import type { CallOptions } from "./call.ts";
import type { Caller } from "./caller.ts";

/** What a raw request can carry. */
export interface RawOptions extends CallOptions {
  /** Undefined values are left out; a list gives its name once for each. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>
  >;
  /** A JSON value. */
  readonly body?: unknown;
  readonly headers?: HeadersInit;
  /** What hooks and the retry policy know it as. Default `raw.request`. */
  readonly operation?: string;
}

/** Sends requests as they are. */
export class RawRequests {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * The JSON the hub answers with. `path` is encoded as a path is, with or without `/api` before it.
   * Hooks see `{method, path, query, body}` as the input. Rejects as operations do; a GET or HEAD
   * counts as a read, anything else as a write.
   */
  request(method: string, path: string, options: RawOptions = {}): Promise<unknown> {
    const { query, body, operation = "raw.request", ...rest } = options;
    const verb = method.toUpperCase();
    return this.#caller.run(
      {
        name: operation,
        isRead: verb === "GET" || verb === "HEAD",
        toRequest: (input) => toRequest(input),
      },
      { method: verb, path, query, body },
      rest,
    );
  }
}

function toRequest({ method, path, query, body }: Record<string, unknown>): {
  method: string;
  path: string;
  body?: unknown;
} {
  if (typeof method !== "string" || !/^[A-Z]+$/.test(method)) {
    throw invalid(`${JSON.stringify(method)} is not an HTTP method.`);
  }
  if (typeof path !== "string" || !/^\/(?!\/)/.test(path) || /[\s#]/.test(path)) {
    throw invalid(
      `${JSON.stringify(path)} is not a path: begin with one slash and encode the rest.`,
    );
  }
  const below = /^\/api(\/|\?|$)/.test(path) ? path : `/api${path}`;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as NonNullable<RawOptions["query"]>)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one));
    }
  }
  const added = search.size === 0 ? "" : `${below.includes("?") ? "&" : "?"}${search}`;
  return { method, path: `${below}${added}`, ...(body === undefined ? {} : { body }) };
}

function invalid(message: string): SignalboxError {
  return new SignalboxError("invalid_request", message);
}
