import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileSchema, type JsonSchema } from "./schema.ts";

const jsonSchema = {
  type: "object",
  properties: { text: { type: "string" }, times: { type: "integer", minimum: 1 } },
  required: ["text"],
  additionalProperties: false,
};

describe("compileSchema", () => {
  it("gives the JSON Schema of a zod schema's input and the output of its validation", async () => {
    const schema = compileSchema("s", z.object({ n: z.string().transform(Number) }));
    expect(schema.jsonSchema).toEqual({
      type: "object",
      properties: { n: { type: "string" } },
      required: ["n"],
    });
    expect(await schema.validate({ n: "7" })).toEqual({ value: { n: 7 } });
  });

  it("passes a JSON Schema on as it is and checks arguments against it", async () => {
    const schema = compileSchema("s", jsonSchema);
    expect(schema.jsonSchema).toEqual(jsonSchema);
    expect(await schema.validate({ text: "a", times: 2 })).toEqual({
      value: { text: "a", times: 2 },
    });
  });

  it.each([
    ["zod", z.strictObject({ text: z.string(), times: z.int().min(1).optional() })],
    ["JSON", jsonSchema as JsonSchema],
  ])("names every argument that is wrong, by a %s schema", async (_, input) => {
    const checked = await compileSchema("s", input).validate({ text: 1, times: 0, more: true });
    const issues = "issues" in checked ? checked.issues : [];
    expect(issues.map(({ path }) => path).sort()).toEqual(["", "text", "times"]);
    expect(issues.find(({ path }) => path === "")?.message).toContain("more");
  });

  it.each([
    ["is no object", z.string(), /describe an object/],
    ["has no JSON form", z.object({ when: z.date() }), /no form in JSON Schema/],
    [
      "asks for what can't be checked",
      { type: "object", unevaluatedProperties: false } as JsonSchema,
      /can't be checked/,
    ],
  ])("refuses a schema that %s", (_, input, message) => {
    expect(() => compileSchema("s", input)).toThrow(message);
  });
});
