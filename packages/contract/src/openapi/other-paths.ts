/** The paths that are no operations: the stream, in its three forms, webhooks, and what watches over the hub. */
import { z } from "zod";
import { doorErrors } from "../operation/define-operation.ts";
import { eventPage } from "../stream/event-page.ts";
import { eventsPath, streamPath } from "../stream/server-frame.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";
import type { OperationObject, ParameterObject } from "./operation-object.ts";
import { errorResponses, type ResponseObject } from "./responses.ts";

/** They by path and method. */
export function otherPaths(
  schemas: Schemas,
): Readonly<Record<string, Readonly<Partial<Record<"get" | "post", OperationObject>>>>> {
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
    "/api/hooks/{triggerId}": {
      post: {
        operationId: "hooks.receive",
        summary: "Fire a trigger by a webhook, signed as Standard Webhooks says",
        tags: ["triggers"],
        parameters: [
          { name: "triggerId", in: "path", required: true, schema: text },
          header("webhook-id", "The delivery, the same whenever it is sent again"),
          header("webhook-timestamp", "When it is sent, in seconds since the epoch"),
          header("webhook-signature", "v1,<base64 of the HMAC-SHA256 of id.timestamp.body>"),
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { properties: {} } } },
        },
        security: [],
        responses: {
          "202": {
            description: "It is taken and will act, once",
            content: { "application/json": { schema: schemas.of(received, "output") } },
          },
          ...errorResponses(
            [
              "bad_signature",
              "trigger_paused",
              "webhook_replayed",
              "body_too_large",
              "storage_unavailable",
              "too_many_attempts",
              "foreign_origin",
              "foreign_host",
            ],
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

const received = z.object({
  status: z.literal("accepted"),
  firingId: z.string(),
  duplicate: z.boolean().describe("It came before, and was taken then"),
});

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

function header(name: string, description: string): ParameterObject {
  return { name, in: "header", required: true, description, schema: text };
}

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
