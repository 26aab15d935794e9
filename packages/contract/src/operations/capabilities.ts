/** Operations that tell what the running codex can do. */
import type { ResultOf } from "@signalbox/protocol";
import { z } from "zod";
import { methodAccesses } from "../app-server/method-access.ts";
import { defineOperation } from "../operation/define-operation.ts";
import { askErrors, codexAnswer, codexPage, pageShape } from "./codex-answer.ts";
import { sessionId } from "./fields.ts";

const availability = z
  .enum(["available", "disabled", "unknown"])
  .describe("disabled: the running codex does not have it; unknown: it does not say");

/** What the running codex can do. */
export const systemCapabilities = defineOperation({
  name: "system.capabilities",
  summary: "What the running codex can do, by its version and its own schema; nothing is tried out",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/capabilities" },
  input: z.strictObject({
    refresh: z.boolean().optional().describe("Look again instead of giving what was last seen"),
  }),
  output: z.object({
    status: z.literal("ok"),
    runtime: z.object({
      initialized: z.boolean().describe("Codex is ready for requests"),
      version: z.string().nullable(),
      capabilitiesLastUpdatedAt: z.string().nullable().describe("ISO time; null: codex is away"),
    }),
    methods: z.record(z.string(), availability).describe("By app-server method"),
    details: z.record(
      z.string(),
      z.object({
        status: availability,
        reason: z.string().describe("How that is known"),
        access: z
          .enum(methodAccesses)
          .describe("open: app_server.call passes it on; else why it does not"),
      }),
    ),
    features: z.record(z.string(), z.boolean()).describe("What methods stand for, by name"),
  }),
  errors: [],
  examples: [
    {
      title: "What codex 0.169.0 can do",
      input: {},
      output: {
        status: "ok",
        runtime: {
          initialized: true,
          version: "0.169.0",
          capabilitiesLastUpdatedAt: "2026-01-01T00:00:00.000Z",
        },
        methods: { "thread/fork": "available" },
        details: {
          "thread/fork": {
            status: "available",
            reason: "codex 0.169.0 has it",
            access: "hub",
          },
        },
        features: { sessionFork: true, remoteSkillCatalog: false },
      },
    },
    { title: "An unknown field is refused", input: { full: true }, error: "invalid_request" },
  ],
});

/** Codex's experimental features. */
export const systemFeaturesExperimental = defineOperation({
  name: "system.features.experimental",
  summary: "List codex's experimental features and whether each is on",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/features/experimental" },
  input: z.strictObject({
    ...codexPage,
    threadId: sessionId.optional().describe("As this session's configuration has them"),
  }),
  output: codexAnswer("experimentalFeature/list", pageShape),
  errors: ["session_not_found", ...askErrors],
  examples: [
    {
      title: "The first one",
      input: { limit: 1 },
      output: {
        data: [
          {
            name: "goals",
            stage: "beta",
            displayName: "Goals",
            description: "Work on until it is reached.",
            announcement: "",
            enabled: false,
            defaultEnabled: false,
          },
        ],
        nextCursor: "1",
      },
    },
    {
      title: "A cursor that codex never gave is refused",
      input: { cursor: "nonsense" },
      error: "invalid_params",
    },
  ],
});

/** Ways of working together. */
export const systemCollaborationModes = defineOperation({
  name: "system.collaboration.modes",
  summary: "List the presets for working with the agent, such as planning",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/collaboration/modes" },
  input: z.strictObject({
    ...codexPage,
    cursor: z
      .string()
      .regex(/^\d{1,9}$/, "Not a cursor of this list: give nextCursor of the page before")
      .optional()
      .describe("nextCursor of the page before"),
  }),
  output: z.object(pageShape) as unknown as z.ZodType<{
    data: ResultOf<"collaborationMode/list">["data"];
    nextCursor: string | null;
  }>,
  errors: [...askErrors],
  examples: [
    {
      title: "The first one",
      input: { limit: 1 },
      output: {
        data: [{ name: "Plan", mode: "plan", model: null, reasoning_effort: "medium" }],
        nextCursor: "1",
      },
    },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
  ],
});
