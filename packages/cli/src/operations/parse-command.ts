/** The grammar of one operation's command: what stands where, before any of it is read as a value. */
import type { CommandOption, Command as OperationCommand } from "@signalbox/contract";
import { Argument, type Command, Option } from "commander";
import { addCommonOptions } from "./common-options.ts";
import { describeOption, describePlace } from "./describe-field.ts";
import type { Given } from "./read-input.ts";

/** Gives the command its places and options; `act` is told what was given in them, and all that was said. */
export function parseWith(
  target: Command,
  command: OperationCommand,
  act: (given: Given, said: Readonly<Record<string, unknown>>) => Promise<void>,
): void {
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
  target.action(async (...parsed: unknown[]) => {
    const said: Readonly<Record<string, unknown>> = target.opts();
    const given: Given = {
      places: parsed.slice(0, command.positionals.length) as Given["places"],
      options: givenOptions(command, options, said),
      input: said.input as string | undefined,
    };
    await act(given, said);
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
