/** What a question can be answered with: one shape a kind, told apart by `kind`. */
import { z } from "zod";
import { toolCallResponse, toolContentItem } from "./fields.ts";

/** Yes, no, or no and stop. */
export const decision = z
  .enum(["accept", "decline", "cancel"])
  .describe("cancel declines and interrupts the turn");

/** For how long a yes holds. */
export const scope = z
  .enum(["turn", "session"])
  .default("turn")
  .describe("session: the same is not asked again in this session");

/** Answers to the questions of a user input, by the question's id. */
export const userInputAnswers = z
  .record(z.string().min(1), z.strictObject({ answers: z.array(z.string()).max(100) }))
  .describe("By the question's id");

/** The result of a tool call: the whole one, or its items, or a text. */
export const toolResult = {
  success: z.boolean().optional().describe("Default true"),
  contentItems: z.array(toolContentItem).optional(),
  text: z.string().optional().describe("Short for one inputText item"),
  response: toolCallResponse
    .optional()
    .describe("The whole answer; goes before contentItems, which go before text"),
};

/** Under which claim a tool ran. */
export const claimId = z
  .string()
  .min(1)
  .max(200)
  .describe("claimId that tool_calls.claim gave; a claimed call takes no other answer");

const paths = z.array(z.string().min(1)).nullable().default(null);

/** The part of what was asked for that is granted. What is left out is denied. */
const grantedPermissions = z.strictObject({
  network: z.strictObject({ enabled: z.boolean().nullable() }).optional(),
  fileSystem: z
    .strictObject({
      read: paths,
      write: paths,
      globScanMaxDepth: z.number().int().min(0).optional(),
      entries: z.array(z.looseObject({})).optional(),
    })
    .optional(),
});

/** An answer, told apart by `kind`, which must be that of the question. */
export const requestAnswer = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("command_approval"),
    decision,
    scope,
    execpolicyAmendment: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("With accept: commands that begin with these words are not asked for again"),
    networkPolicyAmendment: z
      .strictObject({ host: z.string().min(1), action: z.enum(["allow", "deny"]) })
      .optional()
      .describe("With accept: this rule for the host is kept"),
  }),
  z.strictObject({ kind: z.literal("file_change_approval"), decision, scope }),
  z.strictObject({
    kind: z.literal("permissions"),
    decision: z.enum(["accept", "decline"]),
    scope,
    permissions: grantedPermissions
      .optional()
      .describe("The part that is granted; all that was asked for if absent"),
    strictAutoReview: z
      .boolean()
      .optional()
      .describe("Review every later command of the turn before it runs"),
  }),
  z.strictObject({
    kind: z.literal("user_input"),
    decision: decision.default("accept"),
    answers: userInputAnswers.optional().describe("With accept; nothing is answered otherwise"),
  }),
  z.strictObject({
    kind: z.literal("elicitation"),
    action: z.enum(["accept", "decline", "cancel"]),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("With accept of a form: fits the requestedSchema"),
    persist: z
      .enum(["session", "always"])
      .optional()
      .describe("With accept of a tool: for how long, where Codex offers it"),
  }),
  z.strictObject({ kind: z.literal("tool_call"), ...toolResult, claimId: claimId.optional() }),
  z.strictObject({
    kind: z.literal("other"),
    result: z.record(z.string(), z.unknown()).optional().describe("As Codex takes it"),
    error: z
      .strictObject({ code: z.number().int(), message: z.string() })
      .optional()
      .describe("A refusal, as JSON-RPC says it"),
  }),
]);

/** An answer as a caller gives it, told apart by `kind`. */
export type RequestAnswer = z.input<typeof requestAnswer>;
/** An answer with its defaults filled in. */
export type ParsedRequestAnswer = z.output<typeof requestAnswer>;
