/** Following a session by calls that end: for those who can't hold a stream open. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { streamEvent } from "../stream/event.ts";
import { controlFrames } from "../stream/server-frame.ts";
import { typePatterns } from "../stream/type-filter.ts";
import { askErrors } from "./codex-answer.ts";
import * as fields from "./fields.ts";
import { requestRecord } from "./request-record.ts";

const { sessionId, turnId, unknownSessionId } = exampleIds;

/** How long a call may wait for something to happen. */
const timeoutMs = (most: number) =>
  z.number().int().min(0).max(most).describe(`Milliseconds, ${most} at most; 0 answers at once`);

/**
 * Gives a session's events from one call to the next: `next` of one answer is `after` of the next, and
 * nothing is lost between the two. Ends with `limit` events, or when the time is over.
 */
export const sessionsWatch = defineOperation({
  name: "sessions.watch",
  summary: "Watch what happens in a session, for a bounded time and number of events",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/watch" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    after: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("Cursor, such as next of the call before; default: only what happens from now on"),
    types: typePatterns
      .optional()
      .describe("Exact types, or prefixes ending in *; default: every event"),
    limit: z.number().int().min(1).max(200).default(20).describe("Events, 200 at most"),
    timeoutMs: timeoutMs(25_000).default(10_000),
  }),
  output: z.object({
    sessionId: z.string(),
    events: z
      .array(streamEvent)
      .describe("Oldest first; also of the runtime and others that concern every session"),
    next: z.string().describe("Cursor: what comes after these events"),
    timedOut: z.boolean().describe("The time was over before there were as many as asked for"),
    gap: controlFrames.gap
      .optional()
      .describe("What can't be replayed: read the session anew, and go on from next"),
  }),
  errors: [...fields.sessionReadErrors, "invalid_cursor"],
  examples: [
    {
      title: "Nothing happens, and nobody waits",
      given: "session",
      input: { sessionId, timeoutMs: 0 },
      output: { sessionId, events: [], next: "k3v9x0q2:128", timedOut: true },
    },
    {
      title: "A cursor that is none is refused",
      given: "session",
      input: { sessionId, after: "yesterday" },
      error: "invalid_cursor",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** How waiting for a session ended. */
export const waitOutcomes = [
  "completed",
  "failed",
  "interrupted",
  "needs_answer",
  "idle",
  "timed_out",
] as const;

/** Waits until a turn has ended, or a person must answer what it asks. */
export const sessionsWait = defineOperation({
  name: "sessions.wait",
  summary: "Wait until a session's turn has ended, or it asks something that a person must answer",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/wait" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    turnId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "Default: the turn that runs when the call comes, or is about to: it was asked for, or waits in a queue that is not held",
      ),
    timeoutMs: timeoutMs(300_000).default(25_000),
  }),
  output: z.object({
    sessionId: z.string(),
    outcome: z
      .enum(waitOutcomes)
      .describe(
        "completed, failed or interrupted: so the turn ended. needs_answer: requests says what is asked; in an attached session its own client answers, and the wait goes on. idle: no turn was named and none runs or is about to; turnId and reply are the last one's. timed_out: it goes on",
      ),
    turnId: z.string().nullable().describe("The turn it is about; null when there is none"),
    reply: z
      .string()
      .nullable()
      .describe(
        "The last thing the agent said in a turn that has ended; null when it said nothing",
      ),
    error: z.object({ message: z.string() }).nullable().describe("Of a failed turn"),
    requests: z
      .array(requestRecord)
      .describe("What the session asks and nobody has answered, oldest first, 50 at most"),
  }),
  errors: [...fields.sessionReadErrors, "turn_not_found", ...askErrors],
  examples: [
    {
      title: "A session nobody has spoken in",
      given: "session",
      input: { sessionId },
      output: {
        sessionId,
        outcome: "idle",
        turnId: null,
        reply: null,
        error: null,
        requests: [],
      },
    },
    {
      title: "A turn that goes on when the time is over",
      given: "running_turn",
      input: { sessionId, turnId, timeoutMs: 0 },
      output: {
        sessionId,
        outcome: "timed_out",
        turnId,
        reply: null,
        error: null,
        requests: [],
      },
    },
    {
      title: "The session has no such turn",
      given: "spoken_session",
      input: { sessionId, turnId: "01990000-0000-7000-8000-0000000000fe" },
      error: "turn_not_found",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId },
      error: "session_not_found",
    },
  ],
});
