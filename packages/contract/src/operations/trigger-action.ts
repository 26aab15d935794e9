/** What a trigger does when it fires. */
import { z } from "zod";
import * as fields from "./fields.ts";
import { sendModes } from "./message.ts";
import { noticeDeliver, noticeTo } from "./notice.ts";
import { policyRule } from "./policy.ts";

/** Characters of a text before its placeholders are filled in. */
export const actionTextLimit = 32_000;

const sendFields = {
  type: z.literal("send"),
  mode: z
    .enum(sendModes)
    .default("queue")
    .describe("As in sessions.send: start, steer, queue, interject or context"),
  text: z
    .string()
    .trim()
    .min(1)
    .max(actionTextLimit)
    .describe(
      "What is said. {{event.payload.x}} is put in from the event, {{trigger.name}}, " +
        "{{trigger.id}}, {{firing.id}} and {{firing.at}} from the firing",
    ),
  sessionId: fields.sessionId.optional().describe("To whom; the trigger's own session if absent"),
};

const answerFields = {
  type: z.literal("answer"),
  mode: z
    .enum(["deny", "rules"])
    .describe(
      "deny: the question is declined. rules: the first rule that matches decides, and what none " +
        "matches is left to people. As in policies: no rule allows permissions or forms",
    ),
  rules: z.array(policyRule).max(200).default([]),
};

const noticeFields = {
  type: z.literal("notice"),
  to: noticeTo.nullable().default(null),
  deliver: noticeDeliver,
};

const httpUrl = z
  .string()
  .max(2_000)
  .describe("http or https. It is kept and shown: put what is secret into a header");

/** A header's name. */
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "A header's name: letters, digits and -");

/** A header's value, which is never shown again. */
const headerValue = z
  .string()
  .max(4_000)
  .regex(/^[\t\x20-\x7e]*$/, "Printable ASCII on one line");

/** What a trigger does, as it is given. */
export const triggerAction = z.discriminatedUnion("type", [
  z.strictObject(sendFields),
  z.strictObject(answerFields),
  z.strictObject(noticeFields),
  z.strictObject({
    type: z.literal("post"),
    url: httpUrl,
    headers: z
      .record(headerName, headerValue)
      .default({})
      .describe("Sent along, 20 at most. Values are kept, and never shown, logged or told"),
  }),
]);

/** What a trigger does, as it is shown: without the values of headers. */
export const shownAction = z.discriminatedUnion("type", [
  z.strictObject(sendFields),
  z.strictObject(answerFields),
  z.strictObject(noticeFields),
  z.strictObject({
    type: z.literal("post"),
    url: httpUrl,
    headerNames: z.array(z.string()).describe("Names of the headers; their values are not shown"),
  }),
]);

/** What a trigger does, as it is given. */
export type TriggerAction = z.output<typeof triggerAction>;
/** What a trigger does, as it is shown. */
export type ShownAction = z.output<typeof shownAction>;
