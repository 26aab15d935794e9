/** Keywords about objects. They say nothing about other values. */
import type { Check, Keyword, SchemaIssue } from "./check.ts";
import { expectNames, expectNumber, expectObject, expectPattern } from "./expected.ts";
import { isJsonObject } from "./json-value.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Keyword to its check. */
export const objectChecks: Readonly<Record<string, Keyword>> = {
  properties(given, _schema, compile) {
    const checks = Object.entries(expectObject("properties", given)).map(
      ([name, schema]) => [name, compile(schema)] as const,
    );
    return ofObjects((object, path) =>
      checks.flatMap(([name, check]) =>
        Object.hasOwn(object, name) ? check(object[name], [...path, name]) : [],
      ),
    );
  },
  patternProperties(given, _schema, compile) {
    const checks = Object.entries(expectObject("patternProperties", given)).map(
      ([pattern, schema]) =>
        [expectPattern("patternProperties", pattern), compile(schema)] as const,
    );
    return ofObjects((object, path) =>
      checks.flatMap(([pattern, check]) =>
        Object.keys(object)
          .filter((name) => pattern.test(name))
          .flatMap((name) => check(object[name], [...path, name])),
      ),
    );
  },
  additionalProperties(given, schema, compile) {
    const check = compile(given);
    const named = new Set(Object.keys(expectObject("properties", schema.properties ?? {})));
    const patterns = Object.keys(
      expectObject("patternProperties", schema.patternProperties ?? {}),
    ).map((pattern) => expectPattern("patternProperties", pattern));
    return ofObjects((object, path) => {
      const others = Object.keys(object).filter(
        (name) => !named.has(name) && !patterns.some((pattern) => pattern.test(name)),
      );
      if (given === false) {
        const message = `has no place for ${others.map((name) => JSON.stringify(name)).join(", ")}`;
        return others.length === 0 ? [] : [{ path, message }];
      }
      return others.flatMap((name) => check(object[name], [...path, name]));
    });
  },
  propertyNames(given, _schema, compile) {
    const check = compile(given);
    return ofObjects((object, path) =>
      Object.keys(object).flatMap((name) =>
        check(name, path).map(({ message }) => ({
          path,
          message: `the name ${JSON.stringify(name)} ${message}`,
        })),
      ),
    );
  },
  required(given) {
    const names = expectNames("required", given);
    return ofObjects((object, path) => missing(names, object, path, "is required"));
  },
  dependentRequired(given) {
    const rules = Object.entries(expectObject("dependentRequired", given)).map(
      ([name, names]) => [name, expectNames("dependentRequired", names)] as const,
    );
    return ofObjects((object, path) =>
      rules.flatMap(([name, names]) =>
        Object.hasOwn(object, name)
          ? missing(names, object, path, `is required beside ${name}`)
          : [],
      ),
    );
  },
  dependentSchemas(given, _schema, compile) {
    const rules = Object.entries(expectObject("dependentSchemas", given)).map(
      ([name, schema]) => [name, compile(schema)] as const,
    );
    return ofObjects((object, path) =>
      rules.flatMap(([name, check]) => (Object.hasOwn(object, name) ? check(object, path) : [])),
    );
  },
  minProperties: ofCount("minProperties", (count, bound) => count >= bound, "at least"),
  maxProperties: ofCount("maxProperties", (count, bound) => count <= bound, "at most"),
};

function ofObjects(check: (object: JsonObject, path: SchemaIssue["path"]) => SchemaIssue[]): Check {
  return (value, path) => (isJsonObject(value) ? check(value, path) : []);
}

function missing(
  names: readonly string[],
  object: JsonObject,
  path: SchemaIssue["path"],
  message: string,
): SchemaIssue[] {
  return names
    .filter((name) => !Object.hasOwn(object, name))
    .map((name) => ({ path: [...path, name], message }));
}

function ofCount(
  name: string,
  isFit: (count: number, bound: number) => boolean,
  words: string,
): Keyword {
  return (given) => {
    const bound = expectNumber(name, given);
    return ofObjects((object, path) =>
      isFit(Object.keys(object).length, bound)
        ? []
        : [{ path, message: `must have ${words} ${bound} properties` }],
    );
  };
}
