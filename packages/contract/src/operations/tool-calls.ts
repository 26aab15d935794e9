/** Operations on tool calls. A process takes a call before it runs the tool, so that it runs once. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { claimId, toolResult } from "./request-answer.ts";

/**
 * Takes a tool call for one process. Nobody else can take or answer it until it is released; there
 * is no lease, the claim holds to the call's deadline and over a restart of the hub. The same
 * claimant is given the same claim again.
 */
export const toolCallsClaim = defineOperation({
  name: "tool_calls.claim",
  summary: "Take a tool call before running the tool, so that it runs once",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/tool-calls/:requestId/claim" },
  input: z.strictObject({
    requestId: fields.requestId,
    claimant: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .describe("Names the process, unique among those that offer the tool"),
  }),
  output: z.object({
    status: z.literal("claimed"),
    requestId: z.string(),
    claimId: z.string().describe("Goes with the answer"),
    deadlineAt: z.number().int().describe("Epoch milliseconds; then the call fails"),
  }),
  errors: [
    "tool_call_not_found",
    "session_attached",
    "in_flight",
    "already_resolved",
    "not_eligible",
  ],
  examples: [
    {
      title: "The call is taken",
      given: "pending_tool_call",
      input: { requestId: exampleIds.requestId, claimant: "worker-1" },
      output: {
        status: "claimed",
        requestId: exampleIds.requestId,
        claimId: exampleIds.claimId,
        deadlineAt: 1_767_225_660_000,
      },
    },
    {
      title: "Another process has it",
      given: "claimed_tool_call",
      input: { requestId: exampleIds.requestId, claimant: "worker-2" },
      error: "in_flight",
    },
    {
      title: "No such tool call",
      input: { requestId: exampleIds.unknownRequestId, claimant: "worker-1" },
      error: "tool_call_not_found",
    },
  ],
});

/** Gives back a tool call whose tool was not run, so that another process can take it. */
export const toolCallsRelease = defineOperation({
  name: "tool_calls.release",
  summary: "Give a tool call back whose tool was not run",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/tool-calls/:requestId/release" },
  input: z.strictObject({ requestId: fields.requestId, claimId }),
  output: z.object({ status: z.literal("released"), requestId: z.string() }),
  errors: [
    "tool_call_not_found",
    "session_attached",
    "claim_not_held",
    "already_resolved",
    "not_eligible",
  ],
  examples: [
    {
      title: "The call can be taken again",
      given: "claimed_tool_call",
      input: { requestId: exampleIds.requestId, claimId: exampleIds.claimId },
      output: { status: "released", requestId: exampleIds.requestId },
    },
    {
      title: "A claim that does not hold the call releases nothing",
      given: "claimed_tool_call",
      input: { requestId: exampleIds.requestId, claimId: "claim_of_someone_else" },
      error: "claim_not_held",
    },
  ],
});

/**
 * Answers a tool call. The same answer again under the same claim succeeds again, so that an answer
 * whose reply was lost can be repeated.
 */
export const toolCallsRespond = defineOperation({
  name: "tool_calls.respond",
  summary: "Give Codex the result of a tool that runs outside it",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/tool-calls/:requestId/response" },
  input: z.strictObject({
    requestId: fields.requestId,
    claimId: claimId.optional(),
    ...toolResult,
    actor: fields.actor.optional(),
  }),
  output: z.object({ status: z.literal("ok"), requestId: z.string(), threadId: z.string() }),
  errors: [
    "tool_call_not_found",
    "session_attached",
    "in_flight",
    "claim_not_held",
    "already_resolved",
    "not_eligible",
  ],
  examples: [
    {
      title: "The tool gave a text",
      given: "pending_tool_call",
      input: { requestId: exampleIds.requestId, text: "HELLO" },
      output: { status: "ok", requestId: exampleIds.requestId, threadId: exampleIds.sessionId },
    },
    {
      title: "The process that took the call answers it",
      given: "claimed_tool_call",
      input: { requestId: exampleIds.requestId, claimId: exampleIds.claimId, text: "HELLO" },
      output: { status: "ok", requestId: exampleIds.requestId, threadId: exampleIds.sessionId },
    },
    {
      title: "Nobody else answers a call that a process has taken",
      given: "claimed_tool_call",
      input: { requestId: exampleIds.requestId, text: "HELLO" },
      error: "in_flight",
    },
    {
      title: "No such tool call",
      input: { requestId: exampleIds.unknownRequestId, text: "HELLO" },
      error: "tool_call_not_found",
    },
    {
      title: "An item of an unknown type is refused by name",
      input: { requestId: exampleIds.requestId, contentItems: [{ type: "inputVideo" }] },
      error: "invalid_request",
    },
  ],
});
