/** The hub's own events. Past-tense facts; the payload of each is given here. */
import { z } from "zod";
import { firing } from "../operations/firing.ts";
import { message, messageReceipt, queueHold } from "../operations/message.ts";
import { notice } from "../operations/notice.ts";
import { policy } from "../operations/policy.ts";
import { project } from "../operations/projects.ts";
import { sessionControls, sessionSummary, transcriptEntry } from "../operations/session.ts";
import { triggerDefinition } from "../operations/trigger.ts";
import { requestKinds } from "./request-kind.ts";

/** How a question ended: answered by someone, by its default at the deadline, refused as not supported, or no longer asked. */
export const requestOutcomes = ["answered", "timed_out", "refused", "expired"] as const;

/** How a question ended. */
export type RequestOutcome = (typeof requestOutcomes)[number];

/** Why a question is no longer asked. `withdrawn`: Codex said so, since another client answered or it was cleared. */
export const expiryReasons = [
  "turn_ended",
  "session_ended",
  "runtime_exited",
  "hub_restarted",
  "hub_closed",
  "withdrawn",
] as const;

/** Why a question is no longer asked. */
export type ExpiryReason = (typeof expiryReasons)[number];

/** Which policy answers a question, or has answered it. */
const decidedBy = z.object({
  policy: z.string().describe("default, or the session whose policy it is"),
  rule: z.number().int().nullable().describe("Which rule, from 0; null for the mode"),
});

/** A question Codex asks, as the hub keeps it. */
export const openRequest = z.object({
  requestId: z.string().describe("Unique for ever"),
  kind: z.enum(requestKinds),
  method: z.string(),
  threadId: z.string().nullable(),
  turnId: z.string().nullable(),
  itemId: z.string().nullable(),
  summary: z.string().describe("One line for a person"),
  openedAt: z.number().int().describe("Epoch milliseconds"),
  deadlineAt: z
    .number()
    .int()
    .nullable()
    .describe("Epoch milliseconds; then its safe default answers. null in an attached session"),
  authority: z
    .enum(["owned", "attached"])
    .describe(
      "Of its session. attached: its own client answers; the hub gives and takes no answer",
    ),
  decidedBy: decidedBy
    .nullable()
    .describe("The policy that answers it at once; null: it waits for people or programs"),
});

/** A question Codex asks, as the hub keeps it. */
export type OpenRequest = z.output<typeof openRequest>;

/** How a question ended. */
export const requestResolution = z.object({
  requestId: z.string(),
  kind: z.enum(requestKinds),
  method: z.string(),
  threadId: z.string().nullable(),
  turnId: z.string().nullable(),
  outcome: z.enum(requestOutcomes),
  reason: z.enum(expiryReasons).nullable().describe("Set when expired"),
  decision: z.string().nullable().describe("Of approvals: accept, decline or cancel"),
  scope: z.enum(["turn", "session"]).nullable().describe("Of approvals"),
  success: z.boolean().nullable().describe("Of tool calls"),
  actor: z.string().nullable().describe("Who answered, as the caller said"),
  decidedBy: decidedBy.nullable().describe("Set when a policy answered"),
});

/** How a question ended. */
export type RequestResolution = z.output<typeof requestResolution>;

const generation = z.number().int().describe("Counts the processes of this hub's run from 1");

/** What a `session.updated` can tell of; each is a field of the summary. */
export const updatedFields = [
  "handle",
  "title",
  "sessionControls",
  "effort",
  "projectId",
  "cwd",
] as const;

/** A session as it is now. */
const sessionState = z.object({ session: sessionSummary });

/** A message on its way; what it says is told when it is made and when it is edited. */
const receipt = z.object({ message: messageReceipt });
/** A trigger as it is now. */
const triggerState = z.object({
  trigger: triggerDefinition,
  actor: z.string().optional().describe("Who changed it, where that is known"),
});

