/** When a trigger fires: at times, when a session rests, or when something happens. */
import { z } from "zod";
import { requestKinds } from "../stream/request-kind.ts";
import { typePattern } from "../stream/type-filter.ts";

/** Longest interval and wait: 31 days, in seconds. */
export const longestSeconds = 31 * 24 * 60 * 60;

const seconds = z.number().int().min(1).max(longestSeconds);

/** How a turn can end. */
export const turnEnds = ["completed", "failed", "interrupted"] as const;

/** A place in an event: `payload.params.item.type`; list elements by number. */
export const eventPath = z
  .string()
  .max(200)
  .regex(
    /^(type|threadId|seq|at|payload)(\.[A-Za-z0-9_$-]{1,64}){0,12}$/,
    "A path into the event: type, threadId, seq, at or payload, and names or numbers after dots, 12 at most",
  )
  .describe("Where in the event, such as payload.params.item.type");

const scalar = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);

/** One thing that must hold of an event. What is not there differs from everything and matches nothing. */
export const eventCondition = z.discriminatedUnion("op", [
  z.strictObject({ path: eventPath, op: z.literal("exists"), value: z.boolean().default(true) }),
  z.strictObject({ path: eventPath, op: z.enum(["eq", "ne"]), value: scalar }),
  z.strictObject({ path: eventPath, op: z.enum(["gt", "lt"]), value: z.number() }),
  z.strictObject({
    path: eventPath,
    op: z.literal("contains"),
    value: z
      .union([z.string().min(1).max(2_000), z.number(), z.boolean()])
      .describe("Part of a text, or one of a list"),
  }),
  z.strictObject({
    path: eventPath,
    op: z.literal("matches"),
    value: z
      .string()
      .min(1)
      .max(500)
      .describe("The whole text, where * is any text and ? any one character"),
  }),
]);

const interval = z.strictObject({
  type: z.literal("interval"),
  seconds: seconds.describe("From the trigger's making on; the phase stays over restarts"),
});

const cron = z.strictObject({
  type: z.literal("cron"),
  expression: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe(
      "Five fields, or six with seconds first; or @hourly, @daily, @weekly, @monthly, @yearly",
    ),
  timeZone: z.string().min(1).max(100).default("UTC").describe("IANA name, such as Europe/Berlin"),
  missed: z
    .enum(["skip", "once", "all"])
    .default("once")
    .describe(
      "What becomes of several times noticed at once by a hub that was away: once fires one for all, " +
        "all each, the newest 100 at most, skip none that is more than a minute late",
    ),
});

const idleFor = z.strictObject({
  type: z.literal("idle_for"),
  seconds: seconds.describe("Since its last turn ended; once for each rest"),
});

const turn = z.strictObject({
  type: z.literal("turn"),
  status: z
    .array(z.enum(turnEnds))
    .min(1)
    .max(3)
    .default(["completed"])
    .describe("How the turn ended"),
});

const request = z.strictObject({
  type: z.literal("request"),
  kinds: z.array(z.enum(requestKinds)).min(1).max(7).optional().describe("Any kind if absent"),
});

const event = z.strictObject({
  type: z.literal("event"),
  types: z
    .array(typePattern)
    .min(1)
    .max(32)
    .describe("Exact types, or prefixes ending in *. Deltas never fire a trigger"),
  where: z.array(eventCondition).max(20).default([]).describe("All of these must hold"),
});

const webhook = z.strictObject({ type: z.literal("webhook") });

/** When a trigger fires. */
export const triggerWhen = z.discriminatedUnion("type", [
  interval,
  cron,
  idleFor,
  turn,
  request,
  event,
  webhook,
]);

/** When a trigger fires. */
export type TriggerWhen = z.output<typeof triggerWhen>;
/** One thing that must hold of an event. */
export type EventCondition = z.output<typeof eventCondition>;
