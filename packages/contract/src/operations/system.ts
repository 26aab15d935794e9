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

const count = z.number().int().min(0);

/** What the hub has in hand. */
export const systemStatus = defineOperation({
  name: "system.status",
  summary: "What the hub has in hand, counted: sessions, questions, messages, triggers, notices",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/status" },
  input: z.strictObject({}),
  output: z.object({
    version: z.string(),
    uptime: count.describe("Seconds since the hub was started"),
    runtime: z.object({
      ready: z.boolean().describe("Whether Codex can be asked now"),
      version: z.string().nullable(),
      generation: count.describe("Processes started so far by this hub"),
      notReady: z.string().optional().describe("Why Codex can't be asked; set when it can't"),
    }),
    journal: z.object({
      head: count.describe("Position of the newest event"),
      writable: z.boolean().describe("Whether events can be stored now"),
    }),
    sessions: z
      .object({
        total: count.describe("All the hub keeps: idle, active, waiting and archived together"),
        idle: count.describe("No turn runs"),
        active: count.describe("A turn runs"),
        waiting: count.describe("Something is asked that a person must answer"),
        archived: count,
        attached: count.describe("Of all, those of other clients"),
      })
      .describe("Without those the hub runs for itself"),
    questions: z.object({
      waiting: count.describe("Open ones that a person must answer"),
      toolCalls: count.describe("Open ones that a program must answer"),
    }),
    messages: z.object({
      queued: count.describe("Wait in the queue of a session"),
      held: count.describe("Of these, in a queue that starts nothing until somebody resumes it"),
      ambiguous: count.describe("Whether Codex took them is unknown, and a person must decide"),
    }),
    triggers: z.object({
      total: count,
      enabled: count.describe("Of these, not paused"),
    }),
    notices: z.object({
      pending: count.describe("In the operator's inbox, of which nobody took note"),
    }),
  }),
  errors: [],
  examples: [
    {
      title: "A hub with six sessions, one of which asks something",
      input: {},
      output: {
        version: "0.1.0",
        uptime: 3600,
        runtime: { ready: true, version: "0.169.0", generation: 1 },
        journal: { head: 128, writable: true },
        sessions: { total: 6, idle: 3, active: 1, waiting: 1, archived: 1, attached: 2 },
        questions: { waiting: 1, toolCalls: 0 },
        messages: { queued: 3, held: 2, ambiguous: 0 },
        triggers: { total: 4, enabled: 3 },
        notices: { pending: 2 },
      },
    },
    { title: "An unknown field is refused", input: { of: "me" }, error: "invalid_request" },
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
