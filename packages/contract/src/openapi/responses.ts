/** The answers of an operation: its success, and each HTTP status with the codes that have it. */
import type { ErrorCode } from "../errors/code.ts";
import { errorBody, httpStatusOf, toErrorBody } from "../errors/error-body.ts";
import { SignalboxError } from "../errors/signalbox-error.ts";
import {
  commonErrors,
  type FailureExample,
  type Operation,
} from "../operation/define-operation.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";

/** One answer as the document has it. */
export interface ResponseObject {
  readonly description: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** The answers of an operation by HTTP status. */
export function responsesOf(
  operation: Operation,
  schemas: Schemas,
): Readonly<Record<string, ResponseObject>> {
  const successes = operation.examples.filter((example) => "output" in example);
  const failures = operation.examples.filter((example) => "error" in example);
  const success = {
    description: operation.http.success === 202 ? "Begun; it goes on" : "Done",
    content: {
      "application/json": {
        schema: schemas.of(operation.output, "output"),
        examples: byTitle(successes.map(({ title, output }) => [title, output])),
      },
    },
  };
  return {
    [operation.http.success ?? 200]: success,
    ...errorResponses([...operation.errors, ...commonErrors], schemas, failures),
  };
}

/** The answers that say what went wrong, by HTTP status. */
export function errorResponses(
  codes: readonly ErrorCode[],
  schemas: Schemas,
  examples: readonly FailureExample[] = [],
): Readonly<Record<string, ResponseObject>> {
  const body = schemas.named("Error", errorBody);
  const byStatus = Map.groupBy(new Set(codes), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => {
      const shown = examples.filter(({ error }) => ofStatus.includes(error));
      const schema: JsonSchema = {
        allOf: [body, { type: "object", properties: { code: { enum: ofStatus } } }],
      };
      const examplesOf = byTitle(
        shown.map(({ title, error }) => [title, toErrorBody(new SignalboxError(error, title))]),
      );
      return [
        status,
        {
          description: ofStatus.join(", "),
          content: { "application/json": { schema, examples: examplesOf } },
        },
      ];
    }),
  );
}

/** Examples as the document names them. */
export function byTitle(examples: readonly (readonly [title: string, value: unknown])[]) {
  return Object.fromEntries(
    examples.map(([title, value]) => [slug(title), { summary: title, value }]),
  );
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function statusOf(code: ErrorCode): number {
  return httpStatusOf(new SignalboxError(code, ""));
}
