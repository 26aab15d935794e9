import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileJsonSchema } from "./compile.ts";

const accepts = (schema: unknown, value: unknown) =>
  compileJsonSchema(schema)(value, []).length === 0;

// Schema, a value that fits, a value that does not.
const keywords: [string, object, unknown, unknown][] = [
  ["type", { type: "string" }, "a", 1],
  ["several types", { type: ["string", "null"] }, null, 1],
  ["integer", { type: "integer" }, 1e300, 1.5],
  ["number", { type: "number" }, 1.5, "1.5"],
  ["object, which is no list", { type: "object" }, {}, []],
  ["enum", { enum: [1, "x", null, { a: [1] }] }, { a: [1] }, { a: [2] }],
  ["const", { const: { a: 1, b: 2 } }, { b: 2, a: 1 }, { a: 1 }],
  ["minimum", { minimum: 3 }, 3, 2.9],
  ["maximum", { maximum: 3 }, 3, 3.1],
  ["exclusiveMinimum", { exclusiveMinimum: 3 }, 3.1, 3],
  ["exclusiveMaximum", { exclusiveMaximum: 3 }, 2.9, 3],
  ["multipleOf", { multipleOf: 0.1 }, 0.3, 0.35],
  ["minLength", { minLength: 2 }, "ab", "😀"],
  ["maxLength", { maxLength: 1 }, "😀", "ab"],
  ["pattern", { pattern: "^a" }, "ab", "ba"],
  ["format date", { format: "date" }, "2024-02-29", "2023-02-29"],
  ["format date-time", { format: "date-time" }, "2024-02-29T23:59:60Z", "2024-02-29 23:59:59Z"],
  ["format time", { format: "time" }, "08:30:00+02:00", "08:30:00"],
  ["format email", { format: "email" }, "a.b@example.org", "a b@example.org"],
  ["format uri", { format: "uri" }, "https://example.org/a", "/a"],
  ["format uuid", { format: "uuid" }, "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08"],
  ["format ipv4", { format: "ipv4" }, "127.0.0.1", "256.0.0.1"],
  ["format hostname", { format: "hostname" }, "www.example.org", "-a.org"],
  ["properties", { properties: { a: { type: "string" } } }, { b: 1 }, { a: 1 }],
  ["required", { required: ["a"] }, { a: null }, {}],
  ["required of an inherited name", { required: ["toString"] }, { toString: 1 }, {}],
  [
    "additionalProperties",
    { properties: { a: {} }, additionalProperties: false },
    { a: 1 },
    { b: 1 },
  ],
  [
    "a schema of additionalProperties",
    { additionalProperties: { type: "number" } },
    { a: 1 },
    { a: "" },
  ],
  ["patternProperties", { patternProperties: { "^a": { type: "number" } } }, { b: "" }, { ab: "" }],
  [
    "patternProperties beside additionalProperties",
    { patternProperties: { "^a": {} }, additionalProperties: false },
    { ab: 1 },
    { b: 1 },
  ],
  ["propertyNames", { propertyNames: { pattern: "^a" } }, { ab: 1 }, { b: 1 }],
  ["minProperties", { minProperties: 1 }, { a: 1 }, {}],
  ["maxProperties", { maxProperties: 1 }, { a: 1 }, { a: 1, b: 1 }],
  ["dependentRequired", { dependentRequired: { a: ["b"] } }, { b: 1 }, { a: 1 }],
  ["dependentSchemas", { dependentSchemas: { a: { required: ["b"] } } }, { a: 1, b: 1 }, { a: 1 }],
  ["items", { items: { type: "number" } }, [1, 2], [1, "2"]],
  ["items as a list", { items: [{ type: "number" }] }, [1, "2"], ["1"]],
  ["additionalItems", { items: [{}], additionalItems: false }, [1], [1, 2]],
  ["prefixItems", { prefixItems: [{ type: "number" }, {}] }, [1], ["1"]],
  ["items beside prefixItems", { prefixItems: [{}], items: { type: "number" } }, ["", 1], ["", ""]],
  ["contains", { contains: { type: "number" } }, ["", 1], [""]],
  ["minContains", { contains: { type: "number" }, minContains: 2 }, [1, 2], [1, ""]],
  ["maxContains", { contains: { type: "number" }, maxContains: 1 }, [1, ""], [1, 2]],
  ["minItems", { minItems: 1 }, [1], []],
  ["maxItems", { maxItems: 1 }, [1], [1, 2]],
  ["uniqueItems", { uniqueItems: true }, [1, "1", { a: 1 }], [{ a: 1 }, { a: 1 }]],
  ["allOf", { allOf: [{ required: ["a"] }, { required: ["b"] }] }, { a: 1, b: 1 }, { a: 1 }],
  ["anyOf", { anyOf: [{ required: ["a"] }, { required: ["b"] }] }, { b: 1 }, { c: 1 }],
  ["oneOf", { oneOf: [{ minimum: 1 }, { minimum: 5 }] }, 3, 6],
  ["not", { not: { type: "string" } }, 1, ""],
  [
    "if, then",
    JSON.parse('{"if": {"required": ["a"]}, "then": {"required": ["b"]}}'),
    { b: 1 },
    { a: 1 },
  ],
  ["if, else", { if: { required: ["a"] }, else: { required: ["b"] } }, { a: 1 }, {}],
  [
    "$ref",
    { $defs: { s: { type: "string" } }, properties: { a: { $ref: "#/$defs/s" } } },
    { a: "" },
    { a: 1 },
  ],
  [
    "$ref with an escaped name",
    { $defs: { "a/b": { type: "string" } }, $ref: "#/$defs/a~1b" },
    "",
    1,
  ],
  ["false", { properties: { a: false } }, { b: 1 }, { a: 1 }],
  [
    "a schema inside itself",
    { properties: { next: { $ref: "#" }, name: { type: "string" } }, required: ["name"] },
    { name: "a", next: { name: "b" } },
    { name: "a", next: { name: "b", next: {} } },
  ],
];

