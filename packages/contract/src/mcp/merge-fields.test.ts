import { expect, test } from "vitest";
import type { JsonSchema } from "../openapi/json-schema.ts";
import { mergeFields } from "./merge-fields.ts";

const fields = (
  operation: string,
  properties: Record<string, JsonSchema>,
  ...required: string[]
) => ({ operation, properties, required });

test("each field says what it is, which operations need it and which take it", () => {
  const id = { type: "string", description: "The id" };
  const merged = mergeFields([
    fields("a", { id, deep: { type: "boolean" } }, "id"),
    fields("b", { id }, "id"),
    fields("c", { id, name: { type: "string", description: "A name" } }, "name"),
    fields("d", { id }, "id"),
  ]);
  expect(merged.required).toEqual([]);
  expect(merged.properties).toEqual({
    id: { type: "string", description: "The id. Needed by all but c. Taken by c" },
    deep: { type: "boolean", description: "Taken by a" },
    name: { type: "string", description: "A name. Needed by c" },
  });
});

test("what every operation needs is required, and a single operation needs no telling apart", () => {
  const id = { type: "string", description: "The id" };
  expect(mergeFields([fields("a", { id }, "id"), fields("b", { id }, "id")])).toMatchObject({
    required: ["id"],
    properties: { id: { description: "The id. Needed by all" } },
  });
  expect(mergeFields([fields("a", { id }, "id")]).properties.id).toEqual(id);
});

test("a field that means several things says which where", () => {
  const merged = mergeFields([
    fields("a", { mode: { type: "string", enum: ["x", "y"], description: "How" } }),
    fields("b", { mode: { type: "string", enum: ["y", "z"], description: "Where" } }),
  ]);
  expect(merged.properties.mode).toEqual({
    type: "string",
    enum: ["x", "y", "z"],
    description: "a: How. b: Where. Taken by all",
  });
});

test("texts of different bounds become one text whose bounds fit all", () => {
  const bounds = (...shapes: JsonSchema[]) =>
    mergeFields(shapes.map((shape, index) => fields(`op${index}`, { text: shape }))).properties
      .text;
  expect(bounds({ type: "string", maxLength: 5 }, { type: "string", maxLength: 9 })).toMatchObject({
    type: "string",
    maxLength: 9,
  });
  expect(bounds({ type: "string", maxLength: 5 }, { type: "string" })).toEqual({
    type: "string",
    description: "Taken by all",
  });
});

test("other types stand side by side below the field, never at the top", () => {
  const merged = mergeFields([
    fields("a", { value: { type: "string" } }),
    fields("b", { value: { anyOf: [{ type: "integer" }, { type: "string" }] } }),
    fields("c", { value: { type: "string", enum: ["x"] } }),
  ]);
  expect(merged.properties.value).toMatchObject({
    anyOf: [{ type: "string" }, { type: "integer" }, { type: "string", enum: ["x"] }],
  });
});

test("a default is told where all who take the field have it", () => {
  const limit = (value?: number) => ({ type: "integer", ...(value && { default: value }) });
  const of = (...values: (number | undefined)[]) =>
    mergeFields(values.map((value, index) => fields(`op${index}`, { limit: limit(value) })));
  expect(of(10, 10).properties.limit).toMatchObject({ default: 10 });
  expect(of(10, 20).properties.limit).not.toHaveProperty("default");
  expect(of(10, undefined).properties.limit).not.toHaveProperty("default");
});
