import { expect, test } from "vitest";
import { z } from "zod";
import { toPlainSchema } from "./plain-schema.ts";

const plain = (schema: z.ZodType, closed = true, depth?: number) => {
  const { $schema: _, ...said } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return toPlainSchema(said, { closed, ...(depth === undefined ? {} : { depth }) });
};

test("what model APIs do not take alike is left out, and bounds that say nothing", () => {
  expect(plain(z.string().min(1).max(9).regex(/^a/).describe("A text"))).toEqual({
    type: "string",
    maxLength: 9,
    description: "A text",
  });
  expect(plain(z.int())).toEqual({ type: "integer" });
  expect(plain(z.int().min(1).max(5).default(2))).toEqual({
    type: "integer",
    minimum: 1,
    maximum: 5,
    default: 2,
  });
  expect(plain(z.iso.datetime())).toEqual({ type: "string" });
});

test("a constant becomes an enum of one text, or its type", () => {
  expect(plain(z.literal("ok"))).toEqual({ type: "string", enum: ["ok"] });
  expect(plain(z.literal(["a", "b"]))).toEqual({ type: "string", enum: ["a", "b"] });
  expect(plain(z.literal(true))).toEqual({ type: "boolean" });
  expect(plain(z.literal(3))).toEqual({ type: "integer" });
  expect(plain(z.null())).toEqual({ type: "null" });
  expect(plain(z.literal(["a", null]))).toEqual({
    anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }],
  });
});

test("choices are told once each, those within choices among the others", () => {
  const inner = z.union([z.string(), z.number()]);
  expect(plain(z.union([inner, z.string(), z.null()]))).toEqual({
    anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }],
  });
  expect(plain(inner.nullable().describe("Any"))).toEqual({
    description: "Any",
    anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }],
  });
  const told = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("a") }),
    z.strictObject({ type: z.literal("b") }),
  ]);
  expect(Object.keys(plain(told))).toEqual(["anyOf"]);
});

test("a reference becomes what it refers to; within itself that is anything", () => {
  const tree = z.strictObject({
    name: z.string(),
    get children() {
      return z.array(tree);
    },
  });
  const schema = plain(z.strictObject({ tree: tree.meta({ id: "tree" }) }));
  expect(JSON.stringify(schema)).not.toMatch(/\$/);
  expect(schema).toMatchObject({
    properties: { tree: { type: "object", properties: { children: { items: {} } } } },
  });
  expect(() => toPlainSchema({ $ref: "#/$defs/gone" }, { closed: true })).toThrow(/gone/);
});

test("objects refuse other fields only where that is asked for, and maps say what they hold", () => {
  const thing = z.strictObject({ inner: z.strictObject({ a: z.string() }) });
  expect(plain(thing)).toMatchObject({
    additionalProperties: false,
    properties: { inner: { additionalProperties: false } },
  });
  expect(JSON.stringify(plain(thing, false))).not.toContain("additionalProperties");
  expect(plain(z.record(z.string(), z.number()))).toEqual({
    type: "object",
    additionalProperties: { type: "number" },
  });
  expect(plain(z.record(z.string(), z.unknown()), false)).toEqual({
    type: "object",
    additionalProperties: true,
  });
});

test("below the depth asked for only types are told", () => {
  const deep = z.strictObject({ list: z.array(z.strictObject({ a: z.strictObject({}) })) });
  expect(plain(deep, true, 1)).toEqual({
    type: "object",
    properties: { list: { type: "array" } },
    required: ["list"],
    additionalProperties: false,
  });
  expect(plain(deep, true, 2)).toMatchObject({
    properties: { list: { items: { type: "object" } } },
  });
});

test("what can't be said plainly is refused", () => {
  expect(() => plain(z.tuple([z.string()]))).toThrow(/prefixItems/);
});
