import { createRequire } from "node:module";
import { type ServerRequest, type ServerRequestMethod, serverRequests } from "@signalbox/protocol";
import { describe, expect, test } from "vitest";
import { safeAnswer } from "./safe-answers.ts";

type Schema = {
  $ref?: string;
  definitions?: Record<string, Schema>;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
};

const root: Schema = createRequire(import.meta.url)("@signalbox/protocol/schema/experimental.json");

function resolve(reference: string): Schema {
  let found: unknown = root;
  for (const part of reference.replace(/^#\//, "").split("/"))
    found = (found as Record<string, unknown>)[part];
  return found as Schema;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** What is wrong with a value: the part of JSON Schema that the protocol's schemas of answers use. */
function faults(schema: Schema, value: unknown, at = "answer"): string[] {
  if (schema.$ref) return faults(resolve(schema.$ref), value, at);
  const found: string[] = [];
  for (const part of schema.allOf ?? []) found.push(...faults(part, value, at));
  for (const choice of [schema.oneOf, schema.anyOf])
    if (choice && !choice.some((one) => faults(one, value, at).length === 0))
      found.push(`${at} is none of its choices`);
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at} is not in its enum`);
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  const type = typeOf(value);
  if (types && !types.includes(type) && !(type === "integer" && types.includes("number")))
    return [...found, `${at} is of type ${type}`];
  if (type === "object") {
    const fields = value as Record<string, unknown>;
    for (const name of schema.required ?? [])
      if (!(name in fields)) found.push(`${at}.${name} is missing`);
    for (const [name, field] of Object.entries(fields)) {
      const known = schema.properties?.[name];
      if (known) found.push(...faults(known, field, `${at}.${name}`));
      else if (schema.additionalProperties === false) found.push(`${at}.${name} is unknown`);
      else if (typeof schema.additionalProperties === "object")
        found.push(...faults(schema.additionalProperties, field, `${at}.${name}`));
    }
  }
  if (type === "array" && schema.items)
    for (const [index, item] of (value as unknown[]).entries())
      found.push(...faults(schema.items, item, `${at}[${index}]`));
  return found;
}

const methods = Object.keys(serverRequests) as ServerRequestMethod[];
const ask = (method: string) =>
  ({ id: 1, method, params: { threadId: "t", turnId: "u" } }) as unknown as ServerRequest;

/** All that an answer could say to allow something, wherever it stands. */
const permissive = /accept|approved|allow|session|true/i;

describe("the safe answer", () => {
  test.each(methods)("to %s allows nothing and is what the schema wants", (method) => {
    const answer = safeAnswer(ask(method), "nobody is there");
    expect(JSON.stringify(answer)).not.toMatch(permissive);
    if ("error" in answer) {
      expect(answer.error).toEqual({ code: -32601, message: "nobody is there" });
      return;
    }
    const schema = root.definitions?.[serverRequests[method].answer];
    expect(schema).toBeDefined();
    expect(faults(schema as Schema, answer.result)).toEqual([]);
  });

  test("declines approvals, so that the turn goes on, and never cancels it", () => {
    for (const method of [
      "item/commandExecution/requestApproval",
      "item/fileChange/requestApproval",
    ])
      expect(safeAnswer(ask(method), "")).toEqual({ result: { decision: "decline" } });
    expect(safeAnswer(ask("item/permissions/requestApproval"), "")).toMatchObject({
      result: { permissions: {} },
    });
    expect(safeAnswer(ask("mcpServer/elicitation/request"), "")).toMatchObject({
      result: { action: "decline" },
    });
  });

  test("says why, where the model or the log can read it", () => {
    for (const method of [
      "item/tool/call",
      "execCommandApproval",
      "applyPatchApproval",
      "attestation/generate",
    ])
      expect(JSON.stringify(safeAnswer(ask(method), "nobody is there"))).toContain(
        "nobody is there",
      );
  });

  test("to a question of a kind that is not known is that it is not served", () => {
    for (const method of ["future/ask", "item/commandExecution/requestApproval2", "toString"])
      expect(safeAnswer(ask(method), "why")).toMatchObject({ error: { code: -32601 } });
  });

  test("is held against a schema that refuses wrong answers", () => {
    const decision = root.definitions?.CommandExecutionRequestApprovalResponse as Schema;
    const toolCall = root.definitions?.DynamicToolCallResponse as Schema;
    expect(faults(decision, { decision: "no" })).not.toEqual([]);
    expect(faults(decision, {})).not.toEqual([]);
    expect(faults(toolCall, { success: "no", contentItems: [] })).not.toEqual([]);
    expect(
      faults(toolCall, { success: false, contentItems: [{ type: "text", text: "" }] }),
    ).not.toEqual([]);
  });
});