describe("compileJsonSchema", () => {
  it.each(keywords)("takes what fits %s and refuses what does not", (_, schema, good, bad) => {
    expect(accepts(schema, good)).toBe(true);
    expect(accepts(schema, bad)).toBe(false);
  });

  it("says where each thing is wrong, and what", () => {
    const check = compileJsonSchema({
      properties: { list: { items: { properties: { n: { type: "integer" } }, required: ["n"] } } },
      additionalProperties: false,
    });
    expect(check({ list: [{ n: 1 }, { n: "1" }, {}], more: 1 }, [])).toEqual([
      { path: ["list", 1, "n"], message: "must be integer, not string" },
      { path: ["list", 2, "n"], message: "is required" },
      { path: [], message: 'has no place for "more"' },
    ]);
  });

  it("takes unknown words as notes, and properties that are called like keywords", () => {
    expect(
      accepts(
        { "x-note": 1, title: "t", default: 5, properties: { a: { nullable: true } } },
        { a: 1 },
      ),
    ).toBe(true);
    const named = { properties: { $ref: { type: "string" }, not: { type: "string" } } };
    expect(accepts(named, { $ref: "a", not: "b" })).toBe(true);
    expect(accepts(named, { $ref: 1 })).toBe(false);
  });

  it.each([
    ["a reference to another document", { $ref: "https://example.org/s.json" }, /does not point/],
    ["a reference to nothing", { $ref: "#/$defs/none" }, /points to nothing/],
    ["a reference to an anchor", { $ref: "#name" }, /anchor/],
    ["an endless reference", { $ref: "#" }, /back to its own/],
    [
      "an endless reference around a corner",
      {
        $defs: { a: { anyOf: [{ $ref: "#/$defs/b" }] }, b: { not: { $ref: "#/$defs/a" } } },
        properties: { x: { $ref: "#/$defs/a" } },
      },
      /back to its own/,
    ],
    ["unevaluatedProperties", { unevaluatedProperties: false }, /unevaluatedProperties/],
    ["a type of another language", { type: "int" }, /none of JSON's/],
    ["a pattern that is none", { pattern: "(" }, /regular expression/],
    ["a bound that is none", { minimum: "1" }, /minimum must be a number/],
    ["required that is no list", { required: true }, /required must be a list/],
    ["a schema that is none", { properties: { a: "string" } }, /a schema is expected/],
  ])("refuses %s when it is compiled", (_, schema, message) => {
    expect(() => compileJsonSchema(schema)).toThrow(message);
  });

  it("takes every JSON value by a schema that is made of that value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(accepts({ const: value }, JSON.parse(JSON.stringify(value)))).toBe(true);
        expect(accepts({ not: { enum: [value] } }, JSON.parse(JSON.stringify(value)))).toBe(false);
      }),
    );
  });

  it("ends for every value and never throws", () => {
    const check = compileJsonSchema(keywords.at(-1)![1]);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => Array.isArray(check(value, []))),
    );
  });
});
