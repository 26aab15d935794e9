/** An input as the words of a command line: for the examples help shows, and for those that are tests. */
import type { Command, CommandField } from "./command.ts";
import { isActor } from "./commands-of.ts";

type Input = Readonly<Record<string, unknown>>;

/**
 * The words after `signalbox` that stand for an input. What no place and no option can say goes into
 * `--input`, as JSON.
 */
export function toCommandLine(command: Command, input: Input): readonly string[] {
  const left = new Map(Object.entries(input));
  const options: string[] = [];
  const actor = left.get("actor");
  if (isActor(command.operation, "actor") && typeof actor === "string" && /^[^\s-]/.test(actor)) {
    options.push("--actor", actor);
    left.delete("actor");
  }
  const places = takePlaces(command, left);
  for (const [name, value] of [...left]) {
    const said = sayOption(command, name, value);
    if (said === undefined) continue;
    options.push(...said);
    left.delete(name);
  }
  if (left.size > 0) options.push("--input", JSON.stringify(Object.fromEntries(left)));
  const needsDashes = places.some((place) => place.startsWith("-"));
  return [
    ...command.words,
    ...(needsDashes ? [...options, "--", ...places] : [...places, ...options]),
  ];
}

/** Takes out of the input what stands in places; they end where one can't be said. */
function takePlaces(command: Command, left: Map<string, unknown>): readonly string[] {
  const places: string[] = [];
  for (const field of command.positionals) {
    const name = field.path[0]!;
    const texts = left.has(name) ? toTexts(field, left.get(name)) : undefined;
    if (texts === undefined || texts.includes("-")) break;
    places.push(...texts);
    left.delete(name);
  }
  return places;
}

function sayOption(command: Command, name: string, value: unknown): readonly string[] | undefined {
  const mode = command.modeFlags.find((one) => one.field === name && one.value === value);
  if (mode !== undefined) return [mode.flag];
  const options = command.options.filter(({ path }) => path[0] === name);
  const within = isObject(value) ? Object.entries(value) : [];
  const inner = within.map(([step, part]) => {
    const option = options.find(({ path }) => path[1] === step);
    return option === undefined ? undefined : sayOne(option, part);
  });
  if (inner.length > 0 && inner.every((said) => said !== undefined)) return inner.flat();
  const whole = options.find(({ path }) => path.length === 1);
  return whole === undefined ? undefined : sayOne(whole, value);
}

function sayOne(
  option: CommandField & { readonly flag: string },
  value: unknown,
): readonly string[] | undefined {
  if (option.kind === "boolean") {
    if (typeof value !== "boolean") return undefined;
    return [value ? option.flag : option.flag.replace("--", "--no-")];
  }
  const texts = toTexts(option, value);
  if (texts === undefined || (option.isSecret && texts.some(isReference))) return undefined;
  return texts.flatMap((text) =>
    text.startsWith("-") ? [`${option.flag}=${text}`] : [option.flag, text],
  );
}

/** The texts that a field's value is read from; undefined where none are. */
function toTexts(field: CommandField, value: unknown): readonly string[] | undefined {
  if (field.isList) {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const texts = value.map((entry) => toText(field, entry));
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }
  const text = toText(field, value);
  return text === undefined ? undefined : [text];
}

function toText(field: CommandField, value: unknown): string | undefined {
  if (value === null && field.isNullable) return "null";
  switch (field.kind) {
    case "text":
      return typeof value === "string" && !(field.isNullable && value === "null")
        ? value
        : undefined;
    case "number":
      return typeof value === "number" && /^-?\d+(\.\d+)?$/.test(String(value))
        ? String(value)
        : undefined;
    case "json":
    case "value":
      return JSON.stringify(value);
    case "boolean":
      return undefined;
  }
}

function isReference(text: string): boolean {
  return text === "-" || text.startsWith("@");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
