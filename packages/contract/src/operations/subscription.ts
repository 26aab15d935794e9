/** A subscription: a trigger that tells somebody what a session does, in a word for when. */
import { z } from "zod";
import { deliveries } from "./notice.ts";
import type { TriggerWhen } from "./trigger-when.ts";

/** When somebody is told. */
export const subscriptionWords = [
  "done",
  "completed",
  "failed",
  "idle",
  "approval",
  "needs_attention",
  "activity",
] as const;

/** When somebody is told. */
export type SubscriptionWord = (typeof subscriptionWords)[number];

/** The `when` of the trigger that each word stands for. */
export const subscriptionWhens: Readonly<Record<SubscriptionWord, TriggerWhen>> = {
  done: { type: "turn", status: ["completed", "failed"] },
  completed: { type: "turn", status: ["completed"] },
  failed: { type: "turn", status: ["failed"] },
  idle: { type: "idle_for", seconds: 1 },
  approval: {
    type: "request",
    kinds: ["command_approval", "file_change_approval", "permissions"],
  },
  needs_attention: { type: "request" },
  activity: {
    type: "event",
    types: [
      "app_server.turn.started",
      "app_server.item.completed",
      "app_server.turn.completed",
      "request.opened",
    ],
    where: [],
  },
};

/** A subscription. */
export const subscription = z.object({
  triggerId: z.string().describe("Its trigger: triggers.pause and all others take it"),
  name: z.string(),
  sessionId: z.string().describe("The session it watches"),
  when: z.enum(subscriptionWords),
  to: z.string().nullable().describe("The session that is told; null: the operator"),
  deliver: z.enum(deliveries),
  once: z.boolean().describe("It is taken away when it has told something"),
  maxPerHour: z.number().int().nullable(),
  enabled: z.boolean().describe("False while its trigger is paused"),
  createdAt: z.number().int().describe("Epoch milliseconds"),
});

/** A subscription. */
export type Subscription = z.output<typeof subscription>;
