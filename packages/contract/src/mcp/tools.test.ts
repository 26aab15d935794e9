import { expect, test } from "vitest";
import { z } from "zod";
import { defineOperation, type Operation, operations, toolsOf } from "../index.ts";
import type { JsonSchema } from "../openapi/json-schema.ts";
import { plainKeywords } from "./plain-schema.ts";

const tools = toolsOf(operations);

/** Every schema within a schema, itself first, with how deep it stands. */
function* schemasIn(schema: JsonSchema, depth = 0): Generator<[JsonSchema, number]> {
  yield [schema, depth];
  const below = [
    ...Object.values((schema.properties ?? {}) as Record<string, JsonSchema>),
    ...((schema.anyOf ?? []) as JsonSchema[]),
    ...(["items", "additionalProperties"] as const)
      .map((keyword) => schema[keyword])
      .filter((value) => typeof value === "object"),
  ];
  for (const one of below as JsonSchema[]) yield* schemasIn(one, depth + 1);
}

test("every operation is reached by exactly one tool, with those of its intent alone", () => {
  const reached = tools.flatMap((tool) => tool.operations.map(({ name }) => name));
  expect(reached.toSorted()).toEqual(Object.keys(operations).toSorted());
  for (const { intent, operations: group } of tools) {
    expect(new Set(group.map((operation) => operation.intent))).toEqual(new Set([intent]));
  }
});

test("the tools are these, with these annotations", () => {
  const rows = tools.map(({ name, annotations }) => {
    const hints = Object.entries(annotations).filter(([, value]) => value === true);
    return [name, ...hints.map(([hint]) => hint.replace("Hint", ""))].join(" ");
  });
  expect(rows).toMatchInlineSnapshot(`
    [
      "signalbox_sessions_read readOnly idempotent",
      "signalbox_sessions_write openWorld",
      "signalbox_sessions_destroy destructive",
      "signalbox_turns_read readOnly idempotent",
      "signalbox_turns_write openWorld",
      "signalbox_turns_destroy destructive",
      "signalbox_settings_read readOnly idempotent",
      "signalbox_settings_write idempotent",
      "signalbox_queue_read readOnly idempotent",
      "signalbox_queue_write openWorld",
      "signalbox_queue_destroy destructive idempotent",
      "signalbox_triggers_read readOnly idempotent",
      "signalbox_triggers_write openWorld",
      "signalbox_triggers_destroy destructive",
      "signalbox_inbox_read readOnly idempotent",
      "signalbox_inbox_write openWorld",
      "signalbox_inbox_destroy destructive",
      "signalbox_requests_read readOnly idempotent",
      "signalbox_requests_write openWorld",
      "signalbox_projects_read readOnly idempotent",
      "signalbox_projects_write",
      "signalbox_projects_destroy destructive",
      "signalbox_config_read readOnly idempotent openWorld",
      "signalbox_config_write openWorld",
      "signalbox_account_read readOnly idempotent openWorld",
      "signalbox_account_write openWorld",
      "signalbox_account_destroy destructive idempotent openWorld",
      "signalbox_runtime_write openWorld",
      "signalbox_hub_read readOnly idempotent",
    ]
  `);
});

test("annotations say what the operations mean to do", () => {
  for (const { name, intent, annotations, operations: group } of tools) {
    expect(annotations, name).toMatchObject({
      readOnlyHint: intent === "read",
      destructiveHint: intent === "destroy",
      idempotentHint: group.every(({ idempotent }) => idempotent),
    });
  }
});

test("op names each operation, and what all of them need is required", () => {
  for (const { inputSchema, operations: group } of tools) {
    expect(inputSchema.properties.op).toMatchObject({
      type: "string",
      enum: group.map(({ name }) => name),
    });
    expect(inputSchema.required).toContain("op");
    expect(inputSchema.additionalProperties).toBe(false);
  }
});

test("a tool takes every field of its operations, op and the key of a write, and no other", () => {
  for (const { intent, inputSchema, operations: group } of tools) {
    const fields = new Set(group.flatMap(({ input }) => Object.keys(input.shape)));
    const isKeyed = intent !== "read" && !group.every(({ hasSecrets }) => hasSecrets);
    const own = ["op", ...(isKeyed ? ["idempotencyKey"] : [])];
    expect(Object.keys(inputSchema.properties).toSorted()).toEqual([...fields, ...own].toSorted());
    expect(inputSchema.required).not.toContain("idempotencyKey");
  }
});

