/** A firing: one time a trigger's when came true, and what became of it. */
import { z } from "zod";
import { requestKinds } from "../stream/request-kind.ts";
import { turnEnds } from "./trigger-when.ts";

/** What stands between a firing and its act, in the order in which it is looked at. */
export const guardNames = [
  "enabled",
  "missed",
  "request",
  "depth",
  "backlog",
  "min_interval",
  "max_per_hour",
  "idle_only",
  "deduplicate",
  "rules",
] as const;

/** What a guard said. */
export const guardVerdict = z.object({
  guard: z.enum(guardNames),
  passes: z.boolean(),
  reason: z.string().describe("One sentence"),
});

const seq = z.number().int().describe("Position of the event");

/** Why a trigger fired. */
export const firingCause = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("time"),
    dueAt: z.number().int().describe("Epoch milliseconds"),
    missed: z
      .number()
      .int()
      .describe("Due times that passed and that it stands for, beside its own; counted to 100"),
    skipped: z.boolean().describe("Whether the policy for missed times lets it pass"),
  }),
  z.object({
    type: z.literal("idle"),
    since: z.number().int().describe("Epoch milliseconds"),
    turnId: z.string().nullable().describe("The last turn, if one is known"),
  }),
  z.object({ type: z.literal("turn"), seq, turnId: z.string(), status: z.enum(turnEnds) }),
  z.object({
    type: z.literal("request"),
    seq,
    turnId: z.string().nullable(),
    requestId: z.string(),
    kind: z.enum(requestKinds),
  }),
  z.object({
    type: z.literal("event"),
    seq,
    turnId: z.string().nullable(),
    eventType: z.string(),
  }),
  z.object({ type: z.literal("webhook"), webhookId: z.string() }),
]);

/** Where a firing can be. `ambiguous`: it may or may not have acted, and is not repeated. */
export const firingStates = [
  "due",
  "acting",
  "done",
  "suppressed",
  "failed",
  "ambiguous",
  "canceled",
] as const;

/** How a firing waits, or waited, for codex, which could not take what it says. */
export const firingDelay = z.object({
  since: z.number().int().describe("Epoch milliseconds"),
  until: z.number().int().describe("When it is given up, epoch milliseconds"),
  tries: z.number().int().describe("How often it was tried and codex had no time for it"),
  nextAt: z.number().int().describe("Not tried again before, epoch milliseconds"),
  code: z.string().describe("Why codex could not take it, the last time"),
  message: z.string(),
});

/** A firing. */
export const firing = z.object({
  firingId: z.string(),
  triggerId: z.string(),
  name: z.string().describe("The trigger's name"),
  sessionId: z.string().describe("The trigger's session"),
  state: z.enum(firingStates),
  cause: firingCause,
  depth: z.number().int().describe("Firings that led to this one; 0 where none did"),
  guards: z.array(guardVerdict).describe("What each guard said, up to the first that held it back"),
  action: z.enum(["send", "answer", "post", "notice"]),
  preview: z
    .string()
    .nullable()
    .describe("The first 500 characters of what is said, posted or told"),
  result: z
    .object({
      messageId: z.string().optional().describe("Of a send, or a notice that is said: its message"),
      turnId: z.string().optional().describe("Of a send: its turn, where that is known"),
      httpStatus: z.number().int().optional().describe("Of a post: what was answered"),
      decision: z.string().optional().describe("Of an answer"),
      noticeId: z.string().optional().describe("Of a notice: the entry of the inbox"),
    })
    .describe("What came of it, as far as it is known"),
  error: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe("Set when failed, ambiguous or canceled"),
  delay: firingDelay
    .nullable()
    .describe(
      "Of a send: that codex was away, or had no time. While it is due it is tried again; null where nothing kept it",
    ),
  dueAt: z.number().int().describe("Epoch milliseconds"),
  actedAt: z.number().int().nullable().describe("Epoch milliseconds"),
  endedAt: z.number().int().nullable().describe("Epoch milliseconds"),
});

/** Why a trigger fired. */
export type FiringCause = z.output<typeof firingCause>;
/** What stands between a firing and its act. */
export type GuardName = (typeof guardNames)[number];
/** What a guard said. */
export type GuardVerdict = z.output<typeof guardVerdict>;
/** Where a firing can be. */
export type FiringState = (typeof firingStates)[number];
/** How a firing waits for codex. */
export type FiringDelay = z.output<typeof firingDelay>;
/** A firing. */
export type Firing = z.output<typeof firing>;
