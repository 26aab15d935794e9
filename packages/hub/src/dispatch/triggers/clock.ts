/** The time, as the scheduler is given it. */

/** Tells the time and waits. */
export interface Clock {
  /** Epoch milliseconds. It may jump, either way. */
  now(): number;
  /** Calls back after so many milliseconds; gives an idempotent way to stop that. */
  setTimer(ms: number, due: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  setTimer(ms, due) {
    const timer = setTimeout(due, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds, or when the signal fires. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      stop();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const stop = clock.setTimer(ms, wake);
    signal.addEventListener("abort", wake);
  });
}
