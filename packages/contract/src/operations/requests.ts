/** The inbox: every question Codex asks, of whatever kind. Each is answered exactly once. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { requestKinds } from "../stream/request-kind.ts";
import * as fields from "./fields.ts";
import { requestAnswer } from "./request-answer.ts";
import { requestRecord } from "./request-record.ts";

const exampleRequest = {
  requestId: exampleIds.approvalId,
  kind: "command_approval",
  method: "item/commandExecution/requestApproval",
  threadId: exampleIds.sessionId,
  turnId: exampleIds.turnId,
  itemId: "call_1",
  summary: "Run true",
  openedAt: 1_767_225_600_000,
  deadlineAt: 1_767_227_400_000,
  authority: "owned",
  decidedBy: null,
  state: "pending",
  resolution: null,
  details: {},
  command: "true",
  cwd: "/home/me/project",
  reason: null,
  availableDecisions: ["accept", "cancel"],
} satisfies z.output<typeof requestRecord>;

/** Lists questions, those that ended among them for as long as they are kept. */
export const requestsList = defineOperation({
  name: "requests.list",
  summary: "List the questions Codex asks and asked, of every kind",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/requests" },
  input: z.strictObject({
    sessionId: fields.sessionId.optional(),
    kind: z.enum(requestKinds).optional(),
    state: z.enum(["pending", "resolved"]).optional().describe("Both if absent"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^req_[0-9a-f]{32}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(requestRecord), nextCursor: fields.nextCursor }),
  errors: [...fields.sessionFilterErrors],
  examples: [
    {
      title: "What waits for an answer in a session",
      given: "pending_approval",
      input: { sessionId: exampleIds.sessionId, state: "pending" },
      output: { data: [exampleRequest], nextCursor: null },
    },
    {
      title: "A kind that does not exist is refused by name",
      input: { kind: "riddle" },
      error: "invalid_request",
    },
  ],
});

/** Reads one question. */
export const requestsGet = defineOperation({
  name: "requests.get",
  summary: "Read one question Codex asks or asked",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/requests/:requestId" },
  input: z.strictObject({ requestId: fields.requestId }),
  output: z.object({ request: requestRecord }),
  errors: ["request_not_found"],
  examples: [
    {
      title: "An approval that waits",
      given: "pending_approval",
      input: { requestId: exampleIds.approvalId },
      output: { request: exampleRequest },
    },
    {
      title: "No such question",
      input: { requestId: exampleIds.unknownRequestId },
      error: "request_not_found",
    },
  ],
});

/** Answers a question of any kind. */
export const requestsRespond = defineOperation({
  name: "requests.respond",
  summary: "Answer a question Codex asks, of whatever kind",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/requests/:requestId/response" },
  input: z.strictObject({
    requestId: fields.requestId,
    answer: requestAnswer.describe("Of the kind of the question"),
    actor: fields.actor.optional(),
  }),
  output: z.object({
    status: z.literal("ok"),
    requestId: z.string(),
    threadId: z.string().nullable(),
  }),
  errors: [
    "request_not_found",
    "session_attached",
    "invalid_answer",
    "already_resolved",
    "not_eligible",
    "invalid_state",
    "in_flight",
    "claim_not_held",
  ],
  examples: [
    {
      title: "Codex may run the command",
      given: "pending_approval",
      input: {
        requestId: exampleIds.approvalId,
        answer: { kind: "command_approval", decision: "accept" },
      },
      output: {
        status: "ok",
        requestId: exampleIds.approvalId,
        threadId: exampleIds.sessionId,
      },
    },
    {
      title: "An answer of another kind is refused",
      given: "pending_approval",
      input: {
        requestId: exampleIds.approvalId,
        answer: { kind: "tool_call", text: "yes" },
      },
      error: "invalid_answer",
    },
    {
      title: "No such question",
      input: {
        requestId: exampleIds.unknownRequestId,
        answer: { kind: "user_input", decision: "decline" },
      },
      error: "request_not_found",
    },
  ],
});
