/**
 * Views: events under the names an earlier hub gave them, derived from a journaled event as it is
 * written to a socket, right after it and with its seq. Never stored.
 */
import { z } from "zod";
import { project } from "../operations/projects.ts";
import { transcriptEntry } from "../operations/session.ts";

const pending = {
  method: z.string(),
  threadId: z.string(),
  turnId: z.string().nullable(),
  itemId: z.string().nullable(),
  summary: z.string(),
  details: z.unknown().describe("Codex's params"),
  createdAt: z.string().describe("ISO time"),
  status: z.literal("pending"),
};

/** An approval that waits for its decision. */
export const pendingApproval = z.object({ approvalId: z.string(), ...pending });
/** A question to the user that waits for its answers. */
export const pendingToolInput = z.object({
  requestId: z.string(),
  ...pending,
  questions: z.array(z.looseObject({ id: z.string() })),
});
/** A tool call that waits for its result. */
export const pendingToolCall = z.object({
  requestId: z.string(),
  ...pending,
  callId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
});

const resolvedStatus = z.enum(["resolved", "expired"]);

/** Name to payload. */
export const viewEvents = {
  notification: z.object({ method: z.string(), params: z.unknown() }),
  server_request: z.object({ method: z.string(), id: z.string(), params: z.unknown() }),
  approval: pendingApproval,
  approval_resolved: z.object({
    approvalId: z.string(),
    status: resolvedStatus,
    decision: z.string().optional(),
    scope: z.string().optional(),
  }),
  tool_user_input_requested: pendingToolInput,
  tool_user_input_resolved: z.object({ requestId: z.string(), status: resolvedStatus }),
  tool_call_requested: pendingToolCall,
  tool_call_resolved: z.object({
    requestId: z.string(),
    status: resolvedStatus,
    success: z.boolean(),
  }),
  transcript_updated: z.object({
    threadId: z.string(),
    turnId: z.string().optional().describe("Absent when the whole transcript changed"),
    messageId: z
      .string()
      .optional()
      .describe("Absent when the turn ended: then whatever still streamed in it has ended too"),
    type: z.string().optional(),
    entry: transcriptEntry.optional(),
  }),
  session_deleted: z.object({
    status: z.literal("deleted"),
    sessionId: z.string(),
    title: z.string(),
    message: z.string(),
    deletedAt: z.string(),
  }),
  session_project_updated: z.object({
    status: z.literal("ok"),
    sessionId: z.string(),
    projectId: z.string().nullable(),
    previousProjectId: z.string().nullable(),
  }),
  project_upserted: z.object({ project }),
  project_deleted: z.object({
    projectId: z.string(),
    sessionIds: z.array(z.string()).describe("Always empty: only an empty project can be removed"),
  }),
  turn_plan_updated: z.unknown(),
  turn_diff_updated: z.unknown(),
  thread_token_usage_updated: z.unknown(),
  app_list_updated: z.unknown(),
  mcp_oauth_completed: z.unknown(),
  account_updated: z.unknown(),
  account_login_completed: z.unknown(),
  account_rate_limits_updated: z.unknown(),
} as const;

/** Name of a view. */
export type ViewName = keyof typeof viewEvents;
/** Payload of a view. */
export type ViewPayload<Name extends ViewName> = z.output<(typeof viewEvents)[Name]>;
