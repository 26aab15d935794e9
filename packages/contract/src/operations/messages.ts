/** What became of messages: their receipts. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { exampleMessage, message, messageStates } from "./message.ts";

const noSuchMessage = {
  title: "No such message",
  input: { messageId: exampleIds.unknownMessageId },
  error: "message_not_found",
} as const;

/** Reads a message. */
export const messagesGet = defineOperation({
  name: "messages.get",
  summary: "Read a message: how far it is, and what became of it",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/messages/:messageId" },
  input: z.strictObject({ messageId: fields.messageId }),
  output: z.object({ message }),
  errors: ["message_not_found"],
  examples: [
    {
      title: "A message that waits",
      given: "queued_message",
      input: { messageId: exampleIds.messageId },
      output: { message: exampleMessage },
    },
    noSuchMessage,
  ],
});

/**
 * Lists messages. Those that ended are kept 30 days, and 50,000 of them at most; those of a deleted
 * session go with it.
 */
export const messagesList = defineOperation({
  name: "messages.list",
  summary: "List messages, of a session or of all",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/messages" },
  input: z.strictObject({
    sessionId: fields.sessionId.optional(),
    state: z.enum(messageStates).optional().describe("Only those that are this far"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^msg_[0-9a-f]{32}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(message), nextCursor: fields.nextCursor }),
  errors: [...fields.sessionReadErrors],
  examples: [
    {
      title: "The newest messages of a session",
      given: "queued_message",
      input: { sessionId: exampleIds.sessionId, limit: 20 },
      output: { data: [exampleMessage], nextCursor: null },
    },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});

/** Looks for a message whose answer was lost. */
export const messagesReconcile = defineOperation({
  name: "messages.reconcile",
  summary: "Look again whether Codex took a message whose answer was lost; sends nothing",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/messages/:messageId/reconcile" },
  input: z.strictObject({ messageId: fields.messageId }),
  output: z.object({ message: message.describe("As it is known now") }),
  errors: ["message_not_found", "codex_error", "codex_timeout", "overloaded"],
  examples: [
    {
      title: "Of a message that waits there is nothing to find out",
      given: "queued_message",
      input: { messageId: exampleIds.messageId },
      output: { message: exampleMessage },
    },
    noSuchMessage,
  ],
});
