/**
 * Runs one piece of a user's code so that nothing it does can reach the caller: not a throw, not a
 * rejection, not a promise that never settles.
 */

/** How it ended. `stopped`: the run it belongs to was aborted meanwhile. */
export type Outcome =
  | { readonly ended: "done" }
  | { readonly ended: "threw"; readonly error: unknown }
  | { readonly ended: "deadline"; readonly error: unknown }
  | { readonly ended: "stopped" };

/** What bounds it. */
export interface Limits {
  /** Milliseconds; Infinity for none. */
  readonly deadline: number;
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
}

const done: Outcome = { ended: "done" };
const stopped: Outcome = { ended: "stopped" };

/**
 * Calls `work` and tells how it ended; never throws or rejects. The outcome of synchronous work is
 * given at once, without a promise. `abortSignal` gives the work's own signal, which fires with
 * a TimeoutError at the deadline, or with the reason of `limits.signal`.
 */
export function runIsolated(
  work: (abortSignal: () => AbortSignal) => unknown,
  limits: Limits,
): Outcome | Promise<Outcome> {
  if (limits.signal.aborted) return stopped;
  // Made on demand: most handlers never look at their signal, and every event would pay for it.
  let controller: AbortController | undefined;
  let ended: { readonly reason: unknown } | undefined;
  const abortSignal = () => {
    controller ??= new AbortController();
    if (ended !== undefined) controller.abort(ended.reason);
    return controller.signal;
  };

  let result: unknown;
  try {
    result = work(abortSignal);
  } catch (error) {
    return { ended: "threw", error };
  }
  if (!isThenable(result)) return done;

  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const leave = (outcome: Outcome, reason: unknown) => {
    ended = { reason };
    settle(outcome);
    controller?.abort(reason);
  };
  const onStop = () => leave(stopped, limits.signal.reason);
  const timer = Number.isFinite(limits.deadline)
    ? setTimeout(() => {
        const error = new DOMException(
          `The handler did not finish within its deadline of ${limits.deadline} ms.`,
          "TimeoutError",
        );
        leave({ ended: "deadline", error }, error);
      }, limits.deadline)
    : undefined;
  const settle = (outcome: Outcome) => {
    clearTimeout(timer);
    limits.signal.removeEventListener("abort", onStop);
    resolve(outcome);
  };
  limits.signal.addEventListener("abort", onStop, { once: true });
  // A rejection after the deadline lands here too, so it is never an unhandled one.
  result.then(
    () => settle(done),
    (error: unknown) => settle({ ended: "threw", error }),
  );
  return promise;
}

/** Whether `await` would wait for it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
