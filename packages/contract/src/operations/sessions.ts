/** Operations on sessions. A session is a Codex thread that the hub keeps, with the same id. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { sessionSummary, thread, transcriptEntry } from "./session.ts";
import { exampleSession, exampleThread } from "./session-examples.ts";
import { configErrors, startFields } from "./session-start.ts";

/** Starts a session. */
export const sessionsCreate = defineOperation({
  name: "sessions.create",
  summary: "Start a session: a new Codex thread that the hub keeps",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions" },
  input: z.strictObject({
    ...startFields,
    text: z.string().trim().min(1).optional().describe("A first message, which starts a turn"),
    dynamicTools: fields.dynamicTools.optional(),
    systemOwned: z
      .boolean()
      .optional()
      .describe("For the hub's own work: hidden, and written to only with asSystem"),
  }),
  output: z.object({
    session: sessionSummary,
    thread,
    turnId: z.string().nullable().describe("The turn the first message started"),
  }),
  errors: [
    ...configErrors,
    "handle_taken",
    "writer_conflict",
    "invalid_params",
    "invalid_state",
    "codex_error",
    "overloaded",
    "outcome_unknown",
  ],
  examples: [
    {
      title: "A session that begins with a message",
      input: { title: "Tour", handle: exampleIds.handle, text: "What does this project do?" },
      output: {
        session: { ...exampleSession, title: "Tour", handle: exampleIds.handle },
        thread: { ...exampleThread, name: "Tour" },
        turnId: exampleIds.turnId,
      },
    },
    {
      title: "A session with one tool that a process of yours runs",
      input: {
        approvalPolicy: "on-request",
        dynamicTools: [
          {
            name: "uppercase",
            description: "Give a text back in capitals",
            inputSchema: { type: "object", properties: { text: { type: "string" } } },
          },
        ],
      },
      output: { session: exampleSession, thread: exampleThread, turnId: null },
    },
    {
      title: "A preset that no file has is refused",
      input: { presets: ["reviewr"] },
      error: "invalid_config",
    },
    {
      title: "A policy that does not exist is refused by name",
      input: { approvalPolicy: "sometimes" },
      error: "invalid_request",
    },
    {
      title: "A misspelt field is refused by name",
      input: { modle: "gpt-5.4" },
      error: "invalid_request",
    },
  ],
});

/** Lists sessions. */
export const sessionsList = defineOperation({
  name: "sessions.list",
  summary: "List sessions, the most recently changed first",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions" },
  input: z.strictObject({
    archived: z.boolean().optional().describe("Only archived ones; default only the others"),
    cursor: z
      .string()
      .regex(/^\d{1,15}:.{1,200}$/, "Not a nextCursor that sessions.list gave")
      .optional()
      .describe("nextCursor of the page before"),
    limit: z.number().int().min(1).max(200).default(100).describe("Sessions a page, 200 at most"),
    includeSystemOwned: z
      .boolean()
      .optional()
      .describe("Also sessions that the hub runs for itself"),
  }),
  output: z.object({
    data: z.array(sessionSummary),
    nextCursor: z.string().nullable().describe("Null on the last page"),
    archived: z.boolean(),
  }),
  errors: [],
  examples: [
    {
      title: "The first page",
      given: "session",
      input: { limit: 20 },
      output: { data: [exampleSession], nextCursor: null, archived: false },
    },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
    {
      title: "A cursor that no page gave is refused",
      input: { cursor: "elsewhere" },
      error: "invalid_request",
    },
  ],
});

/** Reads a session. */
export const sessionsGet = defineOperation({
  name: "sessions.get",
  summary: "Read a session with its turns and transcript",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({
    session: sessionSummary,
    thread,
    transcript: z.array(transcriptEntry).describe("Oldest first"),
    complete: z.boolean().describe("False while Codex is away: the turns are missing then"),
  }),
  errors: [...fields.sessionReadErrors, "codex_error", "codex_timeout", "overloaded"],
  examples: [
    {
      title: "A session nobody has spoken in yet",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { session: exampleSession, thread: exampleThread, transcript: [], complete: true },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** Sends a message. */
export const sessionsSendMessage = defineOperation({
  name: "sessions.send_message",
  summary: "Send a message, which starts a turn",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/messages", success: 202 },
  input: z.strictObject({
    sessionId: fields.sessionId,
    text: z.string().trim().min(1).describe("What to say"),
    model: fields.model.optional(),
    effort: fields.effort.optional(),
    approvalPolicy: fields.approvalPolicy.optional(),
    networkAccess: fields.networkAccess.optional(),
    filesystemSandbox: fields.filesystemSandbox.optional(),
    sticky: z
      .boolean()
      .optional()
      .describe("Keep what is overridden here for all later turns; default only this turn"),
    asSystem: fields.asSystem,
    dynamicTools: fields.dynamicTools
      .optional()
      .describe("Accepted when empty or equal to the session's own: they are fixed at creation"),
  }),
  output: z.object({
    status: z.literal("accepted"),
    sessionId: z.string(),
    turnId: z.string().describe("The turn the message started; its events carry this id"),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "session_busy",
    "catalog_fixed",
    "writer_conflict",
    "invalid_params",
    "invalid_state",
    "codex_error",
    "overloaded",
    "outcome_unknown",
  ],
  examples: [
    {
      title: "A message that starts a turn",
      given: "session",
      input: { sessionId: exampleIds.sessionId, text: "What does this project do?" },
      output: { status: "accepted", sessionId: exampleIds.sessionId, turnId: exampleIds.turnId },
    },
    {
      title: "A session takes one turn at a time",
      given: "running_turn",
      input: { sessionId: exampleIds.sessionId, text: "And another thing" },
      error: "session_busy",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, text: "Hello?" },
      error: "session_not_found",
    },
    {
      title: "A message of nothing but blanks is refused",
      input: { sessionId: exampleIds.sessionId, text: "   " },
      error: "invalid_request",
    },
  ],
});

/** Interrupts a turn. */
export const sessionsInterrupt = defineOperation({
  name: "sessions.interrupt",
  summary: "Interrupt the turn that runs",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/interrupt" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    turnId: z.string().min(1).optional().describe("Default: the turn that runs now"),
    asSystem: fields.asSystem,
  }),
  output: z.object({ status: z.literal("ok"), sessionId: z.string(), turnId: z.string() }),
  errors: [
    ...fields.sessionWriteErrors,
    "no_active_turn",
    "turn_mismatch",
    "codex_error",
    "overloaded",
    "outcome_unknown",
  ],
  examples: [
    {
      title: "The running turn ends as interrupted",
      given: "running_turn",
      input: { sessionId: exampleIds.sessionId },
      output: { status: "ok", sessionId: exampleIds.sessionId, turnId: exampleIds.turnId },
    },
    {
      title: "Nothing runs",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      error: "no_active_turn",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});
