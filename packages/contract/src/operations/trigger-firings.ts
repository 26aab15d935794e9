/** What triggers did, and what one would do. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { firing, guardVerdict } from "./firing.ts";
import { triggerId } from "./trigger.ts";
import { exampleFiring } from "./trigger-examples.ts";

/**
 * Says what a trigger would do, and does nothing. Of a time: whether it is due then. Of an event:
 * whether it fits. The guards are asked as they stand now.
 */
export const triggersTest = defineOperation({
  name: "triggers.test",
  summary: "Say whether a trigger would fire, what its guards say and what it would do",
  intent: "read",
  idempotent: true,
  http: { method: "POST", path: "/api/triggers/:triggerId/test" },
  input: z.strictObject({
    triggerId,
    at: z
      .number()
      .int()
      .min(0)
      .max(8_640_000_000_000_000)
      .optional()
      .describe("Of a trigger of time: epoch milliseconds; its next time if absent"),
    event: z
      .strictObject({
        type: z.string().min(1).max(200).default("webhook"),
        payload: z.unknown(),
      })
      .optional()
      .describe("Of one of events: an event in its session; of a webhook: what is posted"),
  }),
  output: z.object({
    triggerId: z.string(),
    matches: z.boolean().describe("Whether its when would come true"),
    reason: z.string().describe("Why, or why not"),
    guards: z.array(guardVerdict).describe("What each guard says now"),
    wouldFire: z
      .boolean()
      .describe("Whether it would act: its when comes true and no guard objects"),
    preview: z
      .string()
      .nullable()
      .describe("What would be said or posted; null where it would not"),
    nextDueAt: z.number().int().nullable().describe("Of a trigger of time: its next time"),
  }),
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "A Monday at eight in Berlin",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId, at: 1_767_596_400_000 },
      output: {
        triggerId: exampleIds.triggerId,
        matches: true,
        reason: "It is due then.",
        guards: [{ guard: "enabled", passes: true, reason: "The trigger is on." }],
        wouldFire: true,
        preview: "What is open?",
        nextDueAt: 1_767_250_800_000,
      },
    },
    {
      title: "No such trigger",
      input: { triggerId: exampleIds.unknownTriggerId },
      error: "trigger_not_found",
    },
  ],
});

/** Lists firings. Those that ended are kept 30 days, and 50,000 of them at most. */
export const triggersFiringsList = defineOperation({
  name: "triggers.firings.list",
  summary: "List what triggers did, what held them back, and what came of it",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/firings" },
  input: z.strictObject({
    triggerId: triggerId.optional(),
    sessionId: fields.sessionId.optional().describe("Only those of triggers of this session"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^\d{1,15}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(firing), nextCursor: fields.nextCursor }),
  errors: fields.sessionFilterErrors,
  examples: [
    {
      title: "What a trigger did",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      output: { data: [exampleFiring], nextCursor: null },
    },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});
