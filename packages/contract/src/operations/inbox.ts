/** Operations on inboxes: the operator's, and one for each session. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { type Notice, notice, noticeId, noticeKinds, noticeStates } from "./notice.ts";

const whose = fields.sessionId.describe("Session whose inbox is meant; the operator's if absent");

const exampleNotice = {
  noticeId: exampleIds.noticeId,
  to: null,
  kind: "completed",
  about: {
    sessionId: exampleIds.sessionId,
    handle: null,
    title: "Release notes",
    turnId: exampleIds.turnId,
    requestId: null,
  },
  text: "The notes are written.",
  state: "pending",
  messageId: null,
  undelivered: null,
  triggerId: exampleIds.triggerId,
  firingId: "fir_01990000000070008000000000000a01",
  at: 1_767_225_600_000,
  acknowledgedAt: null,
} satisfies Notice;

/**
 * Lists the notices of an inbox, newest first unless said otherwise. Those that were acknowledged
 * are kept 30 days, others 90, and 50,000 of them all at most.
 */
export const inboxList = defineOperation({
  name: "inbox.list",
  summary: "List the notices of an inbox",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/inbox" },
  input: z
    .strictObject({
      to: whose.optional(),
      everyone: z.boolean().default(false).describe("The notices of all inboxes, instead of one"),
      state: z.enum(noticeStates).optional().describe("Of any state if absent"),
      kind: z.enum(noticeKinds).optional(),
      order: fields.listOrder,
      cursor: fields.listCursor(/^\d{1,15}$/).optional(),
      limit: fields.listLimit,
    })
    .refine(({ to, everyone }) => to === undefined || !everyone, {
      path: ["to"],
      message: "One inbox or everyone's: leave one of the two out",
    }),
  output: z.object({ data: z.array(notice), nextCursor: fields.nextCursor }),
  errors: fields.sessionFilterErrors,
  examples: [
    {
      title: "What the operator has not taken note of",
      given: "notice",
      input: { state: "pending" },
      output: { data: [exampleNotice], nextCursor: null },
    },
    { title: "No such inbox", input: { to: "@nobody" }, error: "session_not_found" },
    {
      title: "A cursor that is not of this list is refused",
      input: { cursor: "the last one" },
      error: "invalid_request",
    },
  ],
});

/** Reads one notice. It stays pending. */
export const inboxGet = defineOperation({
  name: "inbox.get",
  summary: "Read a notice",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/inbox/:noticeId" },
  input: z.strictObject({ noticeId }),
  output: z.object({ notice }),
  errors: ["notice_not_found"],
  examples: [
    {
      title: "One notice",
      given: "notice",
      input: { noticeId: exampleIds.noticeId },
      output: { notice: exampleNotice },
    },
    {
      title: "No such notice",
      input: { noticeId: exampleIds.unknownNoticeId },
      error: "notice_not_found",
    },
  ],
});

/** Takes note of one notice, or of all in an inbox. Those that were acknowledged stay as they are. */
export const inboxAcknowledge = defineOperation({
  name: "inbox.acknowledge",
  summary: "Take note of a notice, or of all in an inbox",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/inbox/acknowledge" },
  input: z
    .strictObject({
      noticeId: noticeId.optional(),
      all: z.boolean().optional().describe("All that are pending in one inbox"),
      to: whose.optional(),
      actor: fields.actor.optional(),
    })
    .refine(({ noticeId: one, all }) => (one !== undefined) !== (all === true), {
      path: ["noticeId"],
      message: "Give the id of one notice, or all: true",
    })
    .refine(({ noticeId: one, to }) => one === undefined || to === undefined, {
      path: ["to"],
      message: "A notice is found by its id alone: leave it out",
    }),
  output: z.object({
    status: z.literal("ok"),
    acknowledged: z.number().int().describe("How many were pending until now"),
  }),
  errors: ["notice_not_found", ...fields.sessionFilterErrors],
  examples: [
    {
      title: "One that was pending",
      given: "notice",
      input: { noticeId: exampleIds.noticeId },
      output: { status: "ok", acknowledged: 1 },
    },
    {
      title: "No such notice",
      input: { noticeId: exampleIds.unknownNoticeId },
      error: "notice_not_found",
    },
    { title: "Which ones must be said", input: {}, error: "invalid_request" },
  ],
});
