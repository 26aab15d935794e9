/** What one operation's command takes, what its help says, and what it does. */
import {
  commandOf,
  type Command as OperationCommand,
  type OperationName,
  operations,
  toCommandLine,
} from "@signalbox/contract";
import type { Command } from "commander";
import type { Shell } from "../shell.ts";
import { parseWith } from "./parse-command.ts";
import { runOperation } from "./run-operation.ts";
import { quoteForShell } from "./shell-quote.ts";

/** Gives the command its places, options, help and action. */
export function defineCommand(
  target: Command,
  name: string,
  shell: Shell,
  done: (exitCode: number) => void,
): void {
  const command = commandOf(operations[name as OperationName]);
  parseWith(target, command, async (given, said) => {
    done(await runOperation(command, given, said, shell));
  });
  target.addHelpText("after", () => examplesOf(command));
}

function examplesOf(command: OperationCommand): string {
  const shown = command.operation.examples.filter((example) => "output" in example);
  const lines = shown.flatMap(({ title, input }) => [
    `  # ${title}`,
    `  signalbox ${toCommandLine(command, input as Record<string, unknown>)
      .map(quoteForShell)
      .join(" ")}`,
  ]);
  return [
    "",
    "Examples:",
    ...lines,
    "",
    "The options of every command: signalbox help options",
  ].join("\n");
}
