/** What people say to sessions, as the hub keeps it: messages, and the queue of those that wait. */
import { z } from "zod";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

/** Messages that may wait in one session at the same time. */
export const queueLimit = 100;

/** How a message is said. */
export const sendModes = ["start", "steer", "queue", "interject", "context"] as const;

/** How a message is said. */
export type SendMode = (typeof sendModes)[number];

/** How far a message is. The first three are on their way; what is `ambiguous` may still turn out. */
export const messageStates = [
  "queued",
  "starting",
  "accepted",
  "ambiguous",
  "completed",
  "failed",
  "interrupted",
  "canceled",
  "refused",
] as const;

/** How far a message is. */
export type MessageState = (typeof messageStates)[number];

/** Settings that hold for the turn a message starts. */
export const messageOverrides = z.object({
  model: fields.model.optional(),
  effort: fields.effort.optional(),
  approvalPolicy: fields.approvalPolicy.optional(),
  networkAccess: fields.networkAccess.optional(),
  filesystemSandbox: fields.filesystemSandbox.optional(),
  sticky: z
    .boolean()
    .optional()
    .describe("Keep what is overridden here for all later turns; default only this turn"),
});

/** Settings that hold for the turn a message starts. */
export type MessageOverrides = z.output<typeof messageOverrides>;

/** What the hub found when it looked for a message whose answer was lost. */
export const messageEvidence = z.object({
  at: z.number().int().describe("When it looked; epoch milliseconds"),
  turnsRead: z.number().int().describe("Turns it read, the newest first; in none was the message"),
  whole: z.boolean().describe("Whether those were all the thread has"),
  threadStatus: z.string().describe("How the thread stood: notLoaded, idle, active or systemError"),
  processEnded: z.boolean().describe("Whether the process that was asked is gone"),
});

/** Why nobody knows whether Codex took a message. */
export const ambiguity = z.object({
  reason: z
    .enum(["answer_lost", "process_ended", "hub_restarted"])
    .describe(
      "answer_lost: Codex lives and gave no answer in time; process_ended: it ended first; hub_restarted: the hub did",
    ),
  evidence: messageEvidence.nullable().describe("null: there is nothing it could be found by"),
  kept: z.boolean().describe("Somebody let the queue go on and left the message as it is"),
});

/** Why nobody knows whether Codex took a message. */
export type Ambiguity = z.output<typeof ambiguity>;

/** A message. */
export const message = z.object({
  messageId: z.string(),
  sessionId: z.string(),
  mode: z.enum(sendModes),
  state: z.enum(messageStates),
  text: z.string(),
  overrides: messageOverrides,
  turnId: z.string().nullable().describe("The turn it started or was added to"),
  interruptsTurnId: z.string().nullable().describe("Of interject: the turn it ends"),
  position: z.number().int().nullable().describe("Its place in the queue, from 0, while it waits"),
  actor: z.string().nullable().describe("Who said it, as the caller said"),
  process: z.string().nullable().describe("The process of Codex that was asked"),
  error: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe(
      "Of refused and failed: why. Of interrupted: that the model may not have seen it, since Codex has no record of its turn, or ended the turn before it told of the message",
    ),
  ambiguity: ambiguity.nullable().describe("Set while it is ambiguous"),
  createdAt: z.number().int().describe("Epoch milliseconds"),
  updatedAt: z.number().int().describe("Epoch milliseconds"),
});

/** A message. */
export type Message = z.output<typeof message>;

/** A message without what was said, as events of its way carry it. */
export const messageReceipt = message.omit({ text: true, overrides: true });

/** Why a queue starts nothing by itself. */
export const queueHold = z.object({
  reason: z
    .enum(["turn_failed", "turn_interrupted", "ambiguous", "refused"])
    .describe("What became of the message before those that wait"),
  since: z.number().int().describe("Epoch milliseconds"),
  turnId: z.string().nullable(),
  messageId: z.string().nullable(),
});

/** Why a queue starts nothing by itself. */
export type QueueHold = z.output<typeof queueHold>;

/** A message that waits, for examples. */
export const exampleMessage = {
  messageId: exampleIds.messageId,
  sessionId: exampleIds.sessionId,
  mode: "queue",
  state: "queued",
  text: "Then write the tests",
  overrides: {},
  turnId: null,
  interruptsTurnId: null,
  position: 0,
  actor: null,
  process: null,
  error: null,
  ambiguity: null,
  createdAt: 1_767_225_600_000,
  updatedAt: 1_767_225_600_000,
} satisfies Message;
