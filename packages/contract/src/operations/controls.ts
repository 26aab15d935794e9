/** Operations on a session's controls: what its turns run with. And on what new sessions begin with. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { sessionControls } from "./session.ts";
import { settingsDocument } from "./settings-fields.ts";

/** A policy's name, or Codex's granular policy whole. */
const approvalPolicy = z.union([
  fields.approvalPolicy,
  z.strictObject({
    granular: z.strictObject({
      sandbox_approval: z.boolean(),
      rules: z.boolean(),
      skill_approval: z.boolean(),
      request_permissions: z.boolean(),
      mcp_elicitations: z.boolean(),
    }),
  }),
]);

/** Where the controls stand after a call. */
const state = {
  sessionId: z.string(),
  controls: sessionControls.describe("The session's"),
  defaults: sessionControls.describe("What new sessions begin with"),
  defaultsEditable: z.boolean().describe("False when the hub was started with them locked"),
  defaultLockReason: z.string().nullable(),
};

const exampleControls = {
  model: "gpt-5.4",
  approvalPolicy: "on-request",
  networkAccess: "restricted",
  filesystemSandbox: "workspace-write",
  settings: {},
} satisfies z.output<typeof sessionControls>;

const exampleDefaults = {
  model: null,
  approvalPolicy: null,
  networkAccess: null,
  filesystemSandbox: null,
  settings: {},
} satisfies z.output<typeof sessionControls>;

const exampleState = {
  sessionId: exampleIds.sessionId,
  controls: exampleControls,
  defaults: exampleDefaults,
  defaultsEditable: true,
  defaultLockReason: null,
};

/** Reads a session's controls. */
export const sessionsControlsGet = defineOperation({
  name: "sessions.controls.get",
  summary: "Read what a session's turns run with, and what new sessions begin with",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/session-controls" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: z.literal("ok"), ...state }),
  errors: fields.sessionReadErrors,
  examples: [
    {
      title: "A new session's controls",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { status: "ok", ...exampleState },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** Changes controls. */
export const sessionsControlsApply = defineOperation({
  name: "sessions.controls.apply",
  summary: "Change what a session's next turns run with, or what new sessions begin with",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/session-controls" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    scope: fields.settingsScope,
    controls: z
      .strictObject({
        model: fields.model.nullable().optional(),
        approvalPolicy: approvalPolicy.nullable().optional(),
        networkAccess: fields.networkAccess.nullable().optional(),
        filesystemSandbox: fields.filesystemSandbox.nullable().optional(),
        settings: settingsDocument.optional(),
      })
      .describe("What is left out stays; null leaves it to Codex"),
    actor: fields.actor.optional(),
    source: fields.source.optional(),
  }),
  output: z.object({
    status: z.enum(["ok", "unchanged"]),
    scope: z.enum(["session", "default"]),
    applied: sessionControls.describe("The controls of the scope as they are now"),
    summary: z.string().describe("One line on what changed, for a person"),
    ...state,
  }),
  errors: [...fields.sessionWriteErrors, "locked", "settings_too_large", "invalid_params"],
  examples: [
    {
      title: "The session's next turns may use the network",
      given: "session",
      input: { sessionId: exampleIds.sessionId, controls: { networkAccess: "enabled" } },
      output: {
        status: "ok",
        scope: "session",
        applied: { ...exampleControls, networkAccess: "enabled" },
        summary: "networkAccess: restricted -> enabled",
        ...exampleState,
        controls: { ...exampleControls, networkAccess: "enabled" },
      },
    },
    {
      title: "A sandbox that does not exist is refused by name",
      given: "session",
      input: { sessionId: exampleIds.sessionId, controls: { filesystemSandbox: "none" } },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, controls: {} },
      error: "session_not_found",
    },
  ],
});

/** Sets a session's approval policy. */
export const sessionsApprovalPolicySet = defineOperation({
  name: "sessions.approval_policy.set",
  summary: "Say when Codex asks before it acts, for all later turns of a session",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/approval-policy" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    approvalPolicy: fields.approvalPolicy,
  }),
  output: z.object({
    status: z.literal("ok"),
    sessionId: z.string(),
    approvalPolicy: fields.approvalPolicy,
  }),
  errors: [...fields.sessionWriteErrors, ...fields.codexWriteErrors],
  examples: [
    {
      title: "Never ask",
      given: "session",
      input: { sessionId: exampleIds.sessionId, approvalPolicy: "never" },
      output: { status: "ok", sessionId: exampleIds.sessionId, approvalPolicy: "never" },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, approvalPolicy: "never" },
      error: "session_not_found",
    },
    {
      title: "A policy that does not exist is refused by name",
      given: "session",
      input: { sessionId: exampleIds.sessionId, approvalPolicy: "sometimes" },
      error: "invalid_request",
    },
  ],
});
