/** The hub's log: pino, on stderr unless told otherwise, with secrets taken out of every line. */
import { type Logger, pino, stdTimeFunctions } from "pino";
import { boundedStderr } from "./log-file.ts";

/** What is logged with. */
export type Log = Logger;

/** Where and what to log. */
export interface LogOptions {
  /** Default `info`. */
  readonly level?: "silent" | "error" | "warn" | "info" | "debug" | undefined;
  /** Default: stderr. */
  readonly destination?: { write(line: string): void } | undefined;
}

const secretFields = ["token", "authorization", "accessToken", "apiKey", "cookie", "password"];

/**
 * Makes the log. `secrets` are texts that never appear in it, wherever they came from; `file` is the
 * hub's own log file, kept bounded where stderr goes there.
 */
export function createLog(options: LogOptions, secrets: readonly string[], file?: string): Log {
  return pino(
    {
      level: options.level ?? "info",
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]) },
      hooks: {
        streamWrite: (line) =>
          secrets.reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), line),
      },
    },
    options.destination ?? boundedStderr(file),
  );
}
