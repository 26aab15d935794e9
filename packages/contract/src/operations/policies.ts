/** Operations on policies: the default one, and those of single sessions. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { policy, policyFields } from "./policy.ts";

const askPolicy = { mode: "ask", rules: [], deadlines: {} } satisfies z.input<typeof policy>;
const gitPolicy = {
  mode: "rules",
  rules: [{ kind: "command_approval", action: "allow", prefix: ["git", "status"] }],
  deadlines: {},
} satisfies z.input<typeof policy>;

/** Reads the default policy. */
export const policiesGet = defineOperation({
  name: "policies.get",
  summary: "Read who answers Codex's questions where a session says nothing of its own",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/policies" },
  input: z.strictObject({}),
  output: z.object({ policy }),
  errors: [],
  examples: [
    { title: "People are asked, unless said otherwise", input: {}, output: { policy: askPolicy } },
    { title: "It takes no fields", input: { sessionId: "x" }, error: "invalid_request" },
  ],
});

/**
 * Sets the default policy. It holds for questions opened from now on: those that wait already are not
 * touched, not after a restart of the hub either.
 */
export const policiesSet = defineOperation({
  name: "policies.set",
  summary: "Say who answers Codex's questions where a session says nothing of its own",
  intent: "write",
  idempotent: true,
  http: { method: "PUT", path: "/api/policies" },
  input: z.strictObject({ ...policyFields, actor: fields.actor.optional() }),
  output: z.object({ status: z.literal("ok"), policy }),
  errors: [],
  examples: [
    {
      title: "People are asked",
      input: { mode: "ask" },
      output: { status: "ok", policy: askPolicy },
    },
    {
      title: "A rule that would allow every command is refused",
      input: { mode: "rules", rules: [{ kind: "command_approval", action: "allow", prefix: [] }] },
      error: "invalid_request",
    },
  ],
});

/** Reads the policy of a session. */
export const sessionsPolicyGet = defineOperation({
  name: "sessions.policy.get",
  summary: "Read who answers the questions of a session",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/policy" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({
    sessionId: z.string(),
    policy,
    source: z.enum(["session", "default"]).describe("default: the session has none of its own"),
  }),
  errors: fields.sessionReadErrors,
  examples: [
    {
      title: "A session that says nothing of its own",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { sessionId: exampleIds.sessionId, policy: askPolicy, source: "default" },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/**
 * Sets the policy of a session. Its mode and rules stand in place of the default's; a deadline it
 * does not name is the default's. It holds for questions opened from now on, as `policies.set` does.
 */
export const sessionsPolicySet = defineOperation({
  name: "sessions.policy.set",
  summary: "Say who answers the questions of a session",
  intent: "write",
  idempotent: true,
  http: { method: "PUT", path: "/api/sessions/:sessionId/policy" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    ...policyFields,
    actor: fields.actor.optional(),
  }),
  output: z.object({ status: z.literal("ok"), sessionId: z.string(), policy }),
  errors: [...fields.sessionReadErrors, "session_attached"],
  examples: [
    {
      title: "git status may run without anybody being asked",
      given: "session",
      input: { sessionId: exampleIds.sessionId, ...gitPolicy },
      output: { status: "ok", sessionId: exampleIds.sessionId, policy: gitPolicy },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, mode: "deny" },
      error: "session_not_found",
    },
    {
      title: "A folder that steps upwards is refused",
      given: "session",
      input: {
        sessionId: exampleIds.sessionId,
        mode: "rules",
        rules: [{ kind: "file_change_approval", action: "allow", folder: "/work/../etc" }],
      },
      error: "invalid_request",
    },
  ],
});

/** Takes a session's own policy away: the default one holds again. */
export const sessionsPolicyUnset = defineOperation({
  name: "sessions.policy.unset",
  summary: "Let the default policy hold for a session again",
  intent: "write",
  idempotent: true,
  http: { method: "DELETE", path: "/api/sessions/:sessionId/policy" },
  input: z.strictObject({ sessionId: fields.sessionId, actor: fields.actor.optional() }),
  output: z.object({ status: z.literal("ok"), sessionId: z.string(), policy }),
  errors: [...fields.sessionReadErrors, "session_attached"],
  examples: [
    {
      title: "The default holds",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { status: "ok", sessionId: exampleIds.sessionId, policy: askPolicy },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});