/** Name to payload. */
export const hubEvents = {
  "session.created": sessionState,
  "session.updated": sessionState.extend({
    changed: z.array(z.enum(updatedFields)).min(1),
    actor: z.string().optional().describe("Who changed it, where that is known"),
    source: z.string().optional().describe("By what it was changed, where that is known"),
    previous: z
      .object({ projectId: z.string().nullable(), sessionControls })
      .partial()
      .optional()
      .describe("What these were before, of those that changed"),
  }),
  "session.archived": sessionState,
  "session.unarchived": sessionState,
  "session.deleted": z.object({
    sessionId: z.string(),
    title: z.string(),
    message: z.string(),
    deletedAt: z.string().describe("ISO time"),
  }),
  /** The hub watches it no more; the thread itself stays. */
  "session.detached": z.object({
    sessionId: z.string(),
    title: z.string(),
    handle: z.string().nullable(),
  }),
  "defaults.updated": z.object({
    controls: sessionControls.describe("What new sessions begin with"),
    previous: sessionControls,
    actor: z.string(),
    source: z.string(),
  }),
  "policy.updated": z.object({
    sessionId: z.string().nullable().describe("Whose policy it is; null: the default one"),
    policy: policy.nullable().describe("null: the session has none of its own any more"),
    previous: policy.nullable(),
    actor: z.string().optional().describe("Who changed it, where that is known"),
  }),
  "message.created": z.object({ message: message.describe("It is queued or starting") }),
  "message.edited": z.object({ message }),
  /** It waits again: what was asked of Codex was surely not done, or somebody wants it said again. */
  "message.queued": receipt,
  "message.starting": receipt,
  "message.accepted": receipt,
  "message.ambiguous": receipt,
  "message.completed": receipt,
  "message.failed": receipt,
  "message.interrupted": receipt,
  "message.canceled": receipt,
  "message.refused": receipt,
  "queue.updated": z.object({
    sessionId: z.string(),
    messageIds: z.array(z.string()).describe("All that wait, the next one first"),
    hold: queueHold.nullable(),
  }),
  "project.created": z.object({ project }),
  "project.updated": z.object({ project }),
  "project.deleted": z.object({ projectId: z.string() }),
  "trigger.created": triggerState,
  "trigger.updated": triggerState.extend({
    changed: z.array(z.enum(["name", "when", "action", "guards"])).min(1),
  }),
  "trigger.paused": triggerState,
  "trigger.resumed": triggerState,
  "trigger.deleted": z.object({
    triggerId: z.string(),
    name: z.string(),
    sessionId: z.string(),
    actor: z.string().optional().describe("Who took it away; nobody when its session was deleted"),
  }),
  /** A firing ended: it acted, or was held back, or failed. Once for each firing. */
  "trigger.fired": z.object({ firing }),
  /** Told to those who follow `to`; of the operator's inbox to those who follow everything. */
  "inbox.noticed": z.object({ notice }),
  "inbox.acknowledged": z.object({
    to: z.string().nullable().describe("Session whose inbox it is; null: the operator's"),
    noticeIds: z.array(z.string()).min(1).max(1_000),
    actor: z.string().optional().describe("Who took note, where that is known"),
  }),
  "transcript.upserted": z.object({ sessionId: z.string(), entry: transcriptEntry }),
  "request.opened": openRequest,
  "request.resolved": requestResolution,
  "runtime.started": z.object({ generation, version: z.string(), pid: z.number().nullable() }),
  "runtime.exited": z.object({ generation, code: z.string(), message: z.string() }),
  "runtime.restarting": z.object({
    generation,
    attempt: z.number().int(),
    delay: z.number().describe("Milliseconds until it is started again"),
  }),
  /** A hub that was started joined the shared process, which ran already. */
  "runtime.found": z.object({ generation, version: z.string(), pid: z.number().nullable() }),
  /** Its completed items carry what they said. */
  "runtime.deltas_lost": z.object({ threadId: z.string(), turnId: z.string() }),
} as const;

/** Name of one of the hub's own events. */
export type HubEventName = keyof typeof hubEvents;
/** Payload of one of the hub's own events. */
export type HubEventPayload<Name extends HubEventName> = z.output<(typeof hubEvents)[Name]>;
/** One of the hub's own events, told apart by `type`. */
export type HubEvent = { [Name in HubEventName]: StreamEventOf<Name> }[HubEventName];

interface StreamEventOf<Name extends HubEventName> {
  readonly type: Name;
  readonly threadId: string | null;
  readonly payload: HubEventPayload<Name>;
  readonly seq: number;
  readonly at: number;
}
