/**
 * Fields of several operations as the properties of one object. Which operation takes which is said in
 * words, since a schema that said it (`oneOf`) is refused by model APIs; the hub checks it.
 */
import type { JsonSchema } from "../openapi/json-schema.ts";

/** The fields of one operation, as plain schemas. */
export interface FieldsOf {
  readonly operation: string;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** One object that has them all. */
export interface MergedFields {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** The fields every operation needs. */
  readonly required: readonly string[];
}

/** Merges fields by name, in the order in which they first come. */
export function mergeFields(sources: readonly FieldsOf[]): MergedFields {
  const names = [...new Set(sources.flatMap(({ properties }) => Object.keys(properties)))];
  return {
    properties: Object.fromEntries(names.map((name) => [name, mergeField(name, sources)])),
    required: names.filter((name) => sources.every(({ required }) => required.includes(name))),
  };
}

function mergeField(name: string, sources: readonly FieldsOf[]): JsonSchema {
  const takers = sources.filter(({ properties }) => Object.hasOwn(properties, name));
  const shapes = takers.map(({ properties }) => {
    const { description: _, default: __, ...shape } = properties[name]!;
    return shape;
  });
  const defaults = new Set(takers.map(({ properties }) => properties[name]!.default));
  const [usual] = defaults;
  const description = describe(name, takers, sources);
  return {
    ...mergeShapes(shapes),
    ...(description === "" ? {} : { description }),
    ...(defaults.size === 1 && usual !== undefined ? { default: usual } : {}),
  };
}

function mergeShapes(shapes: readonly JsonSchema[]): JsonSchema {
  const [first, ...others] = different(shapes.flatMap(choicesOf));
  if (others.length === 0) return first!;
  return joinTexts([first!, ...others]) ?? { anyOf: [first, ...others] };
}

function choicesOf(shape: JsonSchema): readonly JsonSchema[] {
  return "anyOf" in shape ? (shape.anyOf as JsonSchema[]) : [shape];
}

function different(shapes: readonly JsonSchema[]): JsonSchema[] {
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
}

/** Texts as one: any of their values where all are enumerated, else bounds that fit all. */
function joinTexts(shapes: readonly JsonSchema[]): JsonSchema | undefined {
  if (shapes.some(({ type }) => type !== "string")) return undefined;
  if (shapes.every((shape) => Array.isArray(shape.enum))) {
    return {
      type: "string",
      enum: [...new Set(shapes.flatMap((shape) => shape.enum as string[]))],
    };
  }
  if (shapes.some((shape) => "enum" in shape)) return undefined;
  const longest = shapes.map(({ maxLength }) => (maxLength ?? Infinity) as number);
  const maxLength = Math.max(...longest);
  return { type: "string", ...(Number.isFinite(maxLength) ? { maxLength } : {}) };
}

/** What it is and who takes it: `Session id. Needed by all but sessions.create.` */
function describe(name: string, takers: readonly FieldsOf[], all: readonly FieldsOf[]): string {
  const meanings = new Map<string, string[]>();
  for (const { operation, properties } of takers) {
    const meaning = String(properties[name]!.description ?? "");
    meanings.set(meaning, [...(meanings.get(meaning) ?? []), operation]);
  }
  const said = [...meanings].filter(([meaning]) => meaning !== "");
  const meaning =
    meanings.size === 1
      ? said.map(([text]) => text)
      : said.map(([text, operations]) => `${operations.join(", ")}: ${text}`);
  const isNeededBy = ({ required }: FieldsOf) => required.includes(name);
  const neededBy = who(takers.filter(isNeededBy), all);
  const takenBy = who(
    takers.filter((taker) => !isNeededBy(taker)),
    all,
  );
  return [
    ...meaning,
    ...(all.length === 1 || neededBy === undefined ? [] : [`Needed by ${neededBy}`]),
    ...(all.length === 1 || takenBy === undefined ? [] : [`Taken by ${takenBy}`]),
  ].join(". ");
}

/** Names of operations, or of those that are missing where these are fewer. */
function who(some: readonly FieldsOf[], all: readonly FieldsOf[]): string | undefined {
  if (some.length === 0) return undefined;
  if (some.length === all.length) return "all";
  const others = all.filter((one) => !some.includes(one));
  const names = (list: readonly FieldsOf[]) => list.map(({ operation }) => operation).join(", ");
  return others.length < some.length ? `all but ${names(others)}` : names(some);
}
