/** `signalbox down`: ends the hub of a home, however it was started. */
import { setTimeout as delay } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contract";
import { type HomeHolder, isAlive, livingHolder } from "@signalbox/hub";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { saying } from "../processes/saying.ts";

/** The command's options. */
export interface DownOptions {
  readonly home?: string;
  /** How long the hub may take to end, in ms. */
  readonly timeout: number;
  /** Kills it when it takes longer. */
  readonly force?: boolean;
  readonly json?: boolean;
}

/** How long a process may still be seen after SIGKILL, in ms. */
const killGrace = 5_000;
const pace = 25;

/**
 * Asks the hub's process to end (SIGTERM) and waits until it has; resolves with the exit code. The
 * process is known by its id and the time it began, so no other is ever signalled. Fails with
 * `deadline_exceeded` when it takes too long and `force` is not given.
 */
export async function down(options: DownOptions): Promise<number> {
  try {
    const home = options.home ?? hubHome();
    const found = livingHolder(home);
    const holder = found?.purpose === "hub" ? found : undefined;
    const killed =
      holder !== undefined &&
      (await saying("waiting for the hub to end", () => end(holder, options)));
    const stopped = holder !== undefined;
    const said = stopped
      ? `${killed ? "killed" : "stopped"} the hub of ${home} (process ${holder.pid})`
      : `no hub runs on ${home}`;
    const facts = { stopped, killed, pid: holder?.pid ?? null, home };
    process.stdout.write(`${options.json === true ? JSON.stringify(facts) : said}\n`);
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}

/** True when it had to be killed. */
async function end(holder: HomeHolder, { timeout, force }: DownOptions): Promise<boolean> {
  signal(holder, "SIGTERM");
  if (await isGoneWithin(holder, timeout)) return false;
  if (force === true) {
    signal(holder, "SIGKILL");
    if (await isGoneWithin(holder, killGrace)) return true;
  }
  throw new SignalboxError(
    "deadline_exceeded",
    `The hub (process ${holder.pid}) was told to end and still runs after ${timeout / 1_000} s. Give it longer with --timeout, or kill it with --force.`,
    { details: { pid: holder.pid } },
  );
}

function signal(holder: HomeHolder, name: "SIGTERM" | "SIGKILL"): void {
  if (!isAlive(holder)) return;
  try {
    process.kill(holder.pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended since.
    if (code === "ESRCH") return;
    throw new SignalboxError(
      "operation_disabled",
      `The hub's process ${holder.pid} is another user's (${code}): only that user can stop it.`,
      { cause: error, details: { pid: holder.pid } },
    );
  }
}

async function isGoneWithin(holder: HomeHolder, limit: number): Promise<boolean> {
  const until = performance.now() + limit;
  while (isAlive(holder)) {
    if (performance.now() >= until) return false;
    await delay(pace);
  }
  return true;
}
