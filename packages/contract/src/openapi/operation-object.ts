/** One operation as the document has it. */

import type { Route } from "../operation/http-request.ts";
import { maxKeyLength, takesIdempotencyKey } from "../operation/idempotency-key.ts";
import { toSdkPath } from "../operation/sdk-path.ts";
import { surfaces } from "../operation/surface.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";
import { byTitle, type ResponseObject, responsesOf } from "./responses.ts";

/** One parameter of a request. */
export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  /** Of a list: its values stand in one parameter, with commas between them. */
  readonly explode?: false;
}

/** What is done at one path with one method. */
export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly ParameterObject[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** Empty where no token is needed. */
  readonly security?: readonly [];
  /** What only readers of this document who know Signalbox use. */
  readonly "x-signalbox"?: {
    /** Where the SDK has it. */
    readonly sdk: string;
    readonly intent: string;
    readonly idempotent: boolean;
  };
}

/** Says the operation of a route. */
export function toOperationObject(route: Route, schemas: Schemas): OperationObject {
  const { operation, pathFields, rest } = route;
  const { properties, required } = fieldsOf(schemas.of(operation.input, "input"));
  const names = Object.keys(properties).filter((name) => !pathFields.includes(name));
  const parameter = (name: string, where: "path" | "query"): ParameterObject => {
    const { description, ...schema } = properties[name] as JsonSchema & { description?: string };
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
      ...(schema.type === "array" ? { explode: false } : {}),
    };
  };
  const { groups, method } = toSdkPath(operation.name);
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [groups[0]!],
    parameters: [
      ...pathFields.map((name) => parameter(name, "path")),
      ...(rest === "query" ? names.map((name) => parameter(name, "query")) : []),
      ...(takesIdempotencyKey(operation) ? [idempotencyKey] : []),
      ...(operation.intent === "read" ? [] : [actorParameter, surfaceParameter]),
    ],
    ...(rest === "body" ? { requestBody: bodyOf(route, names, properties, required) } : {}),
    responses: responsesOf(operation, schemas),
    "x-signalbox": {
      sdk: [...groups, method].join("."),
      intent: operation.intent,
      idempotent: operation.idempotent,
    },
  };
}

const idempotencyKey: ParameterObject = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same write under the same key is done once and answered again",
  schema: { type: "string", minLength: 1, maxLength: maxKeyLength },
};

const actorParameter: ParameterObject = {
  name: "X-Signalbox-Actor",
  in: "header",
  required: false,
  description: "Who does it, for the audit, written as in a URL; not checked",
  schema: { type: "string", minLength: 1 },
};

const surfaceParameter: ParameterObject = {
  name: "X-Signalbox-Surface",
  in: "header",
  required: false,
  description: "Which way it comes, for the audit",
  schema: { type: "string", enum: surfaces, default: "http" },
};

function bodyOf(
  { operation, pathFields }: Route,
  names: readonly string[],
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): object {
  const needed = required.filter((name) => names.includes(name));
  const examples = operation.examples.filter((example) => "output" in example);
  const withoutPath = (input: object) =>
    Object.fromEntries(Object.entries(input).filter(([name]) => !pathFields.includes(name)));
  return {
    required: needed.length > 0,
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
          ...(needed.length === 0 ? {} : { required: needed }),
          additionalProperties: false,
        },
        examples: byTitle(examples.map(({ title, input }) => [title, withoutPath(input)])),
      },
    },
  };
}

function fieldsOf(schema: JsonSchema): {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
} {
  const { properties = {}, required = [] } = schema as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return { properties, required };
}
