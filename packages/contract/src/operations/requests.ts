/** Operations that answer what Codex asks. Each question is answered exactly once. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { toolCallResponse, toolContentItem } from "./fields.ts";

/** Decides an approval. */
export const approvalsDecide = defineOperation({
  name: "approvals.decide",
  summary: "Decide whether Codex may run a command or change files",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/approvals/:approvalId/decision" },
  input: z.strictObject({
    approvalId: z.string().min(1).max(200).describe("requestId of the request event"),
    decision: z
      .enum(["accept", "decline", "cancel"])
      .describe("cancel declines and interrupts the turn"),
    scope: z
      .enum(["turn", "session"])
      .default("turn")
      .describe("session: the same is not asked again in this session"),
  }),
  output: z.object({ status: z.literal("ok"), approvalId: z.string(), threadId: z.string() }),
  errors: ["approval_not_found", "already_resolved", "not_eligible", "invalid_state"],
  examples: [
    {
      title: "Codex may run the command",
      given: "pending_approval",
      input: { approvalId: exampleIds.approvalId, decision: "accept" },
      output: {
        status: "ok",
        approvalId: exampleIds.approvalId,
        threadId: exampleIds.sessionId,
      },
    },
    {
      title: "No such approval",
      input: { approvalId: exampleIds.unknownRequestId, decision: "decline" },
      error: "approval_not_found",
    },
    {
      title: "A decision that does not exist is refused by name",
      input: { approvalId: exampleIds.approvalId, decision: "maybe" },
      error: "invalid_request",
    },
  ],
});

/** Answers a tool call. */
export const toolCallsRespond = defineOperation({
  name: "tool_calls.respond",
  summary: "Give Codex the result of a tool that runs outside it",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/tool-calls/:requestId/response" },
  input: z.strictObject({
    requestId: z.string().min(1).max(200).describe("requestId of the request event"),
    success: z.boolean().optional().describe("Default true"),
    contentItems: z.array(toolContentItem).optional(),
    text: z.string().optional().describe("Short for one inputText item"),
    response: toolCallResponse
      .optional()
      .describe("The whole answer; goes before contentItems, which go before text"),
  }),
  output: z.object({ status: z.literal("ok"), requestId: z.string(), threadId: z.string() }),
  errors: ["tool_call_not_found", "already_resolved", "not_eligible"],
  examples: [
    {
      title: "The tool gave a text",
      given: "pending_tool_call",
      input: { requestId: exampleIds.requestId, text: "HELLO" },
      output: { status: "ok", requestId: exampleIds.requestId, threadId: exampleIds.sessionId },
    },
    {
      title: "No such tool call",
      input: { requestId: exampleIds.unknownRequestId, text: "HELLO" },
      error: "tool_call_not_found",
    },
    {
      title: "An item of an unknown type is refused by name",
      input: { requestId: exampleIds.requestId, contentItems: [{ type: "inputVideo" }] },
      error: "invalid_request",
    },
  ],
});
