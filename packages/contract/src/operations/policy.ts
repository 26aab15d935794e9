/** Who answers Codex's questions before a person is asked. */
import { z } from "zod";
import { requestKinds } from "../stream/request-kind.ts";

const allowed = ["allow", "deny", "ask"] as const;
const refused = ["deny", "ask"] as const;

const commandRule = z.strictObject({
  kind: z.literal("command_approval"),
  action: z.enum(allowed),
  prefix: z
    .array(z.string().min(1).max(1_000))
    .min(1)
    .max(50)
    .describe(
      "The words a command begins with: [git, status] is git status -s, and not gitx. Only one " +
        "simple command matches: no pipes, lists, redirections, expansions or substitutions",
    ),
});

const fileRule = z.strictObject({
  kind: z.literal("file_change_approval"),
  action: z.enum(allowed),
  folder: z
    .string()
    .max(4_000)
    .regex(/^(\/|[A-Za-z]:[\\/])/, "An absolute path")
    .refine((path) => !path.split(/[\\/]/).includes(".."), "A path without ..")
    .describe("allow: every changed file is in it, links resolved; deny and ask: one is"),
});

const elicitationRule = z.strictObject({
  kind: z.literal("elicitation"),
  action: z.enum(allowed),
  server: z.string().min(1).max(200).describe("Name of the MCP server"),
  tool: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Its tool; any of its tools if absent. A form or URL is never allowed by a rule"),
});

const toolCallRule = z.strictObject({
  kind: z.literal("tool_call"),
  action: z.enum(refused),
  tool: z.string().min(1).max(200).describe("Name of a tool of the session"),
});

const otherRule = z.strictObject({
  kind: z.enum(["permissions", "user_input"]),
  action: z.enum(refused),
});

/** One rule: which questions, and what becomes of them. */
export const policyRule = z.discriminatedUnion("kind", [
  commandRule,
  fileRule,
  elicitationRule,
  toolCallRule,
  otherRule,
]);

/** Longest deadline: seven days. */
const longestDeadline = 7 * 24 * 60 * 60 * 1_000;

/** How long questions wait, in ms, by kind. */
const policyDeadlines = z
  .partialRecord(z.enum(requestKinds), z.number().int().min(1_000).max(longestDeadline))
  .describe("Ms until the safe default answers, by kind; a second to seven days");

/** How a policy is made up. */
export const policyFields = {
  mode: z
    .enum(["ask", "deny", "rules"])
    .describe(
      "ask: people are asked. deny: everything but tool calls is declined at once. rules: the " +
        "first rule that matches decides, and what none matches is asked",
    ),
  rules: z.array(policyRule).max(200).default([]).describe("Looked at in mode rules, in order"),
  deadlines: policyDeadlines.default({}),
};

/** Who answers Codex's questions before a person is asked. */
export const policy = z.strictObject(policyFields);

/** Who answers Codex's questions before a person is asked. */
export type Policy = z.output<typeof policy>;
/** One rule of a policy. */
export type PolicyRule = z.output<typeof policyRule>;
