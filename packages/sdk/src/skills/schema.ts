/**
 * The input of a skill: what the model is told about it (JSON Schema) and what its arguments are
 * checked against. Either comes from a schema library by way of the two Standard Schema interfaces
 * (zod 4, among others, has both), or from a JSON Schema.
 */
import { SignalboxError } from "@signalbox/contract";
import { z } from "zod";

/** A JSON Schema as a plain object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

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
  const standard = isStandardSchema(schema) ? schema : fromJsonSchema(skill, schema);
  const jsonSchema = isStandardSchema(schema) ? toJsonSchema(skill, schema) : { ...schema };
  // Codex passes the schema on to the model, to which a dialect's name says nothing.
  delete jsonSchema.$schema;
  if (jsonSchema.type !== "object") {
    throw unusable(skill, "it must describe an object, since tools take named arguments");
  }
  return {
    jsonSchema,
    validate: async (value) => {
      const result = await standard["~standard"].validate(value);
      return result.issues === undefined
        ? { value: result.value }
        : { issues: result.issues.map(toArgumentIssue) };
    },
  };
}

function isStandardSchema(schema: SkillSchema): schema is StandardSchema {
  return "~standard" in schema;
}

function toJsonSchema(skill: string, schema: StandardSchema): Record<string, unknown> {
  const { jsonSchema } = schema["~standard"];
  if (typeof jsonSchema?.input !== "function") {
    throw unusable(skill, "its library can't give it as JSON Schema, so write it as JSON Schema");
  }
  try {
    return { ...jsonSchema.input({ target: "draft-2020-12" }) };
  } catch (error) {
    throw unusable(skill, `it has no form in JSON Schema: ${textOf(error)}`, error);
  }
}

function fromJsonSchema(skill: string, schema: JsonSchema): StandardSchema {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    throw unusable(
      skill,
      `arguments can't be checked against it (${textOf(error)}); give a schema of a library instead`,
      error,
    );
  }
}

function toArgumentIssue(issue: StandardIssue): ArgumentIssue {
  const path = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
  return { path: path.join("."), message: issue.message };
}

function unusable(skill: string, why: string, cause?: unknown): SignalboxError {
  return new SignalboxError("invalid_request", `The input schema of skill ${skill}: ${why}.`, {
    cause,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
