/** `signalbox up`: the hub in the background. */
import { SignalboxError } from "@signalbox/contract";
import { livingHolder, openHome } from "@signalbox/hub";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { DetachedHub } from "../processes/detached-hub.ts";
import { answers, untilEither } from "../processes/hub-watch.ts";
import { saying } from "../processes/saying.ts";

/** The command's options. */
export interface UpOptions {
  readonly home?: string;
  /** How long the start may take, in ms. */
  readonly timeout: number;
  readonly json?: boolean;
}

/** A hub that is up. */
interface Found {
  readonly url: string;
  readonly pid: number;
  /** Whether this call started it. */
  readonly started: boolean;
}

/**
 * Starts the hub, in a session of its own with its log in `hub.log`, unless one runs on the home
 * already; resolves with the exit code once it is ready. However many do this at a time, one hub
 * runs and all of them find it. `serveArguments` are those for `signalbox serve`.
 */
export async function up(options: UpOptions, serveArguments: readonly string[]): Promise<number> {
  try {
    const found = await saying("starting the hub", () =>
      ensureUp(options.home ?? hubHome(), serveArguments, options.timeout),
    );
    const { url, pid, started } = found;
    const said = `signalbox ${started ? "listening" : "runs already, listening"} on ${url} (process ${pid})`;
    process.stdout.write(`${options.json === true ? JSON.stringify(found) : said}\n`);
    if (!started && serveArguments.some((argument) => /^--(?!home$)/.test(argument))) {
      process.stderr.write(
        "signalbox: the options given did not reach the hub that runs. `signalbox down` first, then `up` again, to change them.\n",
      );
    }
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}

async function ensureUp(
  folder: string,
  serveArguments: readonly string[],
  timeout: number,
): Promise<Found> {
  const home = openHome(folder);
  const deadline = AbortSignal.timeout(timeout);
  let own: DetachedHub | undefined;
  while (!deadline.aborted) {
    const holder = livingHolder(folder);
    if (holder === undefined) own ??= await DetachedHub.start(home, serveArguments);
    // A hub that ends still says where it listened, and answers there no more.
    else if (holder.url !== null && (await answers(holder.url, deadline))) {
      return { url: holder.url, pid: holder.pid, started: holder.pid === own?.pid };
    }
    const exitCode = await untilEither(own?.ended, deadline);
    if (exitCode === undefined) continue;
    // Another one came first, or has not ended yet: it is waited for.
    const failure = own!.failure(exitCode);
    if (failure.code !== "home_in_use") throw failure;
    own = undefined;
  }
  throw tooLong(folder, timeout);
}

function tooLong(folder: string, timeout: number): SignalboxError {
  const holder = livingHolder(folder);
  const what =
    holder === undefined
      ? "No hub was ready"
      : `Process ${holder.pid} holds ${folder}, and was not ready`;
  return new SignalboxError(
    "deadline_exceeded",
    `${what} within ${timeout / 1_000} s. It may be ready later: see \`signalbox status\` and \`signalbox logs\`; \`signalbox down\` ends it.`,
    { details: { folder, pid: holder?.pid ?? null } },
  );
}
