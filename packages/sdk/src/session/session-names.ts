/** Finds out which session is meant, for what goes on longer than one call and must not change its mind. */
import type { Methods } from "../call/methods.ts";
import { Backoff, type BackoffPolicy } from "../stream/backoff.ts";
import { isPermanent } from "../stream/permanent.ts";
import { sleep, untilAborted } from "../stream/sleep.ts";

/** What finding takes. */
export interface ResolveOptions {
  readonly signal: AbortSignal;
  /** Told of each attempt that failed, and in how many milliseconds the next one is made. */
  readonly onFailure?: (error: unknown, retryIn: number) => void;
}

/** The id of the session that is meant; undefined when the signal fired first. */
export type ResolveSession = (
  given: string,
  options: ResolveOptions,
) => Promise<string | undefined>;

/** Whether a text has the form of an id, so that nobody need be asked what it means. */
export function isSessionId(given: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given);
}

/**
 * Makes a function that asks the hub which session has this `@handle` or exact title. What has the form
 * of an id is taken for one, and the hub is not asked. While the hub can't be had it is asked again, with
 * growing pauses. Rejects with what no waiting mends: `session_not_found`, which names those that may
 * have been meant, `ambiguous_selector`, `unauthorized`.
 */
export function createResolver(
  sessions: Pick<Methods["sessions"], "controls">,
  policy: BackoffPolicy,
): ResolveSession {
  return async (given, { signal, onFailure }) => {
    if (isSessionId(given)) return given;
    const backoff = new Backoff(policy);
    while (!signal.aborted) {
      try {
        const asked = sessions.controls.get({ sessionId: given }, { signal });
        return (await untilAborted(asked, signal))?.sessionId;
      } catch (error) {
        if (isPermanent(error)) throw error;
        const retryIn = backoff.next(0);
        onFailure?.(error, retryIn);
        await sleep(retryIn, signal);
      }
    }
    return undefined;
  };
}
