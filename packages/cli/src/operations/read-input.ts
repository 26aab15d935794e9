/** Puts an operation's input together from the places and options of a command line. */
import type { Command, CommandField } from "@signalbox/contract";
import type { Shell } from "../shell.ts";
import { ValueReader } from "./read-value.ts";
import { wrongUsage } from "./wrong-usage.ts";

/** What was given, before it is read. */
export interface Given {
  /** By place; a list's entries together in its own. */
  readonly places: readonly (string | readonly string[] | undefined)[];
  /** By flag: the texts given for it, or true or false of one without a value. */
  readonly options: ReadonlyMap<string, readonly string[] | boolean>;
  /** The whole input: JSON, `@file` or `-`. */
  readonly input: string | undefined;
}

type Input = Record<string, unknown>;

/**
 * The input. Options and places go over what `--input` says, and options for a field of an object
 * over those for the whole of it. Throws `invalid_request` naming the place for a text that is no
 * such value, for two modes, and for what is needed and missing.
 */
export async function readInput(command: Command, given: Given, shell: Shell): Promise<Input> {
  const reader = new ValueReader(shell);
  const input = given.input === undefined ? {} : await readWhole(reader, given.input);
  for (const [at, field] of command.positionals.entries()) {
    const texts = given.places[at];
    const all = typeof texts === "string" ? [texts] : (texts ?? []);
    if (all.length === 0) continue;
    put(input, field, await reader.read({ field, name: `<${field.name}>` }, all));
  }
  for (const option of command.options) {
    const texts = given.options.get(option.flag);
    if (texts === undefined) continue;
    const place = { field: option, name: option.flag };
    const value = typeof texts === "boolean" ? texts : await reader.read(place, texts);
    put(input, option, value);
  }
  const { standsIn } = command;
  if (standsIn !== undefined) input[standsIn] ??= shell.cwd;
  putMode(command, given, input);
  checkNeeded(command, input);
  return input;
}

async function readWhole(reader: ValueReader, text: string): Promise<Input> {
  const value = await reader.readJson("--input", "", text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Input;
  throw wrongUsage("--input", "Must be a JSON object", "");
}

function put(input: Input, { path }: CommandField, value: unknown): void {
  const [first = "", second] = path;
  if (second === undefined) {
    input[first] = value;
    return;
  }
  const there = input[first];
  const object = typeof there === "object" && there !== null && !Array.isArray(there) ? there : {};
  input[first] = { ...object, [second]: value };
}

function putMode({ modeFlags }: Command, { options }: Given, input: Input): void {
  const given = modeFlags.filter(({ flag }) => options.get(flag) === true);
  const [one, another] = given;
  if (one === undefined) return;
  if (another !== undefined) {
    throw wrongUsage(another.flag, `${one.flag} is given too: give one of them`, one.field);
  }
  const said = input[one.field];
  if (said !== undefined && said !== one.value) {
    throw wrongUsage(
      one.flag,
      `--${one.field} ${String(said)} is given too: give one of them`,
      one.field,
    );
  }
  input[one.field] = one.value;
}

function checkNeeded(command: Command, input: Input): void {
  const places = command.positionals.map((field) => ({ field, place: `<${field.name}>` }));
  const options = command.options.map((field) => ({ field, place: field.flag }));
  for (const { field, place } of [...places, ...options]) {
    if (field.isRequired && !Object.hasOwn(input, field.path[0]!)) {
      const help = `signalbox ${command.words.join(" ")} --help`;
      throw wrongUsage(place, `Is needed (${help})`, field.path.join("."));
    }
  }
}
