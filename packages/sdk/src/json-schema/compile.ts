/**
 * Checks values against a JSON Schema (draft 2020-12, and what drafts 4 to 7 say alike).
 *
 * Checked: type, enum, const; the bounds of numbers, texts, lists and objects; pattern and the
 * formats of formats.ts; properties, patternProperties, additionalProperties, propertyNames,
 * required, dependentRequired, dependentSchemas; items (a schema, or a list as in draft 7),
 * prefixItems, additionalItems, contains; allOf, anyOf, oneOf, not, if/then/else; `$ref` within the
 * document. A keyword that says something about values and is not in this list, and a `$ref` that
 * leads nowhere, is refused when the schema is compiled, never ignored. Unknown words are notes, as
 * the specification has it; a `default` is one too: values are checked, not changed.
 */
import { arrayChecks } from "./array-keywords.ts";
import { type Check, type Keyword, UnusableSchema } from "./check.ts";
import { combiningChecks } from "./combining-keywords.ts";
import { isJsonObject } from "./json-value.ts";
import { objectChecks } from "./object-keywords.ts";
import { valueChecks } from "./value-keywords.ts";

const keywords: Readonly<Record<string, Keyword>> = {
  ...valueChecks,
  ...objectChecks,
  ...arrayChecks,
  ...combiningChecks,
};

const notSupported = [
  "$dynamicRef",
  "$recursiveRef",
  "unevaluatedProperties",
  "unevaluatedItems",
  "dependencies",
] as const;

/** Makes the check of a schema. Throws `UnusableSchema`. */
export function compileJsonSchema(root: unknown): Check {
  // By place, so that a schema that refers to itself is compiled once.
  const compiled = new Map<unknown, { check: Check | undefined }>();

  const compile = (schema: unknown): Check => {
    if (schema === true) return fits;
    if (schema === false) return (_, path) => [{ path, message: "must not be there" }];
    if (!isJsonObject(schema)) {
      throw new UnusableSchema(`${JSON.stringify(schema)} stands where a schema is expected`);
    }
    const known = compiled.get(schema);
    if (known !== undefined) return (value, path) => known.check!(value, path);
    const place: { check: Check | undefined } = { check: undefined };
    compiled.set(schema, place);
    place.check = all(checksOf(schema));
    return place.check;
  };

  const checksOf = (schema: Readonly<Record<string, unknown>>): Check[] => {
    for (const name of notSupported) {
      if (Object.hasOwn(schema, name)) throw new UnusableSchema(`${name} can't be checked`);
    }
    const checks: Check[] = [];
    if (schema.$ref !== undefined) checks.push(compile(resolve(root, schema.$ref)));
    for (const [name, value] of Object.entries(schema)) {
      if (value === undefined || !Object.hasOwn(keywords, name)) continue;
      const check = keywords[name]!(value, schema, compile);
      if (check !== undefined) checks.push(check);
    }
    return checks;
  };

  const check = compile(root);
  refuseEndlessReferences(root, compiled.keys());
  return check;
}

const fits: Check = () => [];

function all(checks: readonly Check[]): Check {
  return (value, path) => checks.flatMap((check) => check(value, path));
}

/** What a reference within the document points to. */
function resolve(root: unknown, ref: unknown): unknown {
  if (typeof ref !== "string" || !ref.startsWith("#")) {
    throw new UnusableSchema(`$ref ${JSON.stringify(ref)} does not point into this schema`);
  }
  let target: unknown = root;
  for (const step of decodeURIComponent(ref.slice(1)).split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    const isThere = typeof target === "object" && target !== null && Object.hasOwn(target, name);
    if (!isThere) throw new UnusableSchema(`$ref ${ref} points to nothing`);
    target = (target as Record<string, unknown>)[name];
  }
  if (ref !== "#" && !ref.startsWith("#/")) {
    throw new UnusableSchema(`$ref ${ref} names an anchor; give a path such as #/$defs/name`);
  }
  return target;
}

/** A schema that comes back to itself without a step into the value would never end. */
function refuseEndlessReferences(root: unknown, schemas: Iterable<unknown>): void {
  const settled = new Set<unknown>();
  const follow = (schema: unknown, under: readonly unknown[]): void => {
    if (!isJsonObject(schema) || settled.has(schema)) return;
    if (under.includes(schema)) throw new UnusableSchema("a $ref leads back to its own schema");
    const here = [...under, schema];
    for (const branch of branchesOf(root, schema)) follow(branch, here);
    settled.add(schema);
  };
  for (const schema of schemas) follow(schema, []);
}

/** The schemas that are put to the same value as this one. */
function branchesOf(root: unknown, schema: Readonly<Record<string, unknown>>): unknown[] {
  const { $ref, allOf = [], anyOf = [], oneOf = [], dependentSchemas = {} } = schema;
  return [
    $ref === undefined ? undefined : resolve(root, $ref),
    ...[allOf, anyOf, oneOf].flat(),
    ...Object.values(dependentSchemas as object),
    schema.not,
    schema.if,
    schema.then,
    schema.else,
  ];
}
