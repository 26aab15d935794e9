/** Operations on the hub itself. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";

/** How the hub and its runtime are. */
export const systemHealth = defineOperation({
  name: "system.health",
  summary: "How the hub and its Codex runtime are",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/health" },
  input: z.strictObject({}),
  output: z.object({
    status: z.literal("ok").describe("The hub answers; codex says how the runtime is"),
    service: z.literal("api"),
    codex: z.object({
      running: z.boolean(),
      pid: z.number().nullable(),
      initialized: z.boolean().describe("Ready for requests"),
      version: z.string().nullable(),
      generation: z.number().int().describe("Processes started so far by this hub"),
      notReady: z.string().optional().describe("Why no requests can be sent; set when none can"),
      lastExit: z
        .object({
          code: z.number().nullable(),
          signal: z.string().nullable(),
          at: z.string().describe("ISO time"),
          message: z.string(),
        })
        .optional(),
    }),
    orchestratorQueue: z
      .object({ enabled: z.literal(false) })
      .describe("This hub runs no queue of jobs"),
    auth: z.object({
      hasOpenAiApiKey: z.boolean(),
      codexHomeAuthFile: z.boolean(),
      likelyUnauthenticated: z.boolean(),
    }),
    journal: z.object({
      epoch: z.string(),
      head: z.number().int().describe("Position of the newest event"),
      writable: z.boolean(),
    }),
    timestamp: z.string().describe("ISO time"),
  }),
  errors: [],
  examples: [
    {
      title: "A hub whose runtime is ready",
      input: {},
      output: {
        status: "ok",
        service: "api",
        codex: { running: true, pid: 4242, initialized: true, version: "0.169.0", generation: 1 },
        orchestratorQueue: { enabled: false },
        auth: { hasOpenAiApiKey: false, codexHomeAuthFile: true, likelyUnauthenticated: false },
        journal: { epoch: "k3v9x0q2", head: 128, writable: true },
        timestamp: "2026-01-01T00:00:00.000Z",
      },
    },
    { title: "An unknown field is refused", input: { verbose: true }, error: "invalid_request" },
  ],
});

/** The interface in one document. */
export const systemOpenapi = defineOperation({
  name: "system.openapi",
  summary: "This HTTP interface as an OpenAPI 3.1 document",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/openapi.json" },
  input: z.strictObject({}),
  output: z.looseObject({
    openapi: z.literal("3.1.0"),
    info: z.object({ title: z.string(), version: z.string() }),
    paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    components: z.record(z.string(), z.unknown()),
  }),
  errors: [],
  examples: [
    {
      title: "The document",
      input: {},
      output: {
        openapi: "3.1.0",
        info: { title: "Signalbox", version: "0.1.0" },
        paths: {},
        components: {},
      },
    },
    { title: "An unknown field is refused", input: { form: "yaml" }, error: "invalid_request" },
  ],
});

/** What answers here. */
export const systemInfo = defineOperation({
  name: "system.info",
  summary: "Name and version of what answers here",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api" },
  input: z.strictObject({}),
  output: z.object({
    name: z.literal("signalbox"),
    version: z.string(),
    streamProtocol: z.number().int().describe("Version of the stream's frames"),
  }),
  errors: [],
  examples: [
    {
      title: "Name and version",
      input: {},
      output: { name: "signalbox", version: "0.1.0", streamProtocol: 1 },
    },
    { title: "An unknown field is refused", input: { full: "yes" }, error: "invalid_request" },
  ],
});
