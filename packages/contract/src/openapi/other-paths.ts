/** The paths that are no operations: the stream, in its three forms, and what watches over the hub. */
import { z } from "zod";
import { doorErrors } from "../operation/define-operation.ts";
import { eventPage } from "../stream/event-page.ts";
import { eventsPath, streamPath } from "../stream/server-frame.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";
import type { OperationObject, ParameterObject } from "./operation-object.ts";
import { errorResponses, type ResponseObject } from "./responses.ts";

/** They by path, each a GET. */
export function otherPaths(
  schemas: Schemas,
): Readonly<Record<string, { readonly get: OperationObject }>> {
  return {
    [streamPath]: {
      get: {
        operationId: "stream.open",
        summary: "The stream of events, as a WebSocket",
        tags: ["stream"],
        parameters: [...filter, version],
        responses: {
          "101": { description: "The stream begins with a frame of type ready", content: {} },
          ...errorResponses(["invalid_request", "invalid_cursor", ...doorErrors], schemas),
        },
      },
    },
    [eventsPath]: {
      get: {
        operationId: "stream.events",
        summary: "Events as pages, or as server-sent events for who accepts text/event-stream",
        tags: ["stream"],
        parameters: [...filter, limit, lastEventId],
        responses: {
          "200": {
            description: "One page, or the stream itself",
            content: {
              "application/json": { schema: schemas.named("EventPage", eventPage) },
              "text/event-stream": { schema: text },
            },
          },
          ...errorResponses(
            ["invalid_request", "invalid_cursor", "internal_error", ...doorErrors],
            schemas,
          ),
        },
      },
    },
    "/metrics": {
      get: {
        operationId: "metrics",
        summary: "Figures of the hub for Prometheus",
        tags: ["operations"],
        parameters: [],
        responses: {
          "200": { description: "Prometheus text", content: { "text/plain": { schema: text } } },
          ...errorResponses(doorErrors, schemas),
        },
      },
    },
    "/healthz": {
      get: {
        operationId: "probe.alive",
        summary: "Whether the hub answers",
        tags: ["operations"],
        parameters: [],
        security: [],
        responses: { "200": probe("It does", schemas), ...refusedPlaces(schemas) },
      },
    },
    "/readyz": {
      get: {
        operationId: "probe.ready",
        summary: "Whether sessions can be worked on now",
        tags: ["operations"],
        parameters: [],
        security: [],
        responses: {
          "200": probe("They can", schemas),
          "503": probe("Codex is away, or events can't be stored", schemas),
          ...refusedPlaces(schemas),
        },
      },
    },
  };
}

const text: JsonSchema = { type: "string" };

const filter: readonly ParameterObject[] = [
  query("threadId", "Only events of this session, and those of all"),
  query("after", "A cursor, <epoch>:<seq>: what came later, oldest first, then what comes"),
  query("types", "Exact types or prefixes ending in *, separated by commas"),
];

const version: ParameterObject = {
  ...query("v", "1: the frames of this version; without it the views of earlier clients come too"),
  schema: { type: "string", enum: ["1"] },
};

const limit: ParameterObject = {
  ...query("limit", "Events a page"),
  schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
};

const lastEventId: ParameterObject = {
  name: "Last-Event-ID",
  in: "header",
  required: false,
  description: "For server-sent events: goes before after",
  schema: text,
};

function query(name: string, description: string): ParameterObject {
  return { name, in: "query", required: false, description, schema: text };
}

function probe(description: string, schemas: Schemas): ResponseObject {
  const schema = schemas.of(z.object({ status: z.string() }), "output");
  return { description, content: { "application/json": { schema } } };
}

function refusedPlaces(schemas: Schemas) {
  return errorResponses(["foreign_origin", "foreign_host"], schemas);
}
