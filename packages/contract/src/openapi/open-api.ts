/** The HTTP interface as an OpenAPI 3.1 document, derived from the operations. */
import type { Operation } from "../operation/define-operation.ts";
import { routesOf } from "../operation/http-request.ts";
import { type JsonSchema, Schemas } from "./json-schema.ts";
import { type OperationObject, toOperationObject } from "./operation-object.ts";
import { otherPaths } from "./other-paths.ts";

/** The document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly object[];
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** Says the operations, the stream and the probes of a hub of this version. */
export function toOpenApi(
  operations: Readonly<Record<string, Operation>>,
  version: string,
): OpenApiDocument {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routesOf(operations)) {
    const path = route.path.replaceAll(/:([A-Za-z][A-Za-z0-9]*)/g, "{$1}");
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = toOperationObject(route, schemas);
  }
  Object.assign(paths, otherPaths(schemas));
  return {
    openapi: "3.1.0",
    info: {
      title: "Signalbox",
      version,
      description: "A control plane for Codex agents. Errors are told apart by their code.",
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: schemas.shared,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The text in the file token of the hub's home.",
        },
      },
    },
  };
}
