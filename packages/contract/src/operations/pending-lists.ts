/** What waits for an answer in one session, a list a kind, oldest first. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { pendingApproval, pendingToolCall, pendingToolInput } from "../stream/view.ts";
import { sessionId, sessionReadErrors } from "./fields.ts";

const examplePending = {
  threadId: exampleIds.sessionId,
  turnId: exampleIds.turnId,
  itemId: "call_1",
  details: {},
  createdAt: "2026-01-01T00:00:00.000Z",
  status: "pending",
} as const;

const noSession = {
  title: "No such session",
  input: { sessionId: exampleIds.unknownSessionId },
  error: "session_not_found",
} as const;

/** Lists the approvals of a session that wait. */
export const sessionsApprovalsList = defineOperation({
  name: "sessions.approvals.list",
  summary: "List the approvals of a session that wait for a decision",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/approvals" },
  input: z.strictObject({ sessionId }),
  output: z.object({ data: z.array(pendingApproval) }),
  errors: sessionReadErrors,
  examples: [
    {
      title: "A command waits",
      given: "pending_approval",
      input: { sessionId: exampleIds.sessionId },
      output: {
        data: [
          {
            approvalId: exampleIds.approvalId,
            method: "item/commandExecution/requestApproval",
            summary: "Run true",
            ...examplePending,
          },
        ],
      },
    },
    noSession,
  ],
});

/** Lists the questions to the user of a session that wait. */
export const sessionsToolInputList = defineOperation({
  name: "sessions.tool_input.list",
  summary: "List the questions to the user of a session that wait for answers",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/tool-input" },
  input: z.strictObject({ sessionId }),
  output: z.object({ data: z.array(pendingToolInput) }),
  errors: sessionReadErrors,
  examples: [
    {
      title: "Nothing waits",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { data: [] },
    },
    noSession,
  ],
});

/** Lists the tool calls of a session that wait. */
export const sessionsToolCallsList = defineOperation({
  name: "sessions.tool_calls.list",
  summary: "List the tool calls of a session that wait for their results",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/tool-calls" },
  input: z.strictObject({ sessionId }),
  output: z.object({
    data: z.array(
      pendingToolCall.extend({
        claimant: z.string().nullable().describe("The process that has taken it"),
      }),
    ),
  }),
  errors: sessionReadErrors,
  examples: [
    {
      title: "A call waits",
      given: "pending_tool_call",
      input: { sessionId: exampleIds.sessionId },
      output: {
        data: [
          {
            requestId: exampleIds.requestId,
            method: "item/tool/call",
            summary: "Call look",
            ...examplePending,
            callId: "call_1",
            tool: "look",
            arguments: {},
            claimant: null,
          },
        ],
      },
    },
    noSession,
  ],
});
