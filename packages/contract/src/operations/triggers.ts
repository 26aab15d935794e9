/** Operations on triggers: making them, changing them, and taking them away. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { trigger, triggerGuards, triggerId, triggerName } from "./trigger.ts";
import { triggerAction } from "./trigger-action.ts";
import { exampleTrigger } from "./trigger-examples.ts";
import { triggerWhen } from "./trigger-when.ts";

const secret = z
  .string()
  .nullable()
  .describe("whsec_...: what a webhook's sender signs with, shown this once; null for others");
const actor = fields.actor.optional();
const changed = z.object({ status: z.literal("ok"), trigger });
const path = "/api/triggers/:triggerId";
const { nextDueAt: _, ...shown } = exampleTrigger;
const paused = { ...shown, enabled: false, nextDueAt: null };
const noTrigger = {
  title: "No such trigger",
  input: { triggerId: exampleIds.unknownTriggerId },
  error: "trigger_not_found",
} as const;

/**
 * Makes a trigger. Expressions, types, paths and addresses that mean nothing are `invalid_request`,
 * which names the field. One that could set itself off again and again, alone or with others, is
 * `self_loop` unless its guards bound how often.
 */
export const triggersCreate = defineOperation({
  name: "triggers.create",
  summary: "Act on a session at a time, or when something happens",
  intent: "write",
  idempotent: false,
  // Headers may hold credentials, and what comes back the secret of a webhook.
  hasSecrets: true,
  http: { method: "POST", path: "/api/triggers" },
  input: z.strictObject({
    name: triggerName,
    sessionId: fields.sessionId,
    when: triggerWhen,
    action: triggerAction,
    guards: triggerGuards.default({ idleOnly: false, deduplicate: false, once: false }),
    enabled: z.boolean().default(true).describe("False: it begins paused"),
    actor,
  }),
  output: changed.extend({ secret }),
  errors: [...fields.sessionWriteErrors, "self_loop", "too_many_triggers"],
  examples: [
    {
      title: "A question every weekday morning",
      given: "session",
      input: {
        name: "Morning report",
        sessionId: exampleIds.sessionId,
        when: { type: "cron", expression: "0 8 * * MON-FRI", timeZone: "Europe/Berlin" },
        action: { type: "send", text: "What is open?" },
      },
      output: { status: "ok", trigger: exampleTrigger, secret: null },
    },
    {
      title: "What begins when a turn ends and says something to the same session never ends",
      given: "session",
      input: {
        name: "Go on",
        sessionId: exampleIds.sessionId,
        when: { type: "turn" },
        action: { type: "send", text: "Go on." },
      },
      error: "self_loop",
    },
    {
      title: "An interval of no time is refused",
      given: "session",
      input: {
        name: "Always",
        sessionId: exampleIds.sessionId,
        when: { type: "interval", seconds: 0 },
        action: { type: "send", text: "Hello" },
      },
      error: "invalid_request",
    },
  ],
});

/** Lists triggers, newest first unless said otherwise. */
export const triggersList = defineOperation({
  name: "triggers.list",
  summary: "List triggers",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/triggers" },
  input: z.strictObject({
    sessionId: fields.sessionId.optional().describe("Only those of this session"),
    order: fields.listOrder,
    cursor: fields.listCursor(/^trg_[0-9a-f]{32}$/).optional(),
    limit: fields.listLimit,
  }),
  output: z.object({ data: z.array(trigger), nextCursor: fields.nextCursor }),
  errors: fields.sessionFilterErrors,
  examples: [
    {
      title: "The triggers of a session",
      given: "trigger",
      input: { sessionId: exampleIds.sessionId },
      output: { data: [exampleTrigger], nextCursor: null },
    },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});

/** Reads one trigger. */
export const triggersGet = defineOperation({
  name: "triggers.get",
  summary: "Read a trigger",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path },
  input: z.strictObject({ triggerId }),
  output: z.object({ trigger }),
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "One trigger",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      output: { trigger: exampleTrigger },
    },
    noTrigger,
  ],
});

