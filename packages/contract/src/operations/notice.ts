/** A notice: an entry of an inbox, which tells what happened in a session. */
import { z } from "zod";
import * as fields from "./fields.ts";

/** Whether somebody has taken note of it. */
export const noticeStates = ["pending", "acknowledged"] as const;

/**
 * What it tells of. `completed`, `failed`, `interrupted`: a turn's end. `idle`: the session rests.
 * `approval` (of commands, file changes, permissions), `input`, `elicitation`, `tool_call`,
 * `question` (of a kind the hub does not know): what Codex asks. `activity`: another event. `time`,
 * `webhook`: nothing in the session, but what a trigger waited for.
 */
export const noticeKinds = [
  "completed",
  "failed",
  "interrupted",
  "idle",
  "approval",
  "input",
  "elicitation",
  "tool_call",
  "question",
  "activity",
  "time",
  "webhook",
] as const;

/** Id of a notice. */
export const noticeId = z
  .string()
  .regex(/^ntc_[0-9a-f]{32}$/, "A notice's id: ntc_ and 32 hex digits")
  .describe("Id of a notice");

/** How somebody is told: by an entry of an inbox alone, or by a message in the session too. */
export const deliveries = ["inbox", "message"] as const;

/** To whom something is told. */
export const noticeTo = fields.sessionId.describe(
  "The session that is told; the operator's inbox if absent",
);

/** How it is told. */
export const noticeDeliver = z
  .enum(deliveries)
  .default("inbox")
  .describe(
    "message: queued as a message in the session `to`; where that can't be, it is left in its inbox",
  );

/** A notice. */
export const notice = z.object({
  noticeId: z.string(),
  to: z.string().nullable().describe("Session whose inbox it is in; null: the operator's"),
  kind: z.enum(noticeKinds),
  about: z
    .object({
      sessionId: z.string(),
      handle: z.string().nullable(),
      title: z.string(),
      turnId: z.string().nullable(),
      requestId: z.string().nullable().describe("Of a question"),
    })
    .describe("The session as it was called then"),
  text: z
    .string()
    .describe(
      "The end of the last reply, of a failure why, of a question what is asked and which answers fit; 4,000 characters at most",
    ),
  state: z.enum(noticeStates),
  messageId: z
    .string()
    .nullable()
    .describe("The message by which the session was told; it is acknowledged then"),
  undelivered: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe("Why no message told it, where one was wanted"),
  triggerId: z.string().describe("The subscription, or other trigger, that told it"),
  firingId: z.string(),
  at: z.number().int().describe("Epoch milliseconds"),
  acknowledgedAt: z.number().int().nullable().describe("Epoch milliseconds"),
});

/** What a notice tells of. */
export type NoticeKind = (typeof noticeKinds)[number];
/** A notice. */
export type Notice = z.output<typeof notice>;
