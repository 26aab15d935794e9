/** Operations on questions to the user. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { decision, userInputAnswers } from "./request-answer.ts";

/**
 * Answers the questions to the user, or says that there is no answer. `response` is the whole answer
 * as Codex takes it, and goes before `answers`.
 */
export const toolInputDecide = defineOperation({
  name: "tool_input.decide",
  summary: "Answer Codex's questions to the user, or decline to",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/tool-input/:requestId/decision" },
  input: z.strictObject({
    requestId: fields.requestId,
    decision: decision.describe("decline and cancel answer nothing, and the turn goes on"),
    answers: userInputAnswers.optional(),
    response: z.strictObject({ answers: userInputAnswers }).optional(),
    actor: fields.actor.optional(),
  }),
  output: z.object({ status: z.literal("ok"), requestId: z.string(), threadId: z.string() }),
  errors: [
    "tool_input_not_found",
    "session_attached",
    "invalid_answer",
    "already_resolved",
    "not_eligible",
  ],
  examples: [
    {
      title: "The user chose",
      given: "pending_tool_input",
      input: {
        requestId: exampleIds.requestId,
        decision: "accept",
        answers: { colour: { answers: ["Blue"] } },
      },
      output: { status: "ok", requestId: exampleIds.requestId, threadId: exampleIds.sessionId },
    },
    {
      title: "An answer to a question that was not asked is refused by name",
      given: "pending_tool_input",
      input: {
        requestId: exampleIds.requestId,
        decision: "accept",
        answers: { size: { answers: ["XL"] } },
      },
      error: "invalid_answer",
    },
    {
      title: "No such question",
      input: { requestId: exampleIds.unknownRequestId, decision: "decline" },
      error: "tool_input_not_found",
    },
  ],
});
