/** One message with everything it takes: the skills served meanwhile, the end of its turn, the reply. */
import { type Operations, type OutputOf, SignalboxError } from "@signalbox/contract";
import type { Methods } from "../call/methods.ts";
import type { Stream } from "../stream/stream.ts";
import { assistantReplyOf, turnEndOf } from "../wait/turn-outcome.ts";
import { TurnWatch } from "../wait/turn-watch.ts";
import type { SkillOutcome } from "./outcome.ts";
import type { SendOptions, ServeOptions, SessionSkills } from "./session-skills.ts";

/** What `sendAndHandle` takes beside the text: what `send` and `serve` take, and how long it waits. */
export interface SendAndHandleOptions
  extends SendOptions,
    Pick<ServeOptions, "signal" | "concurrency" | "pollInterval"> {
  /** Milliseconds to wait for the turn's end. Default 60,000; Infinity for no end. */
  readonly timeout?: number;
}

/** How it went. */
export interface SentAndHandled {
  readonly sessionId: string;
  readonly turnId: string;
  /** The hub's answer to the message. */
  readonly accepted: OutputOf<Operations["sessions.send_message"]>;
  /** How the turn ended: completed, interrupted or failed. */
  readonly status: string;
  /** Of a failed turn. */
  readonly error: { readonly message: string } | null;
  /** The last thing the agent said in the turn; null when it said nothing. */
  readonly assistantReply: string | null;
  /** The session after the turn. */
  readonly detail: OutputOf<Operations["sessions.get"]>;
  /** What became of the calls heard of meanwhile, in the order they were settled. */
  readonly dispatches: readonly SkillOutcome[];
}

/** Does it. */
export async function sendAndHandle(
  skills: SessionSkills,
  parts: { readonly methods: Methods; readonly stream: Stream },
  text: string,
  options: SendAndHandleOptions,
): Promise<SentAndHandled> {
  const { signal, concurrency, pollInterval, timeout = 60_000, ...message } = options;
  const { methods, stream } = parts;
  const { sessionId } = skills;
  const dispatches: SkillOutcome[] = [];
  const stop = new AbortController();
  const timer = Number.isFinite(timeout)
    ? setTimeout(() => stop.abort(timedOut), timeout)
    : undefined;
  const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  using watch = new TurnWatch({
    stream,
    sessionId,
    ...(pollInterval === undefined ? {} : { pollInterval }),
    read: async (turnId, abort) =>
      turnEndOf(await methods.sessions.get({ sessionId }, { signal: abort }), turnId),
  });
  const serving = skills.serve({
    signal: either,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(pollInterval === undefined ? {} : { pollInterval }),
    onOutcome: (outcome) => dispatches.push(outcome),
  });
  // Serving that can't go on ends the wait with its error.
  const broken = new Promise<never>((_, reject) => {
    serving.catch(reject);
  });
  broken.catch(() => undefined);
  let turnId: string | undefined;
  try {
    await Promise.race([watch.ready, broken]);
    const accepted = await skills.send(text, message);
    turnId = accepted.turnId;
    const end = await Promise.race([watch.ended(turnId, either), broken]);
    stop.abort();
    await serving;
    const detail = await methods.sessions.get({ sessionId });
    const { status, error } = end;
    const assistantReply = assistantReplyOf(detail, turnId);
    return { sessionId, turnId, accepted, status, error, assistantReply, detail, dispatches };
  } catch (error) {
    throw either.aborted && error === either.reason ? gaveUp(either, turnId, timeout) : error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

const timedOut = new DOMException("The turn did not end in time.", "TimeoutError");

function gaveUp(signal: AbortSignal, turnId: string | undefined, timeout: number): SignalboxError {
  const what = turnId === undefined ? "The message was not sent" : `Turn ${turnId} runs on`;
  const details = { turnId: turnId ?? null };
  return signal.reason === timedOut
    ? new SignalboxError("deadline_exceeded", `${what}: ${timeout} ms have passed.`, { details })
    : new SignalboxError("aborted", `${what}: the wait was aborted by its caller.`, {
        cause: signal.reason,
        details,
      });
}
