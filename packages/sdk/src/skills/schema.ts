/**
 * The input of a skill: what the model is told about it (JSON Schema) and what its arguments are
 * checked against. Either comes from a schema library by way of the two Standard Schema interfaces
 * (zod 4, among others, has both), or from a JSON Schema.
 */
import { SignalboxError } from "@signalbox/contract";
import { compileJsonSchema } from "../json-schema/compile.ts";
import type { JsonSchema } from "../json-schema/json-value.ts";

export type { JsonSchema };

/** One thing wrong with the arguments. */
export interface ArgumentIssue {
  /** Dotted path of the argument; empty for all of them together. */
  readonly path: string;
  readonly message: string;
}

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/**
 * A schema that validates and can say itself as JSON Schema: the specifications "Standard Schema"
 * and "Standard JSON Schema", version 1, as far as they are used here.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly jsonSchema: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>;
      readonly output: (options: { readonly target: string }) => Record<string, unknown>;
    };
  };
}

/** What a skill can be given as its input. */
export type SkillSchema = StandardSchema | JsonSchema;

/** What a handler gets: the schema's output, or an object of unknowns for a JSON Schema. */
export type SkillInput<Schema> =
  Schema extends StandardSchema<infer _Input, infer Output>
    ? Output
    : Readonly<Record<string, unknown>>;

/** A schema ready to use. */
export interface CompiledSchema {
  readonly jsonSchema: Record<string, unknown>;
  readonly validate: (
    value: unknown,
  ) => Promise<{ readonly value: unknown } | { readonly issues: readonly ArgumentIssue[] }>;
}

/** Throws `invalid_request` for a schema that can't be told to the model or can't be checked. */
export function compileSchema(skill: string, schema: SkillSchema): CompiledSchema {
  const jsonSchema = toJsonSchema(skill, "input", schema);
  if (jsonSchema.type !== "object") {
    throw unusable(skill, "input", "it must describe an object, since tools take named arguments");
  }
  return {
    jsonSchema,
    validate: isStandardSchema(schema) ? standard(schema) : plain(skill, schema),
  };
}

/** What the model is told of a skill's result; null for nothing. Throws `invalid_request`. */
export function describeOutput(
  skill: string,
  schema: SkillSchema | undefined,
): Record<string, unknown> | null {
  return schema === undefined ? null : toJsonSchema(skill, "output", schema);
}

function isStandardSchema(schema: SkillSchema): schema is StandardSchema {
  return "~standard" in schema;
}

function toJsonSchema(
  skill: string,
  side: "input" | "output",
  schema: SkillSchema,
): Record<string, unknown> {
  const jsonSchema = isStandardSchema(schema)
    ? sayAsJsonSchema(skill, side, schema)
    : { ...schema };
  // Codex passes the schema on to the model, to which a dialect's name says nothing.
  delete jsonSchema.$schema;
  return jsonSchema;
}

function sayAsJsonSchema(
  skill: string,
  side: "input" | "output",
  schema: StandardSchema,
): Record<string, unknown> {
  const { jsonSchema } = schema["~standard"];
  if (typeof jsonSchema?.[side] !== "function") {
    throw unusable(skill, side, "its library can't give it as JSON Schema, so write it as that");
  }
  try {
    return { ...jsonSchema[side]({ target: "draft-2020-12" }) };
  } catch (error) {
    throw unusable(skill, side, `it has no form in JSON Schema: ${textOf(error)}`, error);
  }
}

function standard(schema: StandardSchema): CompiledSchema["validate"] {
  return async (value) => {
    const result = await schema["~standard"].validate(value);
    return result.issues === undefined
      ? { value: result.value }
      : { issues: result.issues.map(toArgumentIssue) };
  };
}

function plain(skill: string, schema: JsonSchema): CompiledSchema["validate"] {
  let check: ReturnType<typeof compileJsonSchema>;
  try {
    check = compileJsonSchema(schema);
  } catch (error) {
    throw unusable(
      skill,
      "input",
      `arguments can't be checked against it: ${textOf(error)}`,
      error,
    );
  }
  return async (value) => {
    const issues = check(value, []);
    return issues.length === 0 ? { value } : { issues: issues.map(toArgumentIssue) };
  };
}

function toArgumentIssue(issue: StandardIssue): ArgumentIssue {
  const path = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
  return { path: path.join("."), message: issue.message };
}

function unusable(
  skill: string,
  side: "input" | "output",
  why: string,
  cause?: unknown,
): SignalboxError {
  return new SignalboxError("invalid_request", `The ${side} schema of skill ${skill}: ${why}.`, {
    cause,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
