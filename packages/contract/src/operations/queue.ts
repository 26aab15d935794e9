/** The messages of a session that wait for their turn, and what may be done to them. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { exampleMessage, message, queueHold } from "./message.ts";

const { sessionId, messageId, unknownSessionId, unknownMessageId } = exampleIds;
const ok = z.literal("ok");
const errors = [...fields.sessionWriteErrors, "message_not_found", "message_not_queued"] as const;
const noSuchSession = {
  title: "No such session",
  input: { sessionId: unknownSessionId },
  error: "session_not_found",
} as const;
const left = z.object({ status: ok, message });
const queue = z.object({
  data: z.array(message).describe("All that wait, the next one first"),
  hold: queueHold.nullable().describe("Why none of them is started; null: they are, one by one"),
});

/** Lists a queue. */
export const queueList = defineOperation({
  name: "queue.list",
  summary: "List the messages that wait in a session, the next one first",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/queue" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: queue,
  errors: [...fields.sessionReadErrors],
  examples: [
    {
      title: "One message waits for the turn to end",
      given: "queued_message",
      input: { sessionId },
      output: { data: [exampleMessage], hold: null },
    },
    noSuchSession,
  ],
});

/** Takes a message out. */
export const queueCancel = defineOperation({
  name: "queue.cancel",
  summary: "Take a message that waits out of its queue",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/messages/:messageId/cancel" },
  input: z.strictObject({ messageId: fields.messageId, asSystem: fields.asSystem }),
  output: left,
  errors,
  examples: [
    {
      title: "It will not be said",
      given: "queued_message",
      input: { messageId },
      output: {
        status: "ok",
        message: { ...exampleMessage, state: "canceled", position: null },
      },
    },
    {
      title: "No such message",
      input: { messageId: unknownMessageId },
      error: "message_not_found",
    },
  ],
});

/** Changes what a message says. */
export const queueEdit = defineOperation({
  name: "queue.edit",
  summary: "Change what a message that waits will say",
  intent: "write",
  idempotent: true,
  http: { method: "PATCH", path: "/api/messages/:messageId" },
  input: z.strictObject({
    messageId: fields.messageId,
    text: z.string().trim().min(1).describe("What to say"),
    asSystem: fields.asSystem,
  }),
  output: left,
  errors,
  examples: [
    {
      title: "It says something else",
      given: "queued_message",
      input: { messageId, text: "Then write the documents" },
      output: { status: "ok", message: { ...exampleMessage, text: "Then write the documents" } },
    },
    {
      title: "A message of nothing but blanks is refused",
      input: { messageId, text: "  " },
      error: "invalid_request",
    },
  ],
});

/** Changes the place of a message. */
export const queueMove = defineOperation({
  name: "queue.move",
  summary: "Give a message that waits another place in its queue",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/messages/:messageId/move" },
  input: z.strictObject({
    messageId: fields.messageId,
    before: fields.messageId
      .nullable()
      .describe(
        "The message to put it before; null: at the end. Those that cut in by interject stay before all others",
      ),
    asSystem: fields.asSystem,
  }),
  output: z.object({ status: ok, ...queue.shape }),
  errors: [...errors, "goes_first"],
  examples: [
    {
      title: "To the end",
      given: "queued_message",
      input: { messageId, before: null },
      output: { status: "ok", data: [exampleMessage], hold: null },
    },
    {
      title: "No such message",
      input: { messageId: unknownMessageId, before: null },
      error: "message_not_found",
    },
  ],
});

/** Lets a queue go on. */
export const queueResume = defineOperation({
  name: "queue.resume",
  summary: "Let a queue that is held go on",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/queue/resume" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    ambiguous: z
      .enum(["keep", "resend", "drop"])
      .default("keep")
      .describe(
        "Of messages whose answer was lost. keep: leave them as they are. resend: say them again, first of all, though the model may know them already; those that steer or tell are kept. drop: give them up",
      ),
    asSystem: fields.asSystem,
  }),
  output: z.object({ status: ok, ...queue.shape }),
  errors: [...fields.sessionWriteErrors],
  examples: [
    {
      title: "A queue that nothing holds stays as it is",
      given: "queued_message",
      input: { sessionId },
      output: { status: "ok", data: [exampleMessage], hold: null },
    },
    noSuchSession,
  ],
});

/** Empties a queue. */
export const queueClear = defineOperation({
  name: "queue.clear",
  summary: "Take all messages that wait out of a queue, and let it go on with the next ones",
  intent: "destroy",
  idempotent: true,
  http: { method: "DELETE", path: "/api/sessions/:sessionId/queue" },
  input: z.strictObject({ sessionId: fields.sessionId, asSystem: fields.asSystem }),
  output: z.object({ status: ok, canceled: z.array(z.string()).describe("Ids of what waited") }),
  errors: [...fields.sessionWriteErrors],
  examples: [
    {
      title: "What waited will not be said",
      given: "queued_message",
      input: { sessionId },
      output: { status: "ok", canceled: [messageId] },
    },
    noSuchSession,
  ],
});
