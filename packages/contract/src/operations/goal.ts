/** A session's goal: what Codex works on by itself, turn after turn, until it is reached. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

const { sessionId, unknownSessionId } = exampleIds;

const status = z
  .enum(["active", "paused", "blocked", "usageLimited", "budgetLimited", "complete"])
  .describe(
    "active: Codex starts turns by itself. blocked and the limited ones are Codex's to set",
  );

/** A goal. */
const goal = z.object({
  objective: z.string(),
  status,
  tokenBudget: z.number().nullable().describe("Tokens it may cost; null: no bound"),
  tokensUsed: z.number(),
  timeUsedSeconds: z.number(),
  createdAt: z.number().describe("Unix seconds"),
  updatedAt: z.number().describe("Unix seconds"),
});

const answer = z.object({
  sessionId: z.string(),
  goal: goal.nullable().describe("Null: the session has none"),
});

const exampleGoal = {
  objective: "All tests pass",
  status: "paused",
  tokenBudget: 50_000,
  tokensUsed: 0,
  timeUsedSeconds: 0,
  createdAt: 1_767_225_600,
  updatedAt: 1_767_225_600,
} satisfies z.output<typeof goal>;

const noSuchSession = {
  title: "No such session",
  input: { sessionId: unknownSessionId },
  error: "session_not_found",
} as const;

/** Reads the goal. */
export const sessionsGoalGet = defineOperation({
  name: "sessions.goal.get",
  summary: "Read what a session works on by itself",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/goal" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: answer,
  errors: [...fields.sessionReadErrors, "codex_error", "codex_timeout", "overloaded"],
  examples: [
    {
      title: "A session without a goal",
      given: "session",
      input: { sessionId },
      output: { sessionId, goal: null },
    },
    noSuchSession,
  ],
});

/** Sets the goal. */
export const sessionsGoalSet = defineOperation({
  name: "sessions.goal.set",
  summary: "Give a session a goal, or change the one it has; an active one makes Codex start turns",
  intent: "write",
  idempotent: true,
  http: { method: "PUT", path: "/api/sessions/:sessionId/goal" },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      objective: z.string().trim().min(1).max(4000).optional().describe("What is to be reached"),
      status: status.optional(),
      tokenBudget: z.number().int().min(1).optional().describe("Tokens it may cost"),
    })
    .refine(
      ({ objective, status: to, tokenBudget }) =>
        objective !== undefined || to !== undefined || tokenBudget !== undefined,
      { message: "Give an objective, a status or a tokenBudget", path: ["objective"] },
    ),
  output: answer,
  errors: [...fields.sessionWriteErrors, "no_goal", ...fields.codexWriteErrors],
  examples: [
    {
      title: "A goal that waits until it is made active",
      given: "session",
      input: { sessionId, objective: "All tests pass", status: "paused", tokenBudget: 50_000 },
      output: { sessionId, goal: exampleGoal },
    },
    {
      title: "A goal needs an objective",
      given: "session",
      input: { sessionId, status: "active" },
      error: "no_goal",
    },
    {
      title: "Nothing to set is refused",
      given: "session",
      input: { sessionId },
      error: "invalid_request",
    },
    { ...noSuchSession, input: { sessionId: unknownSessionId, objective: "Rest" } },
  ],
});

/** Takes the goal away. */
export const sessionsGoalClear = defineOperation({
  name: "sessions.goal.clear",
  summary: "Take a session's goal away; a turn that runs goes on to its end",
  intent: "destroy",
  idempotent: true,
  http: { method: "DELETE", path: "/api/sessions/:sessionId/goal" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({
    sessionId: z.string(),
    cleared: z.boolean().describe("False when there was none"),
  }),
  errors: [...fields.sessionWriteErrors, ...fields.codexWriteErrors],
  examples: [
    {
      title: "A session without a goal keeps having none",
      given: "session",
      input: { sessionId },
      output: { sessionId, cleared: false },
    },
    noSuchSession,
  ],
});
