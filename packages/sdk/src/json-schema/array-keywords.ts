/** Keywords about lists. They say nothing about other values. */
import type { Check, Keyword, SchemaIssue } from "./check.ts";
import { expectList, expectNumber } from "./expected.ts";
import { isSameJson } from "./json-value.ts";

/** Keyword to its check. */
export const arrayChecks: Readonly<Record<string, Keyword>> = {
  // A list of schemas is draft 7's word for prefixItems.
  items(given, schema, compile) {
    if (Array.isArray(given)) return inOrder(given.map(compile));
    const prefix =
      schema.prefixItems === undefined ? [] : expectList("prefixItems", schema.prefixItems);
    return after(prefix.length, compile(given));
  },
  prefixItems: (given, _schema, compile) =>
    inOrder(expectList("prefixItems", given).map((schema) => compile(schema))),
  additionalItems: (given, schema, compile) =>
    Array.isArray(schema.items) ? after(schema.items.length, compile(given)) : undefined,
  contains(given, schema, compile) {
    const check = compile(given);
    const least = expectNumber("minContains", schema.minContains ?? 1);
    const most = expectNumber("maxContains", schema.maxContains ?? Number.MAX_SAFE_INTEGER);
    return ofLists((list, path) => {
      const count = list.filter((item) => check(item, path).length === 0).length;
      if (count >= least && count <= most) return [];
      const wanted = count < least ? `at least ${least}` : `at most ${most}`;
      return [{ path, message: `must have ${wanted} of the items described, not ${count}` }];
    });
  },
  minItems: ofLength("minItems", (length, bound) => length >= bound, "at least"),
  maxItems: ofLength("maxItems", (length, bound) => length <= bound, "at most"),
  uniqueItems: (given) =>
    given === true
      ? ofLists((list, path) =>
          list.some((item, index) => list.slice(0, index).some((other) => isSameJson(item, other)))
            ? [{ path, message: "must not have the same item twice" }]
            : [],
        )
      : undefined,
};

function ofLists(
  check: (list: readonly unknown[], path: SchemaIssue["path"]) => SchemaIssue[],
): Check {
  return (value, path) => (Array.isArray(value) ? check(value, path) : []);
}

function inOrder(checks: readonly Check[]): Check {
  return ofLists((list, path) =>
    list.flatMap((item, index) => checks[index]?.(item, [...path, index]) ?? []),
  );
}

function after(start: number, check: Check): Check {
  return ofLists((list, path) =>
    list.slice(start).flatMap((item, index) => check(item, [...path, start + index])),
  );
}

function ofLength(
  name: string,
  isFit: (length: number, bound: number) => boolean,
  words: string,
): Keyword {
  return (given) => {
    const bound = expectNumber(name, given);
    return ofLists((list, path) =>
      isFit(list.length, bound) ? [] : [{ path, message: `must have ${words} ${bound} items` }],
    );
  };
}
