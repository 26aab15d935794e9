/** Derives the command line from the operations: a new operation is a command without being named again. */
import { z } from "zod";
import { type Operation, pathFields } from "../operation/define-operation.ts";
import { type Command, type CommandField, type CommandOption, commonFlags } from "./command.ts";
import { fieldsOf, type InputField } from "./command-fields.ts";
import { singular, toCommandPath, toKebab } from "./command-path.ts";
import { type CommandWords, commandWords } from "./words.ts";

/** Fields that have the same name everywhere, since people say them often. */
const shortNames: Readonly<Record<string, string>> = {
  sessionId: "session",
  triggerId: "trigger",
};

/** What is said of operations beside what is derived from them. */
export type WordsByOperation = Readonly<Record<string, CommandWords | undefined>>;

/**
 * The commands for a set of operations, in their order. Throws a TypeError where two would be reached
 * by the same words, one's words begin with another's, an option has a name that is taken, or the
 * words of an operation name a field it does not have.
 */
export function commandsOf(
  operations: Readonly<Record<string, Operation>>,
  words: WordsByOperation = commandWords,
): readonly Command[] {
  const commands = Object.values(operations).map((operation) =>
    toCommand(operation, words[operation.name] ?? {}),
  );
  const paths = commands.map((command) => ({ command, path: command.words.join(" ") }));
  for (const [at, { command, path }] of paths.entries()) {
    const other = paths.find(
      (one, index) => index !== at && (one.path === path || one.path.startsWith(`${path} `)),
    );
    if (other === undefined) continue;
    throw new TypeError(
      `The command ${other.path} of ${other.command.operation.name} and the command ${path} of ${command.operation.name} stand in each other's way: give one other words`,
    );
  }
  return commands;
}

/** One operation as a command. Throws as `commandsOf` does. */
export function commandOf(operation: Operation): Command {
  return toCommand(operation, (commandWords as WordsByOperation)[operation.name] ?? {});
}

function toCommand(operation: Operation, said: CommandWords): Command {
  const fields = fieldsOf(operation.input);
  const field = (name: string): InputField => {
    const found = fields.get(name);
    if (found !== undefined) return found;
    throw new TypeError(`The words of ${operation.name} name ${name}, which it does not take`);
  };
  const places = said.positionals ?? naturalPlaces(operation, fields);
  const positionals = places.map((name) => ({
    ...field(name).itself,
    name: toKebab(name).replace(/-id$/, ""),
  }));
  const options = [...fields]
    .filter(([name]) => !places.includes(name) && !isActor(operation, name))
    .flatMap(([, { itself, within }]) => [itself, ...within])
    .map((of) => ({ ...of, flag: flagOf(of, { ...shortNames, ...said.names }) }));
  const mode = said.modeFlags;
  const choices = mode === undefined ? [] : (field(mode).itself.choices ?? []);
  const modeFlags = choices.map((value) => ({
    flag: `--${toKebab(value)}`,
    field: mode!,
    value,
  }));
  checkFlags(operation, [...options, ...modeFlags]);
  return {
    operation,
    words: said.words ?? toCommandPath(operation.name),
    summary: operation.summary,
    intent: operation.intent,
    positionals,
    options,
    modeFlags,
    standsIn: said.standsIn,
    pageSize: comesInPages(operation) ? fields.get("limit")?.maximum : undefined,
  };
}

function comesInPages({ output }: Operation): boolean {
  return output instanceof z.ZodObject && "data" in output.shape && "nextCursor" in output.shape;
}

/** Whether a field is who acts, which every command says in the same way, with `--actor`. */
export function isActor({ intent }: Operation, field: string): boolean {
  return intent !== "read" && field === "actor";
}

/** Fields of the route, then the texts it needs where they are few, then a list it needs. */
function naturalPlaces(
  operation: Operation,
  fields: ReadonlyMap<string, InputField>,
): readonly string[] {
  const ofRoute = pathFields(operation.http.path);
  const needed = [...fields]
    .map(([name, { itself }]) => ({ name, field: itself }))
    .filter(({ name, field }) => field.isRequired && !ofRoute.includes(name));
  const texts = needed.filter(({ field }) => isPlainText(field)).map(({ name }) => name);
  const lists = needed.filter(({ field }) => field.isList).map(({ name }) => name);
  const places = [...ofRoute, ...texts, ...lists.slice(0, 1)];
  return places.length > 3 ? ofRoute : places;
}

function isPlainText({ kind, choices, isList, isSecret }: CommandField): boolean {
  return kind === "text" && choices === undefined && !isList && !isSecret;
}

/** Of a list, whose entries are given one by one, the name of one of them: `--preset` of presets. */
function flagOf({ path, isList }: CommandField, names: Readonly<Record<string, string>>): string {
  const whole = path.length > 1 ? names[path.join(".")] : undefined;
  if (whole !== undefined) return `--${whole}`;
  const [first = "", ...rest] = path;
  const steps = [names[first] ?? first, ...rest].map(toKebab);
  const last = steps.pop() ?? "";
  return `--${[...steps, isList ? singular(last) : last].join(".")}`;
}

function checkFlags({ name }: Operation, options: readonly Pick<CommandOption, "flag">[]): void {
  const taken = new Set<string>(commonFlags);
  for (const { flag } of options) {
    if (taken.has(flag)) {
      throw new TypeError(`The option ${flag} of ${name} is taken: give the field another name`);
    }
    taken.add(flag);
  }
}
