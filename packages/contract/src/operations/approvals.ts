/** Operations on approvals: whether Codex may run a command or change files. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { actor, requestId } from "./fields.ts";
import { decision, scope } from "./request-answer.ts";

/** Decides an approval. */
export const approvalsDecide = defineOperation({
  name: "approvals.decide",
  summary: "Decide whether Codex may run a command or change files",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/approvals/:approvalId/decision" },
  input: z.strictObject({
    approvalId: requestId,
    decision,
    scope,
    actor: actor.optional(),
  }),
  output: z.object({ status: z.literal("ok"), approvalId: z.string(), threadId: z.string() }),
  errors: [
    "approval_not_found",
    "session_attached",
    "already_resolved",
    "not_eligible",
    "invalid_state",
  ],
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
