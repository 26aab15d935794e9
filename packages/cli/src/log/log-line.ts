/** One line of the hub's log: how serious it is, and how it looks on a terminal. */
import { stripVTControlCharacters, styleText } from "node:util";
import { safeText } from "../output/safe-text.ts";

/** How serious lines can be, the least first, with the numbers they have in the file. */
const logLevels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

/** How serious a line is at least. */
export type LogLevel = keyof typeof logLevels;

/** Whether a line is at least this serious. What node itself says when it crashes has no level and always is. */
export function isAtLeast(line: string, level: LogLevel): boolean {
  const found = /^\{"level":(\d+)/.exec(line)?.[1];
  return found === undefined || Number(found) >= logLevels[level];
}

/** The line for a person: time, level, message, then the other fields; an error with its stack below. */
export function toReadable(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return clean(line);
  // What `serve --json` says when it ends.
  if (isObject(entry.error))
    return `${toName(logLevels.error)} ${clean(String(entry.error.message))}`;
  const { level, time, pid: _pid, msg, err, ...rest } = entry;
  const at = typeof time === "string" ? clean(time).slice(11, 23) : "";
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${toValue(value)}`);
  const stack = isObject(err) ? clean(String(err.stack ?? err.message ?? "")) : "";
  const head = [
    styleText("dim", at),
    toName(Number(level)),
    clean(String(msg ?? "")),
    styleText("dim", clean(fields.join(" "))),
  ];
  const below = stack === "" ? "" : `\n${stack.replaceAll(/^/gm, "    ")}`;
  return `${head.filter((part) => part !== "").join(" ")}${below}`;
}

function toName(level: number): string {
  if (level >= logLevels.error) return styleText("red", "ERROR");
  if (level >= logLevels.warn) return styleText("yellow", "WARN ");
  return level >= logLevels.info ? "INFO " : styleText("dim", "DEBUG");
}

function toValue(value: unknown): string {
  return typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value);
}

/** Without what could steer the terminal it is shown on. */
function clean(text: string): string {
  return safeText(stripVTControlCharacters(text));
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && ("level" in value || "error" in value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
