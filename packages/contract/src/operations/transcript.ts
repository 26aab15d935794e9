/** Operations on a session's transcript: what was said and done, one normalised entry each. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { transcriptEntry, transcriptRoles, transcriptStatuses } from "./session.ts";

/** Characters of a text that is put into a transcript, at most. */
export const transcriptTextLimit = 1024 * 1024;

const cursor = z.string().min(1).max(4096);
const text = z.string().max(transcriptTextLimit);
const time = z.number().int().min(0).max(8_640_000_000_000_000).describe("Epoch milliseconds");

const exampleEntry = {
  messageId: "msg_01",
  turnId: exampleIds.turnId,
  role: "assistant",
  type: "agentMessage",
  content: "It is a test.",
  startedAt: 1_767_225_600_100,
  completedAt: 1_767_225_600_900,
  status: "complete",
} satisfies z.output<typeof transcriptEntry>;

/** Lists a transcript. */
export const sessionsTranscriptList = defineOperation({
  name: "sessions.transcript.list",
  summary: "Read a session's transcript page by page, also while Codex is down",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/transcript" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    after: cursor.optional().describe("A cursor: only entries that stand after it"),
    before: cursor.optional().describe("A cursor: only entries that stand before it"),
    limit: z.number().int().min(1).max(200).default(100).describe("Entries a page, 200 at most"),
    order: z
      .enum(["oldest", "newest"])
      .default("oldest")
      .describe("Which come first; go on with after, or with before where the newest come first"),
  }),
  output: z.object({
    sessionId: z.string(),
    data: z.array(transcriptEntry),
    nextCursor: z.string().nullable().describe("Null when this page was the last"),
    cursor: z
      .string()
      .nullable()
      .describe("Where this page ended, also when it was the last; null for an empty page"),
  }),
  errors: [...fields.sessionReadErrors, "invalid_cursor"],
  examples: [
    {
      title: "A session nobody has spoken in yet",
      given: "session",
      input: { sessionId: exampleIds.sessionId, limit: 50 },
      output: { sessionId: exampleIds.sessionId, data: [], nextCursor: null, cursor: null },
    },
    {
      title: "A cursor that is none",
      given: "session",
      input: { sessionId: exampleIds.sessionId, after: "the end" },
      error: "invalid_cursor",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** Puts an entry into a transcript. */
export const sessionsTranscriptUpsert = defineOperation({
  name: "sessions.transcript.upsert",
  summary: "Put an entry of one's own into a transcript, or go on with one",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/transcript/upsert" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    messageId: z.string().min(1).max(400).describe("Names the entry within its turn"),
    turnId: z.string().min(1).max(200).describe("The turn it belongs to"),
    role: z.enum(transcriptRoles),
    type: z.string().min(1).max(120).describe("What kind of entry it is"),
    content: text,
    status: z
      .enum(transcriptStatuses)
      .describe("An entry that has ended keeps its text and status when streaming is given"),
    details: text
      .optional()
      .describe(
        "JSON text; kept when left out. The entry named by its anchorItemId stands before this one",
      ),
    startedAt: time.optional().describe("Epoch milliseconds; the earliest one given stays"),
    completedAt: time
      .optional()
      .describe("Epoch milliseconds; the latest one given stays, and none before startedAt"),
  }),
  output: z.object({ status: z.literal("ok"), sessionId: z.string(), entry: transcriptEntry }),
  errors: [...fields.sessionReadErrors, "session_attached"],
  examples: [
    {
      title: "An entry that goes on",
      given: "session",
      input: {
        sessionId: exampleIds.sessionId,
        messageId: "review-1",
        turnId: exampleIds.turnId,
        role: "system",
        type: "turn.review",
        content: "Reading the changes",
        status: "streaming",
      },
      output: {
        status: "ok",
        sessionId: exampleIds.sessionId,
        entry: {
          messageId: "review-1",
          turnId: exampleIds.turnId,
          role: "system",
          type: "turn.review",
          content: "Reading the changes",
          status: "streaming",
        },
      },
    },
    {
      title: "A status that does not exist is refused by name",
      input: { ...exampleEntry, sessionId: exampleIds.sessionId, status: "done" },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { ...exampleEntry, sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});
