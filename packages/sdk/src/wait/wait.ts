/** Waiting for what a session does, told by the stream and looked up where the stream can't tell. */
import { SignalboxError } from "@signalbox/contract";
import type { Methods } from "../call/methods.ts";
import type { ResolveSession } from "../session/session-names.ts";
import { sleep, untilAborted } from "../stream/sleep.ts";
import type { Stream } from "../stream/stream.ts";
import { assistantReplyOf, turnEndOf } from "./turn-outcome.ts";
import { type TurnEnd, TurnWatch } from "./turn-watch.ts";

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds. Default 60,000; Infinity for no end. */
  readonly timeout?: number;
  /** Ends the wait with `aborted`. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks while the stream is down. Default 1,000. */
  readonly pollInterval?: number;
}

/** One turn. */
export interface TurnToWaitFor extends WaitOptions {
  /** The session's id, `@handle` or exact title; which one is meant is looked up once. */
  readonly sessionId: string;
  readonly turnId: string;
}

/** How a turn ended, and the last thing the agent said in it. */
export interface TurnReply extends TurnEnd {
  /** The session's id, also where it was named. */
  readonly sessionId: string;
  readonly reply: string;
}

/** What `until` takes. */
export interface UntilOptions<Value, Wanted extends Value> {
  /** What is waited for. Default: a value that is truthy. */
  readonly predicate?:
    | ((value: Value) => value is Wanted)
    | ((value: Value) => boolean | Promise<boolean>);
  /** Milliseconds. Default 60,000; Infinity for no end. */
  readonly timeout?: number;
  /** Milliseconds between the end of one look and the next. Default 250. */
  readonly interval?: number;
  /** Looks in all, at most. Default: any number. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  /** What is waited for, in the words of the error. */
  readonly description?: string;
}

/** Waits for things to happen. */
export class Wait {
  readonly #methods: Methods;
  readonly #stream: Stream;
  readonly #resolveSession: ResolveSession;

  constructor(parts: {
    readonly methods: Methods;
    readonly stream: Stream;
    readonly resolveSession: ResolveSession;
  }) {
    this.#methods = parts.methods;
    this.#stream = parts.stream;
    this.#resolveSession = parts.resolveSession;
  }

  /**
   * The end of a turn, also of one that has ended. Rejects with `deadline_exceeded`, `aborted`, or what
   * makes waiting pointless, such as `session_not_found` or `ambiguous_selector`; the turn itself goes
   * on.
   */
  async turn(options: TurnToWaitFor): Promise<TurnEnd> {
    return (await this.#ended(options)).end;
  }

  /**
   * The last thing the agent said in a turn, when that has ended, however it ended. Rejects as `turn`
   * does, and with `no_reply` when the turn ended without one.
   */
  async reply(options: TurnToWaitFor): Promise<TurnReply> {
    const { turnId, signal } = options;
    const { sessionId, end } = await this.#ended(options);
    const session = await this.#methods.sessions.get({ sessionId }, signal ? { signal } : {});
    const reply = assistantReplyOf(session, turnId);
    if (reply !== null) return { ...end, sessionId, reply };
    const why = end.error === null ? "" : `: ${end.error.message}`;
    throw new SignalboxError(
      "no_reply",
      `Turn ${turnId} ended as ${end.status}${why}, and the agent said nothing in it.`,
      {
        details: { sessionId, turnId, status: end.status },
      },
    );
  }

  /**
   * Looks, at least once, until what is found is what is wanted, and gives it. What `look` or the
   * predicate throws ends the wait. Rejects with `deadline_exceeded` when the time or the attempts are
   * used up, `aborted`, or `invalid_request` for a bound that can't be one.
   */
  async until<Value, Wanted extends Value = Value>(
    look: (signal: AbortSignal) => Value | Promise<Value>,
    options: UntilOptions<Value, Wanted> = {},
  ): Promise<Wanted> {
    const { predicate = Boolean, interval = 250, attempts = Infinity, description } = options;
    checkBound("timeout", options.timeout ?? 1);
    checkBound("interval", interval);
    checkBound("attempts", attempts);
    const what = description ?? "What is waited for";
    return bounded(what, options, async (signal) => {
      for (let attempt = 1; ; attempt += 1) {
        const value = await untilAborted(Promise.resolve(look(signal)), signal);
        signal.throwIfAborted();
        if (await predicate(value as Value)) return value as Wanted;
        if (attempt >= attempts) throw tooLate(what, `${attempts} looks`);
        await sleep(interval, signal);
        signal.throwIfAborted();
      }
    });
  }

  /** The end of a turn, with the id of the session it is of. */
  #ended({ sessionId: given, turnId, pollInterval, ...options }: TurnToWaitFor) {
    return bounded(`Turn ${turnId}`, options, async (signal) => {
      const sessionId = await this.#resolveSession(given, { signal });
      if (sessionId === undefined) throw signal.reason;
      using watch = new TurnWatch({
        stream: this.#stream,
        sessionId,
        ...(pollInterval === undefined ? {} : { pollInterval }),
        read: async (id, end) =>
          turnEndOf(await this.#methods.sessions.get({ sessionId }, { signal: end }), id),
      });
      return { sessionId, end: await watch.ended(turnId, signal) };
    });
  }
}

/** Bounds a wait, and says what was waited for when it ends early. */
async function bounded<Value>(
  what: string,
  { timeout = 60_000, signal }: { readonly timeout?: number; readonly signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const limit = new AbortController();
  const timer = Number.isFinite(timeout) ? setTimeout(() => limit.abort(), timeout) : undefined;
  const either = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  try {
    return await work(either);
  } catch (error) {
    if (!either.aborted || error !== either.reason) throw error;
    if (limit.signal.aborted) throw tooLate(what, `${timeout} ms`);
    throw new SignalboxError("aborted", `${what}: the wait was aborted by its caller.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(what: string, bound: string): SignalboxError {
  return new SignalboxError("deadline_exceeded", `${what} did not come within ${bound}.`);
}

function checkBound(name: string, value: number): void {
  if (value > 0) return;
  throw new SignalboxError("invalid_request", `${name} must be more than 0, and is ${value}.`);
}
