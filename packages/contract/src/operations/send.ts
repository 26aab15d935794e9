/** Saying something to a session, in one of five ways. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { messageOverrides, queueLimit, sendModes } from "./message.ts";

const { sessionId, turnId, messageId, unknownSessionId } = exampleIds;

/** How handing a message to codex fails. */
export const deliveryErrors = [
  "session_busy",
  "writer_conflict",
  "invalid_params",
  "invalid_state",
  "codex_error",
  "overloaded",
  "outcome_unknown",
] as const;

const ofTurns = ["steer", "interject"];
const withoutOverrides = ["steer", "context"];

/** Sends a message. */
export const sessionsSend = defineOperation({
  name: "sessions.send",
  summary:
    "Say something to a session: start a turn, steer one, wait in line, cut in, or just tell",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/send", success: 202 },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      text: z.string().trim().min(1).describe("What to say"),
      mode: z
        .enum(sendModes)
        .default("start")
        .describe(
          `start: a turn now, refused while one runs. steer: into the turn that runs. queue: a turn when the session is idle and its turn comes; ${queueLimit} wait at most. interject: end the turn that runs, then a turn, before all that wait. context: tell without a turn`,
        ),
      turnId: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe("Of steer and interject: the turn that is expected to run"),
      ...messageOverrides.shape,
      asSystem: fields.asSystem,
    })
    .superRefine((input, context) => {
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: "custom", path: [field], message });
      if (input.turnId !== undefined && !ofTurns.includes(input.mode)) {
        refuse("turnId", `Only steer and interject meet a turn: leave it out with ${input.mode}`);
      }
      if (!withoutOverrides.includes(input.mode)) return;
      for (const field of Object.keys(messageOverrides.shape)) {
        if (input[field as keyof typeof input] === undefined) continue;
        refuse(field, `A message of mode ${input.mode} starts no turn this could hold for`);
      }
    }),
  output: z.object({
    status: z
      .enum(["accepted", "queued"])
      .describe("accepted: Codex took it; queued: it waits for its turn. Not that work is done"),
    messageId: z.string().describe("messages.get tells what became of it"),
    sessionId: z.string(),
    mode: z.enum(sendModes),
    turnId: z
      .string()
      .nullable()
      .describe("The turn it started or was added to, where there is one"),
    position: z
      .number()
      .int()
      .nullable()
      .describe("Its place in the queue, from 0, while it waits"),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "no_active_turn",
    "turn_mismatch",
    "queue_full",
    "message_not_queued",
    ...deliveryErrors,
  ],
  examples: [
    {
      title: "A message that starts a turn",
      given: "session",
      input: { sessionId, text: "What does this project do?" },
      output: { status: "accepted", messageId, sessionId, mode: "start", turnId, position: null },
    },
    {
      title: "While a turn runs a message can wait for its end",
      given: "running_turn",
      input: { sessionId, text: "Then write the tests", mode: "queue" },
      output: { status: "queued", messageId, sessionId, mode: "queue", turnId: null, position: 0 },
    },
    {
      title: "Or it joins the turn",
      given: "running_turn",
      input: { sessionId, text: "Look at the tests too", mode: "steer" },
      output: { status: "accepted", messageId, sessionId, mode: "steer", turnId, position: null },
    },
    {
      title: "Or it ends the turn and starts its own",
      given: "running_turn",
      input: { sessionId, text: "Stop, do this first", mode: "interject" },
      output: {
        status: "accepted",
        messageId,
        sessionId,
        mode: "interject",
        turnId,
        position: null,
      },
    },
    {
      title: "Something to know, for the next turn",
      given: "session",
      input: { sessionId, text: "The tests run on Fridays", mode: "context" },
      output: {
        status: "accepted",
        messageId,
        sessionId,
        mode: "context",
        turnId: null,
        position: null,
      },
    },
    {
      title: "A session takes one turn at a time",
      given: "running_turn",
      input: { sessionId, text: "And another thing" },
      error: "session_busy",
    },
    {
      title: "There is no turn to steer",
      given: "session",
      input: { sessionId, text: "Faster", mode: "steer" },
      error: "no_active_turn",
    },
    {
      title: "Another turn runs than the one that was to be ended",
      given: "running_turn",
      input: { sessionId, text: "Stop", mode: "interject", turnId: "another" },
      error: "turn_mismatch",
    },
    {
      title: "A message that starts no turn overrides nothing",
      input: { sessionId, text: "By the way", mode: "context", model: "gpt-5.4" },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId, text: "Hello?" },
      error: "session_not_found",
    },
  ],
});
