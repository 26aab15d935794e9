/** How a hub is told to run: the options of `serve`, which `up` and `service` pass on to it. */
import { type Command, InvalidArgumentError } from "commander";
import { parseDays, parseSize } from "./retain-options.ts";

/** The home of a hub, as every command says it. */
export const homeOption = [
  "--home <dir>",
  "where the hub keeps its files (default: SIGNALBOX_HOME or ~/.signalbox)",
] as const;

/** Adds the options. */
export function addServeOptions(command: Command): Command {
  return command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes a free one", parsePort, 4777)
    .option(...homeOption)
    .option("--codex <path>", "codex binary (default: SIGNALBOX_CODEX, an installed one, PATH)")
    .option("--allow-exec", "let callers run commands outside sessions (runtime.exec)")
    .option(
      "--allow-app-server-method <name...>",
      "pass this method of app-server on, though it may do harm; can be given again",
    )
    .option("--lock-defaults", "refuse changes of what new sessions begin with")
    .option(
      "--runtime <kind>",
      "how codex is held: private (ends with the hub) or shared (outlives it)",
      "private",
    )
    .option("--retain-days <days>", "how long events are kept, or forever (default: 30)", parseDays)
    .option(
      "--retain-size <size>",
      "how large the journal may be, or forever (default: 2GiB)",
      parseSize,
    );
}

/**
 * Adds the options and notes those that are given, as they are written: the arguments for a `serve`
 * that is to run the same way.
 */
export function addPassedServeOptions(command: Command): readonly string[] {
  addServeOptions(command);
  const given: string[] = [];
  for (const option of command.options) {
    const flag = option.long!;
    command.on(`option:${option.name()}`, (value: string | null | undefined) => {
      given.push(flag, ...(value === null || value === undefined ? [] : [value]));
    });
  }
  return given;
}

/** A port's number. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}
