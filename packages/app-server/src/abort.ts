/** Waiting for a promise no longer than a signal allows. */

/** The longest a timer can wait, in ms (24 days): a longer one would fire at once. */
export const LONGEST_WAIT = 2 ** 31 - 1;

/** Settles as `promise` does, or rejects with the signal's reason when it fires first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
