/** What was done at the hub, by whom, and how it ended. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

/** One thing that was done. */
export const auditEntry = z.object({
  id: z.string().describe("Counts up"),
  at: z.number().int().describe("Epoch milliseconds"),
  actor: z.string().nullable().describe("Who, as the caller said; null where nobody did"),
  source: z.string().nullable().describe("From where, as the caller said"),
  surface: z
    .string()
    .describe("The way it came: such as http, sdk or cli; hub for what the hub did by itself"),
  operation: z.string().describe("An operation, or request.resolved for a question's end"),
  sessionId: z.string().nullable(),
  outcome: z.string().describe("ok or an error code; of a question how it ended"),
  details: z
    .record(z.string(), z.unknown())
    .describe("The ids it was about and what changed; never what a caller may keep secret"),
});

/** One thing that was done. */
export type AuditEntry = z.output<typeof auditEntry>;

/**
 * Lists what was done: every write that was tried with a valid input, and every question that ended
 * without somebody's answer. Entries are kept 90 days, and 100,000 of them at most.
 */
export const auditList = defineOperation({
  name: "audit.list",
  summary: "List what was done, by whom and how it ended",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/audit" },
  input: z.strictObject({
    sessionId: fields.sessionId.optional(),
    operation: z.string().min(1).max(120).optional().describe("Only this operation"),
    actor: z.string().min(1).max(200).optional().describe("Only what this actor did"),
    since: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe("Epoch milliseconds; only what is not older"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^\d{1,15}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(auditEntry), nextCursor: fields.nextCursor }),
  errors: [...fields.sessionFilterErrors],
  examples: [
    {
      title: "What was done in a session",
      given: "session",
      input: { sessionId: exampleIds.sessionId, limit: 20 },
      output: {
        data: [
          {
            id: "1",
            at: 1_767_225_600_000,
            actor: "me",
            source: null,
            surface: "http",
            operation: "sessions.create",
            sessionId: exampleIds.sessionId,
            outcome: "ok",
            details: {},
          },
        ],
        nextCursor: null,
      },
    },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});
