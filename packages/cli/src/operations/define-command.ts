/** What one operation's command takes, and what its help says. */
import {
  type CommandOption,
  commandOf,
  type Command as OperationCommand,
  type OperationName,
  operations,
  toCommandLine,
} from "@signalbox/contract";
import { Argument, type Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addCommonOptions } from "./common-options.ts";
import { describeOption, describePlace } from "./describe-field.ts";
import type { Given } from "./read-input.ts";
import { runOperation } from "./run-operation.ts";
import { quoteForShell } from "./shell-quote.ts";

/** Gives the command its arguments, options, help and action. */
export function defineCommand(
  target: Command,
  name: string,
  shell: Shell,
  done: (exitCode: number) => void,
): void {
  const command = commandOf(operations[name as OperationName]);
  const places = command.positionals.map((field) => {
    const shown = field.isList ? `${field.name}...` : field.name;
    // None must be there for commander, since --input can give it too.
    target.addArgument(new Argument(`[${shown}]`, describePlace(field)));
    return field.isRequired ? `<${shown}>` : `[${shown}]`;
  });
  target.usage(["[options]", ...places].join(" "));
  const options = command.options.map((field) => addOption(target, field));
  for (const { flag, field, value } of command.modeFlags) {
    target.option(flag, `short for --${field} ${value}`);
  }
  addCommonOptions(target, command);
  target.addHelpText("after", () => examplesOf(command));
  target.action(async (...parsed: unknown[]) => {
    const said = target.opts();
    const given: Given = {
      places: parsed.slice(0, command.positionals.length) as Given["places"],
      options: givenOptions(command, options, said),
      input: said.input,
    };
    done(await runOperation(command, given, said, shell));
  });
}

interface AddedOption {
  readonly flag: string;
  readonly attribute: string;
}

function addOption(target: Command, field: CommandOption): AddedOption {
  const { flag, isRequired } = field;
  if (field.kind === "boolean") {
    const option = new Option(flag, describeOption(field));
    const negated = new Option(flag.replace("--", "--no-"), "the opposite");
    target.addOption(option).addOption(negated.hideHelp(!isRequired && field.default !== true));
    return { flag, attribute: option.attributeName() };
  }
  const option = new Option(`${flag} <${valueName(field)}>`, describeOption(field));
  option.argParser((text: string, before: readonly string[] | undefined) =>
    field.isList && before !== undefined ? [...before, text] : [text],
  );
  target.addOption(option);
  return { flag, attribute: option.attributeName() };
}

function valueName({ kind, choices }: CommandOption): string {
  return choices === undefined ? kind : "choice";
}

function givenOptions(
  command: OperationCommand,
  options: readonly AddedOption[],
  said: Readonly<Record<string, unknown>>,
): Given["options"] {
  const modes = command.modeFlags.map(({ flag }) => ({
    flag,
    attribute: new Option(flag).attributeName(),
  }));
  return new Map(
    [...options, ...modes]
      .map(({ flag, attribute }) => [flag, said[attribute]] as const)
      .filter((entry): entry is [string, readonly string[] | boolean] => entry[1] !== undefined),
  );
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
