/** What is done to the turns of a session, beyond starting and interrupting one. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

const ok = z.literal("ok");
const result = z.looseObject({}).describe("What Codex answered");
const { sessionId, turnId, unknownSessionId } = exampleIds;
const noSuchSession = {
  title: "No such session",
  input: { sessionId: unknownSessionId },
  error: "session_not_found",
} as const;
const busySession = {
  title: "Not while a turn runs",
  given: "running_turn",
  input: { sessionId },
  error: "session_busy",
} as const;

/** Steers a turn. */
export const sessionsSteer = defineOperation({
  name: "sessions.steer",
  summary: "Say something to the turn that runs, without ending it",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/turns/:turnId/steer" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    turnId: z.string().min(1).max(200).describe("The turn that is expected to run"),
    input: z.string().trim().min(1).describe("What to say"),
  }),
  output: z.object({
    status: ok,
    sessionId: z.string(),
    turnId: z.string(),
    result: z.object({
      actionType: z.literal("steer"),
      status: z.literal("performed"),
      details: z.looseObject({}),
    }),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "no_active_turn",
    "turn_mismatch",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "The running turn hears of it",
      given: "running_turn",
      input: { sessionId, turnId, input: "Look at the tests too" },
      output: {
        status: "ok",
        sessionId,
        turnId,
        result: { actionType: "steer", status: "performed", details: { turnId } },
      },
    },
    {
      title: "Nothing runs",
      given: "session",
      input: { sessionId, turnId, input: "Look" },
      error: "no_active_turn",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId, turnId, input: "Look" },
      error: "session_not_found",
    },
  ],
});

/** Compacts a session. */
export const sessionsCompact = defineOperation({
  name: "sessions.compact",
  summary: "Start a turn that shortens what the model remembers of a session",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/compact" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: ok, sessionId: z.string(), result }),
  errors: [...fields.sessionWriteErrors, "session_busy", ...fields.codexWriteErrors],
  examples: [
    {
      title: "A compaction begins",
      given: "spoken_session",
      input: { sessionId },
      output: { status: "ok", sessionId, result: {} },
    },
    noSuchSession,
    busySession,
  ],
});

/** Takes turns back. */
export const sessionsRollback = defineOperation({
  name: "sessions.rollback",
  summary: "Take the newest turns of a session back; files they changed stay changed",
  intent: "destroy",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/rollback" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    numTurns: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe("Turns to take back, 1000 at most; all there are when there are fewer"),
  }),
  output: z.object({ status: ok, sessionId: z.string(), numTurns: z.number().int(), result }),
  errors: [
    ...fields.sessionWriteErrors,
    "session_busy",
    "not_materialized",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "The newest turn is taken back",
      given: "spoken_session",
      input: { sessionId },
      output: { status: "ok", sessionId, numTurns: 1, result: {} },
    },
    noSuchSession,
    busySession,
    {
      title: "There is no turn to take back",
      given: "session",
      input: { sessionId },
      error: "not_materialized",
    },
    {
      title: "To take no turn back is refused",
      input: { sessionId, numTurns: 0 },
      error: "invalid_request",
    },
  ],
});

/** Reviews changes. */
export const sessionsReview = defineOperation({
  name: "sessions.review",
  summary: "Start a turn in which Codex reviews changes",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/review" },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      delivery: z
        .enum(["inline", "detached"])
        .default("inline")
        .describe("inline: a turn of this session; detached: in a copy of it"),
      targetType: z
        .enum(["uncommittedChanges", "baseBranch", "commit", "custom"])
        .default("custom")
        .describe("What is reviewed"),
      branch: z.string().trim().min(1).max(300).default("main").describe("Of baseBranch"),
      sha: z.string().trim().min(1).max(100).optional().describe("Of commit, which needs it"),
      title: z.string().trim().max(300).optional().describe("Of commit: its subject, for people"),
      instructions: z
        .string()
        .trim()
        .min(1)
        .optional()
        .describe("Of custom; a general review if absent"),
    })
    .refine(({ targetType, sha }) => targetType !== "commit" || sha !== undefined, {
      path: ["sha"],
      message: "Needed where targetType is commit",
    }),
  output: z.object({
    status: ok,
    sessionId: z.string(),
    result: z.looseObject({
      turn: z.looseObject({ id: z.string() }),
      reviewThreadId: z.string().describe("The session the review runs in"),
    }),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "session_busy",
    "not_materialized",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "A review of what is asked for",
      given: "spoken_session",
      input: { sessionId, instructions: "Look for races" },
      output: {
        status: "ok",
        sessionId,
        result: { turn: { id: turnId }, reviewThreadId: sessionId },
      },
    },
    noSuchSession,
    busySession,
    {
      title: "A review of a commit needs its sha",
      given: "session",
      input: { sessionId, targetType: "commit" },
      error: "invalid_request",
    },
  ],
});

/** Ends background terminals. */
export const sessionsBackgroundTerminalsClean = defineOperation({
  name: "sessions.background_terminals.clean",
  summary: "End the terminals that turns of a session left running",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/background-terminals/clean" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: ok, sessionId: z.string(), result }),
  errors: [...fields.sessionWriteErrors, ...fields.codexWriteErrors],
  examples: [
    {
      title: "Nothing runs in the background any more",
      given: "spoken_session",
      input: { sessionId },
      output: { status: "ok", sessionId, result: {} },
    },
    noSuchSession,
  ],
});
