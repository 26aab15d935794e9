/** An operation's input, field by field, as the command line can write it. */
import { z } from "zod";
import type { CommandField, ValueKind } from "./command.ts";

/** The parts of a JSON Schema that say how a value is written. */
interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly FieldSchema[];
  readonly oneOf?: readonly FieldSchema[];
  readonly allOf?: readonly FieldSchema[];
  readonly format?: string;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** An input's fields by name: each itself, and of an object those within it. */
export interface InputField {
  readonly itself: CommandField;
  /** Fields of this object, or of the objects it can be. */
  readonly within: readonly CommandField[];
  /** The largest number it takes. */
  readonly maximum: number | undefined;
}

/** The fields of an input, in its order. */
export function fieldsOf(input: z.ZodObject): ReadonlyMap<string, InputField> {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as FieldSchema;
  const required = new Set(schema.required);
  return new Map(
    Object.entries(schema.properties ?? {}).map(([name, field]) => {
      const within = [...mergedProperties(field)].map(([inner, schemas]) =>
        toField([name, inner], schemas, false),
      );
      const itself = toField([name], [field], required.has(name));
      return [name, { itself, within, maximum: field.maximum }];
    }),
  );
}

/** The field that values of any of these schemas go into. */
function toField(
  path: readonly string[],
  schemas: readonly FieldSchema[],
  isRequired: boolean,
): CommandField {
  const variants = schemas.flatMap(variantsOf);
  const plain = variants.filter(({ type }) => type !== "null");
  const isList = plain.length > 0 && plain.every(isListOfPlain);
  const values = isList ? plain.map(({ items }) => items!) : plain;
  const choices = values.map(choicesOf);
  const [first] = schemas;
  return {
    path,
    kind: kindOf(values),
    choices: choices.every((of) => of !== undefined) ? [...new Set(choices.flat())] : undefined,
    isList,
    isNullable: plain.length < variants.length,
    isRequired,
    isSecret: values.some(({ format }) => format === "password"),
    isPath: values.some(({ format }) => format === "path"),
    default: first?.default,
    description: schemas.map(descriptionOf).find((text) => text !== "") ?? "",
  };
}

function kindOf(schemas: readonly FieldSchema[]): ValueKind {
  const kinds = new Set(schemas.map(kindOfOne));
  const [only = "value"] = kinds;
  return kinds.size === 1 ? only : "value";
}

function kindOfOne(schema: FieldSchema): ValueKind {
  if (choicesOf(schema) !== undefined) return "text";
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "object":
    case "array":
      return "json";
    default:
      return "value";
  }
}

/** A list whose entries are written one by one; one of objects is written as JSON, whole. */
function isListOfPlain({ type, items }: FieldSchema): boolean {
  return (
    type === "array" && items !== undefined && /^(text|number)$/.test(kindOf(variantsOf(items)))
  );
}

function choicesOf(schema: FieldSchema): readonly string[] | undefined {
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  return values?.every((value) => typeof value === "string") ? values : undefined;
}

/** What a schema can be, one by one. */
function variantsOf(schema: FieldSchema): readonly FieldSchema[] {
  const { anyOf, oneOf, type } = schema;
  const variants =
    anyOf ??
    oneOf ??
    (Array.isArray(type) ? type.map((one: string) => ({ ...schema, type: one })) : []);
  return variants.length === 0 ? [schema] : variants.flatMap(variantsOf);
}

/** The properties of an object, or of all the objects it can be: by name, one schema from each. */
function mergedProperties(schema: FieldSchema): ReadonlyMap<string, readonly FieldSchema[]> {
  const merged = new Map<string, FieldSchema[]>();
  for (const { properties = {} } of variantsOf(schema)) {
    for (const [name, property] of Object.entries(properties)) {
      merged.set(name, [...(merged.get(name) ?? []), property]);
    }
  }
  return merged;
}

function descriptionOf(schema: FieldSchema): string {
  const inner = variantsOf(schema).find(({ description }) => description !== undefined);
  return schema.description ?? inner?.description ?? "";
}
