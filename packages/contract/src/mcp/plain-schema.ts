/**
 * JSON Schema that every model API takes for a tool: what OpenAI's functions (not strict), Anthropic's
 * tools and Gemini's function declarations (`parametersJsonSchema`) have in common. Only the keywords
 * of `plainKeywords`, one `type` each, enums of texts, no references. What is left out (patterns,
 * formats) the hub still checks.
 */
import type { JsonSchema } from "../openapi/json-schema.ts";

/** The keywords a plain schema may have. */
export const plainKeywords = [
  "type",
  "description",
  "default",
  "enum",
  "anyOf",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
] as const;

/** How a schema is made plain. */
export interface PlainOptions {
  /** Whether objects refuse fields they do not name. What a newer hub answers may hold more. */
  readonly closed: boolean;
  /** Levels of objects and lists whose content is told; what is deeper has its type only. Default: all. */
  readonly depth?: number;
}

/** Makes a schema plain. Throws a TypeError for what can't be said plainly. */
export function toPlainSchema(schema: JsonSchema, options: PlainOptions): JsonSchema {
  const { $defs, ...root } = schema;
  const shared = ($defs ?? {}) as Schemas;
  return plain(root, { depth: Number.POSITIVE_INFINITY, ...options, shared, within: new Set() });
}

type Schemas = Readonly<Record<string, JsonSchema>>;

interface Context extends Required<PlainOptions> {
  /** What references point at, by name. */
  readonly shared: Schemas;
  /** Names of the shared schemas around this one: within itself each is anything. */
  readonly within: ReadonlySet<string>;
}

const kept = new Set<string>(plainKeywords);
const unsayable = ["allOf", "not", "if", "prefixItems", "patternProperties", "dependentSchemas"];

function plain(schema: JsonSchema, context: Context): JsonSchema {
  if (typeof schema.$ref === "string") return resolve(schema, schema.$ref, context);
  const wrong = unsayable.find((keyword) => keyword in schema);
  if (wrong !== undefined) throw new TypeError(`A tool's schema can't say ${wrong}`);
  const own = Object.entries(schema).filter(
    ([keyword, value]) => kept.has(keyword) && !saysNothing(keyword, value),
  );
  const said = { ...Object.fromEntries(own), ...typed(schema), ...chosen(schema, context) };
  return withoutUndefined({ ...said, ...filled(schema, context) });
}

function withoutUndefined(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}

function resolve(schema: JsonSchema, reference: string, context: Context): JsonSchema {
  const name = reference.replace(/^#\/\$defs\//, "");
  const target = context.shared[name];
  if (target === undefined) {
    throw new TypeError(`A tool's schema refers to ${reference}, which it does not have`);
  }
  const { $ref: _, ...beside } = schema;
  if (context.within.has(name)) return plain(beside, context);
  const within = new Set([...context.within, name]);
  return plain({ ...target, ...beside }, { ...context, within });
}

/** Its one type, and its values where they are texts. */
function typed(schema: JsonSchema): JsonSchema {
  const values = valuesOf(schema);
  if (values === undefined) return {};
  const type = typeOfValue(values[0]);
  return type === "string" ? { type, enum: values } : { type, enum: undefined };
}

/** What it may be one of, each once. */
function chosen(schema: JsonSchema, context: Context): JsonSchema {
  const choices = choicesOf(schema);
  if (choices === undefined) return {};
  const flat = choices
    .map((choice) => plain(choice, context))
    .flatMap((choice) => ("anyOf" in choice ? (choice.anyOf as JsonSchema[]) : [choice]));
  const each = new Map(flat.map((choice) => [JSON.stringify(choice), choice]));
  return { type: undefined, enum: undefined, anyOf: [...each.values()] };
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices as readonly JsonSchema[];
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => ({ type }));
  const values = Map.groupBy(valuesOf(schema) ?? [], typeOfValue);
  return values.size > 1 ? [...values.values()].map((some) => ({ enum: some })) : undefined;
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return "const" in schema ? [schema.const] : (schema.enum as readonly unknown[] | undefined);
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** What is in it, with nothing for what it would hold unplain. */
function filled(schema: JsonSchema, outer: Context): JsonSchema {
  if (outer.depth === 0) {
    return {
      properties: undefined,
      required: undefined,
      additionalProperties: undefined,
      items: undefined,
    };
  }
  const context = { ...outer, depth: outer.depth - 1 };
  const properties = Object.entries((schema.properties ?? {}) as Schemas);
  return {
    ...("properties" in schema
      ? {
          properties: Object.fromEntries(
            properties.map(([name, property]) => [name, plain(property, context)]),
          ),
        }
      : {}),
    ...(schema.type === "array"
      ? { items: plain((schema.items ?? {}) as JsonSchema, context) }
      : {}),
    additionalProperties: othersOf(schema, context),
  };
}

function othersOf({ additionalProperties }: JsonSchema, context: Context): unknown {
  if (additionalProperties === false && !context.closed) return undefined;
  if (typeof additionalProperties !== "object") return additionalProperties;
  const each = plain(additionalProperties as JsonSchema, context);
  return Object.keys(each).length === 0 ? true : each;
}

/** Bounds that every whole number, or every text that was given at all, keeps. */
function saysNothing(keyword: string, value: unknown): boolean {
  switch (keyword) {
    case "minimum":
      return value === Number.MIN_SAFE_INTEGER;
    case "maximum":
      return value === Number.MAX_SAFE_INTEGER;
    case "minLength":
      return value === 0 || value === 1;
    default:
      return false;
  }
}
