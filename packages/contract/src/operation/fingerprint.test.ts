import { expect, test } from "vitest";
import { z } from "zod";
import { defineOperation, fingerprintOf, operations } from "../index.ts";

const define = (shape: z.core.$ZodLooseShape, output: z.ZodType = z.object({ a: z.string() })) =>
  defineOperation({
    name: "things.find",
    summary: "Finds",
    intent: "read",
    idempotent: true,
    http: { method: "GET", path: "/api/things" },
    input: z.strictObject(shape),
    output,
    errors: [],
    examples: [
      { title: "Found", input: {}, output: {} },
      { title: "Refused", input: { b: 1 }, error: "invalid_request" },
    ] as never,
  });
const fingerprint = (shape: z.core.$ZodLooseShape, output?: z.ZodType) =>
  fingerprintOf(define(shape, output));

test("a fingerprint is the same for the same fields, in whatever order and words they are said", () => {
  const one = fingerprint({ a: z.string().describe("One"), b: z.number().optional() });
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint({ b: z.number().optional(), a: z.string().describe("Other") })).toBe(one);
});

test("a field called description counts like any other", () => {
  expect(fingerprint({ description: z.string() })).not.toBe(fingerprint({}));
});

test.each([
  ["another type", { a: z.number() }],
  ["another limit", { a: z.string().max(5) }],
  ["a field more", { a: z.string(), b: z.string().optional() }],
  ["a field that need not be given", { a: z.string().optional() }],
])("%s in the input makes another fingerprint", (_what, shape) => {
  expect(fingerprint(shape)).not.toBe(fingerprint({ a: z.string() }));
});

test("another output makes another fingerprint", () => {
  expect(fingerprint({}, z.object({ a: z.number() }))).not.toBe(fingerprint({}));
});

test("no two operations have the same", () => {
  const all = Object.values(operations).map((operation) => fingerprintOf(operation));
  expect(new Set(all).size).toBe(all.length);
});
