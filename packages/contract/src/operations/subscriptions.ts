/** Operations on subscriptions: who is told when a session does something. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { noticeDeliver, noticeTo } from "./notice.ts";
import { type Subscription, subscription, subscriptionWords } from "./subscription.ts";
import { triggerGuards, triggerId, triggerName } from "./trigger.ts";

const actor = fields.actor.optional();
const exampleSubscription = {
  triggerId: exampleIds.triggerId,
  name: "done",
  sessionId: exampleIds.sessionId,
  when: "done",
  to: null,
  deliver: "inbox",
  once: true,
  maxPerHour: null,
  enabled: true,
  createdAt: 1_767_225_600_000,
} satisfies Subscription;

/**
 * Subscribes to a session. A subscription is a trigger that tells: it is listed among the triggers
 * too, and its firings say what became of each time it had something to tell. Two sessions that tell
 * each other by message for ever are `self_loop`, unless `maxPerHour` or `once` ends it.
 */
export const subscriptionsCreate = defineOperation({
  name: "subscriptions.create",
  summary: "Be told, or have a session told, when a session does something",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/subscriptions" },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      when: z
        .enum(subscriptionWords)
        .default("done")
        .describe(
          "done: a turn completed or failed. idle: the session rests for a second, at once where it " +
            "does. approval: of a command, file change or permissions. needs_attention: any question. " +
            "activity: turns, items and questions",
        ),
      to: noticeTo.optional(),
      deliver: noticeDeliver,
      once: z.boolean().default(true).describe("Only the first time; else until it is deleted"),
      maxPerHour: triggerGuards.shape.maxPerHour,
      name: triggerName.optional().describe("What it is called; the word for when if absent"),
      actor,
    })
    .refine(({ to, deliver }) => to !== undefined || deliver === "inbox", {
      path: ["deliver"],
      message: "A message needs a session to be said in: give to",
    }),
  output: z.object({ status: z.literal("ok"), subscription }),
  errors: [...fields.sessionReadErrors, "system_session", "self_loop", "too_many_triggers"],
  examples: [
    {
      title: "The operator hears of the end of the next turn",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { status: "ok", subscription: exampleSubscription },
    },
    {
      title: "A message needs a session to be said in",
      given: "session",
      input: { sessionId: exampleIds.sessionId, deliver: "message" },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** Lists subscriptions, newest first unless said otherwise. */
export const subscriptionsList = defineOperation({
  name: "subscriptions.list",
  summary: "List who is told of what",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/subscriptions" },
  input: z.strictObject({
    sessionId: fields.sessionId.optional().describe("Only those that watch this session"),
    to: fields.sessionId.optional().describe("Only those by which this session is told"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^trg_[0-9a-f]{32}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(subscription), nextCursor: fields.nextCursor }),
  errors: fields.sessionFilterErrors,
  examples: [
    {
      title: "Who is told of a session",
      given: "subscription",
      input: { sessionId: exampleIds.sessionId },
      output: { data: [{ ...exampleSubscription, once: false }], nextCursor: null },
    },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});

/** Takes a subscription away. What it told stays in its inbox. */
export const subscriptionsDelete = defineOperation({
  name: "subscriptions.delete",
  summary: "Take a subscription away; what it told stays",
  intent: "destroy",
  idempotent: false,
  http: { method: "DELETE", path: "/api/subscriptions/:triggerId" },
  input: z.strictObject({ triggerId, actor }),
  output: z.object({ status: z.literal("ok"), triggerId: z.string() }),
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "Nobody is told any more",
      given: "subscription",
      input: { triggerId: exampleIds.triggerId },
      output: { status: "ok", triggerId: exampleIds.triggerId },
    },
    {
      title: "A schedule is no subscription",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      error: "trigger_not_found",
    },
  ],
});