/**
 * Changes a trigger. Each part that is given stands in place of the whole part before; of an action
 * that posts the headers too.
 */
export const triggersUpdate = defineOperation({
  name: "triggers.update",
  summary: "Change a trigger's name, when, action or guards",
  intent: "write",
  idempotent: false,
  hasSecrets: true,
  http: { method: "PATCH", path },
  input: z.strictObject({
    triggerId,
    name: triggerName.optional(),
    when: triggerWhen.optional(),
    action: triggerAction.optional(),
    guards: triggerGuards.optional(),
    actor,
  }),
  output: changed.extend({ secret: secret.describe("Set when it has become a webhook") }),
  errors: ["trigger_not_found", ...fields.sessionWriteErrors, "self_loop"],
  examples: [
    {
      title: "Another text",
      given: "trigger",
      input: {
        triggerId: exampleIds.triggerId,
        action: { type: "send", mode: "queue", text: "What is left?" },
      },
      output: { status: "ok", trigger: exampleTrigger, secret: null },
    },
    { ...noTrigger, input: { ...noTrigger.input, name: "Other" } },
    {
      title: "Guards that let nothing pass are refused",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId, guards: { maxPerHour: 0 } },
      error: "invalid_request",
    },
  ],
});

/** Takes a trigger away. What was due and has not acted is canceled; the history stays. */
export const triggersDelete = defineOperation({
  name: "triggers.delete",
  summary: "Take a trigger away; its history stays",
  intent: "destroy",
  idempotent: false,
  http: { method: "DELETE", path },
  input: z.strictObject({ triggerId, actor }),
  output: z.object({ status: z.literal("ok"), triggerId: z.string() }),
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "It is gone",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      output: { status: "ok", triggerId: exampleIds.triggerId },
    },
    noTrigger,
  ],
});

/** Stops a trigger until it is resumed: nothing that happens meanwhile fires it, then or later. */
export const triggersPause = defineOperation({
  name: "triggers.pause",
  summary: "Stop a trigger until it is resumed",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: `${path}/pause` },
  input: z.strictObject({ triggerId, actor }),
  output: changed,
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "It fires no more",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      output: { status: "ok", trigger: paused },
    },
    noTrigger,
  ],
});

/** Lets a paused trigger fire again, from now on. An interval keeps its phase. */
export const triggersResume = defineOperation({
  name: "triggers.resume",
  summary: "Let a paused trigger fire again",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: `${path}/resume` },
  input: z.strictObject({ triggerId, actor }),
  output: changed,
  errors: ["trigger_not_found"],
  examples: [
    {
      title: "It fires again",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      output: { status: "ok", trigger: exampleTrigger },
    },
    noTrigger,
  ],
});

/** Gives a webhook another secret. What is signed with the one before is refused from then on. */
export const triggersRotateSecret = defineOperation({
  name: "triggers.rotate_secret",
  summary: "Give a webhook another secret, in place of the one before",
  intent: "write",
  idempotent: false,
  hasSecrets: true,
  http: { method: "POST", path: `${path}/rotate-secret` },
  input: z.strictObject({ triggerId, actor }),
  output: z.object({
    status: z.literal("ok"),
    triggerId: z.string(),
    secret: z.string().describe("whsec_...: shown this once"),
  }),
  errors: ["trigger_not_found", "not_a_webhook"],
  examples: [
    {
      title: "A new secret",
      given: "webhook",
      input: { triggerId: exampleIds.triggerId },
      output: {
        status: "ok",
        triggerId: exampleIds.triggerId,
        secret: "whsec_shown once",
      },
    },
    noTrigger,
    {
      title: "A schedule has none",
      given: "trigger",
      input: { triggerId: exampleIds.triggerId },
      error: "not_a_webhook",
    },
  ],
});
