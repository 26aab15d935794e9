/** Operations that list what codex can work with: models, apps, and what commands may be allowed. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { askErrors, codexAnswer, codexPage, pageShape } from "./codex-answer.ts";
import * as fields from "./fields.ts";

/** Lists models. */
export const modelsList = defineOperation({
  name: "models.list",
  summary: "List the models a session can use",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/models" },
  input: z.strictObject({
    ...codexPage,
    includeHidden: z.boolean().optional().describe("Also those that pickers leave out"),
    modelProvider: z.string().min(1).optional().describe("Default: the configured provider"),
  }),
  output: codexAnswer("model/list", pageShape),
  errors: [...askErrors],
  examples: [
    {
      title: "The models there are",
      input: {},
      output: {
        data: [
          {
            id: "gpt-5.4",
            model: "gpt-5.4",
            upgrade: null,
            upgradeInfo: null,
            availabilityNux: null,
            displayName: "GPT-5.4",
            description: "For everyday work.",
            modelSpecialty: null,
            hidden: false,
            supportedReasoningEfforts: [{ reasoningEffort: "medium", description: "Balanced" }],
            defaultReasoningEffort: "medium",
            inputModalities: ["text", "image"],
            supportsPersonality: false,
            multiAgentVersion: null,
            additionalSpeedTiers: [],
            serviceTiers: [],
            defaultServiceTier: null,
            availableAccessPrograms: null,
            isDefault: true,
          },
        ],
        nextCursor: null,
      },
    },
    {
      title: "A cursor that codex never gave is refused",
      input: { cursor: "nonsense" },
      error: "invalid_params",
    },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
  ],
});

/** Lists apps. */
export const appsList = defineOperation({
  name: "apps.list",
  summary: "List the apps (connectors) the account has",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/apps" },
  input: z.strictObject({
    ...codexPage,
    threadId: fields.sessionId.optional().describe("As this session's configuration has them"),
    forceRefetch: z.boolean().optional().describe("Ask the service again, not the cache"),
  }),
  output: codexAnswer("app/list", pageShape),
  errors: ["session_not_found", ...askErrors],
  examples: [
    { title: "An account without apps", input: {}, output: { data: [], nextCursor: null } },
    {
      title: "A session that does not exist",
      input: { threadId: "not-an-id" },
      error: "session_not_found",
    },
  ],
});

/** Lists permission profiles. */
export const permissionsList = defineOperation({
  name: "permissions.list",
  summary: "List the permission profiles that Codex knows, and which of them may be chosen",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/permissions" },
  input: z.strictObject({
    ...codexPage,
    cwd: fields.path.optional().describe("As this folder's configuration has them"),
  }),
  output: codexAnswer("permissionProfile/list", pageShape),
  errors: [...askErrors],
  examples: [
    {
      title: "The first of them",
      input: { limit: 1 },
      output: {
        data: [{ id: ":read-only", description: null, allowed: true }],
        nextCursor: "1",
      },
    },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
  ],
});
