/** The operations as tools of the Model Context Protocol: one tool for a topic and an intent. */
import { z } from "zod";
import { errorBody } from "../errors/error-body.ts";
import type { JsonSchema } from "../openapi/json-schema.ts";
import type { Intent, Operation } from "../operation/define-operation.ts";
import { maxKeyLength, takesIdempotencyKey } from "../operation/idempotency-key.ts";
import { toDescription } from "./description.ts";
import { type FieldsOf, mergeFields } from "./merge-fields.ts";
import { toPlainSchema } from "./plain-schema.ts";
import { topicOf, topics } from "./topics.ts";

/** The field of a tool's input that says which operation is meant. */
export const operationField = "op";
/** The field of tools that change something under which a call that is made again is done once. */
export const keyField = "idempotencyKey";

/** What hosts show, and decide by whether to ask the person first. */
export interface McpToolAnnotations {
  readonly title: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  /** Whether doing any of its operations twice is the same as doing it once. */
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** The schema of an object. */
export interface ObjectSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

/** One tool. */
export interface McpTool {
  /** `signalbox_<topic>_<intent>`. */
  readonly name: string;
  readonly topic: string;
  readonly intent: Intent;
  readonly description: string;
  /** An object with `op` and the fields of all its operations, as every model API takes it. */
  readonly inputSchema: ObjectSchema;
  /** What the operations give, field by field, and `error` where a call fails. */
  readonly outputSchema: ObjectSchema;
  readonly annotations: McpToolAnnotations;
  readonly operations: readonly Operation[];
}

/** Characters a name may have: the most that OpenAI, Anthropic and Gemini all take. */
export const toolNameLimit = 64;
/** Characters a description may have. Claude Code cuts what is longer. */
export const toolDescriptionLimit = 2_048;

/** Levels of an output that a tool's schema tells: `data`, its entries, and their fields. */
const outputDepth = 3;

const intents: readonly Intent[] = ["read", "write", "destroy"];

/**
 * The tools that reach every one of these operations, each by exactly one tool. Throws a TypeError
 * when a tool would not be taken everywhere: a name or description past its limit, a field that is
 * called `op` or `idempotencyKey`, a schema that can't be said plainly, an output that is no object.
 */
export function toolsOf(operations: Readonly<Record<string, Operation>>): readonly McpTool[] {
  const all = Object.values(operations);
  const names = new Set(
    [...topics, ...all.map(({ name }) => topicOf(name))].map(({ name }) => name),
  );
  return [...names].flatMap((topic) => {
    const about = all.filter(({ name }) => topicOf(name).name === topic);
    return intents.flatMap((intent) => {
      const group = about.filter((operation) => operation.intent === intent);
      return group.length === 0 ? [] : [toolOf(topic, intent, group)];
    });
  });
}

function toolOf(topicName: string, intent: Intent, group: readonly Operation[]): McpTool {
  const { about, reaches } = topicOf(group[0]!.name);
  const name = `signalbox_${topicName}_${intent}`;
  const wrong = (why: string) => new TypeError(`Tool ${name}: ${why}`);
  if (!/^[a-z][a-z0-9_]*$/.test(name) || name.length > toolNameLimit) {
    throw wrong(`a name has lower-case letters, digits and _, ${toolNameLimit} at most`);
  }
  const inputs = group.map(inputOf);
  const description = toDescription({ about, intent, group, inputs });
  if (description.length > toolDescriptionLimit) {
    throw wrong(
      `its description has ${description.length} characters of ${toolDescriptionLimit}: give some of its operations a topic of their own in mcp/topics.ts`,
    );
  }
  const input = mergeFields(inputs);
  const taken = [operationField, keyField].find((field) => field in input.properties);
  if (taken !== undefined)
    throw wrong(`a field can't be called ${taken}, which the tool itself has`);
  return {
    name,
    topic: topicName,
    intent,
    description,
    inputSchema: {
      type: "object",
      properties: {
        [operationField]: {
          type: "string",
          enum: group.map((operation) => operation.name),
          description: "What to do",
        },
        ...input.properties,
        ...(group.some(takesIdempotencyKey) ? { [keyField]: idempotencyKey } : {}),
      },
      required: [operationField, ...input.required],
      additionalProperties: false,
    },
    outputSchema: {
      type: "object",
      properties: mergeFields([...group.flatMap(outputsOf), failure]).properties,
    },
    annotations: {
      title: `Signalbox: ${about} (${intent})`,
      readOnlyHint: intent === "read",
      destructiveHint: intent === "destroy",
      idempotentHint: group.every(({ idempotent }) => idempotent),
      openWorldHint: reaches.includes(intent),
    },
    operations: group,
  };
}

const idempotencyKey: JsonSchema = {
  type: "string",
  maxLength: maxKeyLength,
  description: "For a call that may be made again: under one key it is done once",
};

/** How every operation can end: as it would not. */
const failure: FieldsOf = {
  operation: "failure",
  ...fieldsOf(z.toJSONSchema(z.object({ error: errorBody.extend({ category: z.string() }) })), {
    closed: false,
  }),
};

function inputOf({ name, input }: Operation): FieldsOf {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return { operation: name, ...fieldsOf(schema, { closed: true }) };
}

/** One where the output is an object, several where it is one of some. */
function outputsOf({ name, output }: Operation): FieldsOf[] {
  const schema = z.toJSONSchema(output, { io: "output", unrepresentable: "any" });
  const plain = toPlainSchema(schema, { closed: false, depth: outputDepth });
  const choices = "anyOf" in plain ? (plain.anyOf as JsonSchema[]) : [plain];
  return choices.map((choice) => {
    if (choice.type === "object") return { operation: name, ...partsOf(choice) };
    throw new TypeError(`Operation ${name}: a tool can only give an object`);
  });
}

function fieldsOf(schema: JsonSchema, options: { readonly closed: boolean }) {
  return partsOf(toPlainSchema(schema, options));
}

function partsOf(schema: JsonSchema): Omit<FieldsOf, "operation"> {
  return {
    properties: (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>,
    required: (schema.required ?? []) as readonly string[],
  };
}
