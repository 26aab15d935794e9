/**
 * A command for every operation. The overview is made from a generated list; what one command takes
 * is added when it is called, so that nothing of the contract is loaded for help.
 */
import { commandList, type ListedCommand } from "@signalbox/contract/command-list";
import type { Command } from "commander";
import type { Shell } from "../shell.ts";

const groupHeading = "Everything else the hub can be asked:";

/** Adds them to the program. `done` is told the exit code. */
export function addOperationCommands(
  program: Command,
  shell: Shell,
  done: (exitCode: number) => void,
): void {
  const listed = new WeakMap<Command, ListedCommand>();
  const groups = new Map<string, Command>();
  // What is done to sessions stands first in the overview.
  const isOfSessions = ({ operation }: ListedCommand) => operation.startsWith("sessions.");
  for (const entry of commandList.toSorted(
    (a, b) => Number(isOfSessions(b)) - Number(isOfSessions(a)),
  )) {
    const [first = "", second] = entry.words;
    const command =
      second === undefined
        ? program.command(first).helpGroup(isOfSessions(entry) ? "Sessions:" : groupHeading)
        : groupOf(program, first, groups).command(second);
    listed.set(command.description(entry.summary), entry);
  }
  for (const group of groups.values()) {
    const verbs = group.commands.map((command) => command.name()).join(", ");
    if (group.description() === "") group.description(verbs);
  }
  const define = async (_parent: Command, command: Command) => {
    const entry = listed.get(command);
    if (entry === undefined) return;
    const { defineCommand } = await import("./define-command.ts");
    defineCommand(command, entry.operation, shell, done);
  };
  for (const parent of [program, ...groups.values()]) parent.hook("preSubcommand", define);
}

/** The group of this name: one that is there already, such as `runtime`, is joined. */
function groupOf(program: Command, name: string, groups: Map<string, Command>): Command {
  const there = groups.get(name) ?? program.commands.find((command) => command.name() === name);
  const group = there ?? program.command(name).helpGroup(groupHeading);
  groups.set(name, group);
  return group;
}
