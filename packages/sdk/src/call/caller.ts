/** The one path every operation takes over HTTP, whatever its name. */
import {
  fromErrorBody,
  type InputOf,
  isSignalboxError,
  type Operation,
  type OutputOf,
  SignalboxError,
  toHttpRequest,
} from "@signalbox/contract";

/** What each call can be given beside its input. */
export interface CallOptions {
  /** Ends the call with `aborted`. A write may have been done all the same. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call fails; Infinity for none. Default: the client's `callTimeout`. */
  readonly timeout?: number;
}

/** What a caller is made of. */
export interface CallerSettings {
  readonly url: URL;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeout: number;
}

/** Calls operations of one hub. */
export class Caller {
  readonly #settings: CallerSettings;

  constructor(settings: CallerSettings) {
    this.#settings = settings;
  }

  /**
   * Calls one operation, once: nothing is ever sent again by itself. Rejects with a SignalboxError:
   * the hub's own, or `hub_unreachable`, `deadline_exceeded`, `invalid_response`, `aborted`; and
   * `outcome_unknown` where a write was under way when its answer was lost.
   */
  async call<Op extends Operation>(
    operation: Op,
    input: InputOf<Op>,
    options: CallOptions = {},
  ): Promise<OutputOf<Op>> {
    const request = toHttpRequest(operation, input);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const timeout = options.timeout ?? this.#settings.timeout;
    const limit = new AbortController();
    const timer = Number.isFinite(timeout) ? setTimeout(() => limit.abort(), timeout) : undefined;
    const signal =
      options.signal === undefined ? limit.signal : AbortSignal.any([options.signal, limit.signal]);
    try {
      const response = await this.#settings.fetch(this.#urlOf(request.path), {
        method: request.method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${this.#settings.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body }),
        signal,
      });
      return await readAnswer<Op>(response);
    } catch (error) {
      if (isSignalboxError(error)) throw error;
      if (options.signal?.aborted) {
        throw new SignalboxError("aborted", `${operation.name} was aborted by its caller.`, {
          cause: options.signal.reason,
        });
      }
      const why = limit.signal.aborted ? `the hub did not answer within ${timeout} ms` : undefined;
      throw this.#lostAnswer(operation, error, why);
    } finally {
      clearTimeout(timer);
    }
  }

  #urlOf(path: string): string {
    const { origin, pathname } = this.#settings.url;
    return `${origin}${pathname.replace(/\/+$/, "")}${path}`;
  }

  #lostAnswer(operation: Operation, cause: unknown, timedOut: string | undefined): SignalboxError {
    const { origin } = this.#settings.url;
    const neverSent = timedOut === undefined && wasNeverSent(cause);
    if (operation.intent !== "read" && !neverSent) {
      const why = timedOut ?? "the connection broke";
      return new SignalboxError(
        "outcome_unknown",
        `${operation.name} at ${origin}: ${why}, so it may or may not have been done. Look before repeating it.`,
        { cause },
      );
    }
    if (timedOut !== undefined) {
      return new SignalboxError(
        "deadline_exceeded",
        `${operation.name} at ${origin}: ${timedOut}.`,
        { cause },
      );
    }
    return new SignalboxError(
      "hub_unreachable",
      `No connection to the hub at ${origin}${causeText(cause)}. Is it running (signalbox serve)?`,
      { cause },
    );
  }
}

async function readAnswer<Op extends Operation>(response: Response): Promise<OutputOf<Op>> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (!response.ok) throw fromErrorBody(response.status, body);
  if (body === undefined) {
    throw new SignalboxError(
      "invalid_response",
      `The answer has HTTP status ${response.status} and is not JSON. Check the URL and what stands between.`,
    );
  }
  // The contract's own tests hold the hub's answers to these schemas.
  return body as OutputOf<Op>;
}

// Node says why a connection failed; a browser never does, so there a write counts as sent.
const neverSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function wasNeverSent(error: unknown): boolean {
  return neverSentCodes.has(codeOf(error));
}

function causeText(error: unknown): string {
  const code = codeOf(error);
  return code === "" ? "" : ` (${code})`;
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
