/** A trigger: when, what, and what keeps it from firing. */
import { z } from "zod";
import { shownAction } from "./trigger-action.ts";
import { longestSeconds, triggerWhen } from "./trigger-when.ts";

/** Id of a trigger. */
export const triggerId = z
  .string()
  .regex(/^trg_[0-9a-f]{32}$/, "A trigger's id: trg_ and 32 hex digits")
  .describe("Id of a trigger");

/** What a trigger is called; need not be unique. */
export const triggerName = z.string().trim().min(1).max(120).describe("What it is called");

/** What keeps a trigger from acting though its time has come. */
export const triggerGuards = z.strictObject({
  idleOnly: z
    .boolean()
    .default(false)
    .describe("Only while no turn runs in the session it acts on"),
  minIntervalSeconds: z
    .number()
    .int()
    .min(1)
    .max(longestSeconds)
    .optional()
    .describe("At least so long after the last time it acted"),
  deduplicate: z
    .boolean()
    .default(false)
    .describe("Not when it would do exactly what it did the last time"),
  maxPerHour: z.number().int().min(1).max(3_600).optional().describe("So often in any hour"),
  once: z
    .boolean()
    .default(false)
    .describe("The trigger is taken away when it has acted, whatever came of it"),
});

/** What keeps a trigger from acting. */
export type TriggerGuards = z.output<typeof triggerGuards>;

/** A trigger as it was defined. */
export const triggerDefinition = z.object({
  triggerId: z.string(),
  name: z.string(),
  sessionId: z
    .string()
    .describe("The session it watches, and acts on unless its action names another"),
  when: triggerWhen,
  action: shownAction,
  guards: triggerGuards,
  enabled: z.boolean().describe("False while it is paused"),
  createdAt: z.number().int().describe("Epoch milliseconds"),
  updatedAt: z.number().int().describe("Epoch milliseconds"),
});

/** A trigger as it is now. */
export const trigger = triggerDefinition.extend({
  nextDueAt: z
    .number()
    .int()
    .nullable()
    .describe("Epoch milliseconds; null while no time is set for it"),
});

/** A trigger as it was defined. */
export type TriggerDefinition = z.output<typeof triggerDefinition>;
/** A trigger as it is now. */
export type Trigger = z.output<typeof trigger>;
