/** Sends one request to the hub, once, and tells apart the ways it can fail. */
import {
  actorHeader,
  fromErrorBody,
  isSignalboxError,
  SignalboxError,
  type Surface,
  surfaceHeader,
  versionHeader,
} from "@signalbox/contract";

/** Gives headers for each send: a proxy's credentials, a trace. Not used for the stream's socket, which can't carry any in a browser. */
export type HeaderProvider = HeadersInit | (() => HeadersInit | Promise<HeadersInit>);

/** What a sender is made of. */
export interface SenderSettings {
  readonly url: URL;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: HeaderProvider | undefined;
  /** Who acts, as its header says it. */
  readonly actor: string | undefined;
  /** What the client is part of; undefined for a program of a user's. */
  readonly surface: { readonly name: Surface; readonly version: string } | undefined;
}

/** One request. */
export interface OutgoingRequest {
  /** For error texts: the operation's name. */
  readonly name: string;
  readonly method: string;
  /** Below the hub's URL, encoded, with its query. */
  readonly path: string;
  /** JSON value; undefined for none. */
  readonly body: unknown;
  readonly headers: Headers;
  readonly isRead: boolean;
}

/** What ends a send early. */
export interface SendLimits {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds; Infinity for none. */
  readonly timeout: number;
}

/** Sends requests to one hub. */
export class HttpSender {
  readonly #settings: SenderSettings;

  constructor(settings: SenderSettings) {
    this.#settings = settings;
  }

  /**
   * The parsed answer. Rejects with a SignalboxError: the hub's own, or `hub_unreachable`,
   * `deadline_exceeded`, `invalid_response`, `aborted`; and `outcome_unknown` where a write was under
   * way when its answer was lost.
   */
  async send(request: OutgoingRequest, { signal: given, timeout }: SendLimits): Promise<unknown> {
    const headers = await this.#headersOf(request);
    const limit = new AbortController();
    const timer = Number.isFinite(timeout) ? setTimeout(() => limit.abort(), timeout) : undefined;
    const signal = given === undefined ? limit.signal : AbortSignal.any([given, limit.signal]);
    try {
      const response = await this.#settings.fetch(this.#urlOf(request.path), {
        method: request.method,
        headers,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal,
      });
      return await readAnswer(response);
    } catch (error) {
      if (isSignalboxError(error)) throw error;
      if (given?.aborted) throw abortedByCaller(request.name, given);
      const why = limit.signal.aborted
        ? `the hub did not answer within ${Math.ceil(timeout)} ms`
        : undefined;
      throw this.#lostAnswer(request, error, why);
    } finally {
      clearTimeout(timer);
    }
  }

  async #headersOf({ headers: own, body }: OutgoingRequest): Promise<Headers> {
    const { headers: provider, token, actor, surface } = this.#settings;
    const headers = new Headers(typeof provider === "function" ? await provider() : provider);
    if (actor !== undefined) headers.set(actorHeader, actor);
    headers.set(surfaceHeader, surface?.name ?? "sdk");
    if (surface !== undefined) headers.set(versionHeader, surface.version);
    for (const [name, value] of own) headers.set(name, value);
    headers.set("accept", "application/json");
    headers.set("authorization", `Bearer ${token}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    return headers;
  }

  #urlOf(path: string): string {
    const { origin, pathname } = this.#settings.url;
    return `${origin}${pathname.replace(/\/+$/, "")}${path}`;
  }

  #lostAnswer(
    { name, isRead }: OutgoingRequest,
    cause: unknown,
    timedOut: string | undefined,
  ): SignalboxError {
    const { origin } = this.#settings.url;
    const neverSent = timedOut === undefined && wasNeverSent(cause);
    if (!isRead && !neverSent) {
      const why = timedOut ?? "the connection broke";
      return new SignalboxError(
        "outcome_unknown",
        `${name} at ${origin}: ${why}, so it may or may not have been done. Look before repeating it.`,
        { cause },
      );
    }
    if (timedOut !== undefined) {
      return new SignalboxError("deadline_exceeded", `${name} at ${origin}: ${timedOut}.`, {
        cause,
      });
    }
    return new SignalboxError(
      "hub_unreachable",
      `No connection to the hub at ${origin}${causeText(cause)}. Is it running (signalbox serve)?`,
      { cause },
    );
  }
}

/** The error of a call whose caller wants it no more. */
export function abortedByCaller(name: string, signal: AbortSignal): SignalboxError {
  return new SignalboxError("aborted", `${name} was aborted by its caller.`, {
    cause: signal.reason,
  });
}

async function readAnswer(response: Response): Promise<unknown> {
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
  return body;
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
