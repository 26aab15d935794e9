/** A question Codex asks, as the inbox shows it: one shape a kind, told apart by `kind`. */
import { z } from "zod";
import { openRequest, requestResolution } from "../stream/hub-event.ts";

const common = {
  ...openRequest.shape,
  state: z.enum(["pending", "resolved"]),
  resolution: requestResolution.nullable().describe("How it ended; null while it waits"),
  details: z.unknown().describe("Codex's params"),
};

const reason = z.string().nullable().describe("Why, as the model says");
const cwd = z.string().nullable().describe("Directory it is about");

/** One of the questions to a person, with what can be answered. */
const userInputQuestion = z.looseObject({
  id: z.string(),
  header: z.string(),
  question: z.string(),
  isOther: z.boolean().describe("Another answer than the options is welcome"),
  isSecret: z.boolean().describe("The answer is not to be shown"),
  options: z.array(z.looseObject({ label: z.string(), description: z.string() })).nullable(),
});

/** A question, told apart by `kind`. */
export const requestRecord = z.discriminatedUnion("kind", [
  z.object({
    ...common,
    kind: z.literal("command_approval"),
    command: z.string().nullable().describe("As it will be run"),
    cwd,
    reason,
    availableDecisions: z
      .array(z.unknown())
      .nullable()
      .describe("What Codex offers; null where it says nothing"),
  }),
  z.object({
    ...common,
    kind: z.literal("file_change_approval"),
    paths: z.array(z.string()).nullable().describe("Files it changes; null where not known"),
    grantRoot: z.string().nullable().describe("Folder it asks to write to from now on"),
    reason,
  }),
  z.object({
    ...common,
    kind: z.literal("permissions"),
    permissions: z.looseObject({}).describe("What is asked for, as Codex says it"),
    cwd,
    reason,
  }),
  z.object({
    ...common,
    kind: z.literal("user_input"),
    questions: z.array(userInputQuestion),
  }),
  z.object({
    ...common,
    kind: z.literal("elicitation"),
    serverName: z.string().describe("The MCP server that asks"),
    mode: z.string().describe("form, url, or another way of Codex's"),
    message: z.string(),
    tool: z.string().nullable().describe("The MCP tool to be allowed, where it is about one"),
    requestedSchema: z.looseObject({}).nullable().describe("JSON Schema of the content"),
    url: z.string().nullable(),
  }),
  z.object({
    ...common,
    kind: z.literal("tool_call"),
    tool: z.string(),
    callId: z.string(),
    arguments: z.unknown(),
    claimant: z.string().nullable().describe("The process that has taken it"),
  }),
  z.object({ ...common, kind: z.literal("other") }),
]);

/** A question, told apart by `kind`. */
export type RequestRecord = z.output<typeof requestRecord>;
