/** `signalbox watch`: what happens in sessions, as it happens. */
import { isSignalboxError, SignalboxError } from "@signalbox/contract";
import { reportFailure } from "../exit.ts";
import type { HubOptions } from "../operations/hub-client.ts";
import { connectRunning } from "../processes/local-client.ts";
import { writeLines } from "../watch/lines.ts";

/** The command's options. */
export interface WatchOptions extends HubOptions {
  readonly after?: string;
  readonly json?: boolean;
}

/**
 * On a terminal a live view that takes answers, left with `q`; elsewhere, or with `json`, lines until
 * SIGINT or SIGTERM. Resolves with the exit code.
 */
export async function watch(selectors: readonly string[], options: WatchOptions): Promise<number> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => stop.abort());
  }
  try {
    const { box, url } = connectRunning(options);
    await using _ = box;
    const isLive = options.json !== true && process.stdin.isTTY && process.stdout.isTTY;
    if (isLive && options.after !== undefined) {
      throw new SignalboxError(
        "invalid_request",
        "--after is for lines: give --json, or pipe them.",
      );
    }
    const { signal } = stop;
    const only = await Promise.all(
      selectors.map(async (named) => {
        const { sessionId } = await box.sessions.controls.get({ sessionId: named }, { signal });
        return sessionId;
      }),
    );
    if (isLive) {
      // Not before it is needed: React and ink take their time.
      const { showLive } = await import("../watch/live.ts");
      await showLive(box, url, only, signal);
    } else {
      await writeLines(box, { only, after: options.after, json: options.json === true, signal });
    }
    return 0;
  } catch (error) {
    if (stop.signal.aborted && isSignalboxError(error) && error.code === "aborted") return 0;
    return reportFailure(error, options);
  }
}