test.each(tools.map((tool) => [tool.name, tool] as const))(
  "%s is taken by OpenAI, Anthropic and Gemini alike",
  (name, { description, inputSchema, outputSchema }) => {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(description.length).toBeLessThanOrEqual(2_048);
    // The root is a plain object: no choice, no reference, nothing beside.
    expect(Object.keys(inputSchema)).toEqual([
      "type",
      "properties",
      "required",
      "additionalProperties",
    ]);
    expect(outputSchema.type).toBe("object");
    expect(Object.keys(outputSchema)).toEqual(["type", "properties"]);
    let properties = 0;
    let enumerated = 0;
    for (const [schema, depth] of [
      ...schemasIn({ ...inputSchema }),
      ...schemasIn({ ...outputSchema }),
    ]) {
      expect(plainKeywords).toEqual(expect.arrayContaining(Object.keys(schema)));
      expect(depth).toBeLessThanOrEqual(10);
      if ("type" in schema) expect(typeof schema.type).toBe("string");
      for (const key of Object.keys((schema.properties ?? {}) as object)) {
        expect(key).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
        properties += 1;
      }
      for (const value of (schema.enum ?? []) as unknown[]) {
        expect(schema.type).toBe("string");
        expect(typeof value).toBe("string");
        enumerated += 1;
      }
    }
    expect(properties).toBeLessThanOrEqual(5_000);
    expect(enumerated).toBeLessThanOrEqual(1_000);
  },
);

test("all tools together leave a model's context free", () => {
  const seen = tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  expect(JSON.stringify(seen).length).toBeLessThanOrEqual(96 * 1024);
  expect(JSON.stringify(tools.map(({ outputSchema }) => outputSchema)).length).toBeLessThanOrEqual(
    160 * 1024,
  );
});

function thing(changes: Partial<Operation> = {}): Record<string, Operation> {
  const operation = defineOperation({
    name: "things.get",
    summary: "Read a thing",
    intent: "read",
    idempotent: true,
    http: { method: "GET", path: "/api/things" },
    input: z.strictObject({ deep: z.boolean().optional() }),
    output: z.object({ thing: z.string() }),
    errors: [],
    examples: [
      { title: "A thing", input: { deep: true }, output: { thing: "a" } },
      { title: "None", input: {}, error: "invalid_request" },
    ],
  });
  return { "things.get": { ...operation, ...changes } };
}

test("operations about something new get a tool of their own", () => {
  const [tool] = toolsOf(thing());
  expect(tool).toMatchObject({
    name: "signalbox_things_read",
    description:
      'Things. Look, change nothing. op, with its fields (? may be left out):\n- things.get(deep?): Read a thing\nExample: {"op":"things.get","deep":true}',
    annotations: { openWorldHint: true },
  });
});

test("a name of 64 characters is taken and one of 65 refused", () => {
  const named = (length: number) =>
    toolsOf(thing({ name: `${"a".repeat(length - "signalbox__read".length)}.get` }))[0]!;
  expect(named(64).name).toHaveLength(64);
  expect(() => named(65)).toThrow(/64 at most/);
});

test("a description of 2,048 characters is taken and one of 2,049 refused", () => {
  const rest = toolsOf(thing({ summary: "" }))[0]!.description.length;
  const described = (length: number) =>
    toolsOf(thing({ summary: "s".repeat(length - rest) }))[0]!.description;
  expect(described(2_048)).toHaveLength(2_048);
  expect(() => described(2_049)).toThrow(/topic of their own/);
});

test("a field called op or idempotencyKey, and an output that is no object, are refused", () => {
  const input = z.strictObject({ op: z.string().optional() }) as unknown as z.ZodObject;
  expect(() => toolsOf(thing({ input }))).toThrow(/can't be called op/);
  const keyed = z.strictObject({ idempotencyKey: z.string() }) as unknown as z.ZodObject;
  expect(() => toolsOf(thing({ input: keyed }))).toThrow(/can't be called idempotencyKey/);
  expect(() => toolsOf(thing({ output: z.string() }))).toThrow(/only give an object/);
});
