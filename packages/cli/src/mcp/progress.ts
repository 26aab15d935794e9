/** Tells a client that a call goes on, so that it waits no less than the call may take. */
import type { ServerContext } from "@modelcontextprotocol/server";

/** Milliseconds between two notices. */
export const progressInterval = 2_000;

/**
 * Resolves as the work does. Meanwhile a client that asked for progress is told every few seconds how
 * many have passed, of how many where that is known.
 */
export async function withProgress<Result>(
  { mcpReq }: ServerContext,
  { name, wait, interval = progressInterval }: ProgressOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return await work();
  const start = performance.now();
  const timer = setInterval(() => {
    const progress = Math.round((performance.now() - start) / 1_000);
    const total = wait > 0 ? { total: Math.max(progress, Math.round(wait / 1_000)) } : {};
    const message = `${name} goes on, ${progress} s so far`;
    const params = { progressToken, progress, ...total, message };
    // A client that is gone needs none.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
  }, interval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** What is told. */
export interface ProgressOptions {
  /** What goes on. */
  readonly name: string;
  /** Milliseconds it may wait; 0 where it only works. */
  readonly wait: number;
  /** Default: `progressInterval`. */
  readonly interval?: number | undefined;
}
