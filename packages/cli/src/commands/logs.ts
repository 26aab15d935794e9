/** `signalbox logs`: what the hub of a home logs, and logged. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { categoryTable } from "@signalbox/contract";
import { homeAt, livingHolder } from "@signalbox/hub";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { isAtLeast, type LogLevel, toReadable } from "../log/log-line.ts";
import { LogReader } from "../log/log-reader.ts";

/** The command's options. */
export interface LogsOptions {
  readonly home?: string;
  /** How many of the last lines are shown first. */
  readonly lines: number;
  readonly level: LogLevel;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Between two looks at the file, in ms. */
const pace = 200;

/**
 * Writes the last lines of at least that level, readable on a terminal and as they are in the file
 * elsewhere, and with `follow` those that come until SIGINT or SIGTERM; resolves with the exit code.
 */
export async function logs(options: LogsOptions): Promise<number> {
  try {
    const home = options.home ?? hubHome();
    const { log } = homeAt(home);
    if (!existsSync(log) && options.follow !== true) {
      process.stderr.write(`signalbox: ${noLog(home, log)}\n`);
      return categoryTable.not_found.exit;
    }
    const isReadable = options.json !== true && process.stdout.isTTY;
    const write = (lines: Iterable<string>) => {
      for (const line of lines) {
        if (!isAtLeast(line, options.level)) continue;
        process.stdout.write(`${isReadable ? toReadable(line) : line}\n`);
      }
    };
    const reader = new LogReader(log);
    write(lastOf(reader, options));
    if (options.follow === true) await follow(() => write(reader.lines()));
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}

function lastOf(reader: LogReader, { lines, level }: LogsOptions): readonly string[] {
  const kept: string[] = [];
  for (const source of [reader.before(), reader.lines()]) {
    for (const line of source) {
      if (!isAtLeast(line, level)) continue;
      kept.push(line);
      // Not at each line: moving them all is dear.
      if (kept.length > 2 * lines + 1_000) kept.splice(0, kept.length - lines);
    }
  }
  return lines === 0 ? [] : kept.slice(-lines);
}

async function follow(look: () => void): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  while (!stop.signal.aborted) {
    await delay(pace, undefined, { signal: stop.signal }).catch(() => undefined);
    look();
  }
}

function noLog(home: string, path: string): string {
  return livingHolder(home) === undefined
    ? `There is no log at ${path}: no hub ran in the background there yet. \`signalbox up\` starts one.`
    : `There is no log at ${path}: the hub of ${home} was started in the foreground and logs to its own stderr.`;
}
