/** Field schemas that several operations share. */
import { z } from "zod";

/**
 * Which session is meant: its id (that of its Codex thread), its `@handle` or its exact title, in this
 * order. A text with an `@` before it is a handle and nothing else.
 */
export const sessionId = z
  .string()
  .min(1)
  .max(200)
  .describe("Session id (a Codex thread id), @handle or exact title");

/** Id of a thread of Codex, which the hub may keep as a session or not. */
export const threadId = z.string().min(1).max(200).describe("Id of a thread of Codex");

/** A session's short name, unique whatever its case among those that are not deleted. */
export const handle = z
  .string()
  .regex(
    /^@?[A-Za-z0-9._-]{1,64}$/,
    "1 to 64 letters, digits, dots, underscores and hyphens, with an @ before them or without",
  )
  .overwrite((given) => (given.startsWith("@") ? given : `@${given}`))
  .describe("Short unique name, such as @reviewer");

/** Id of a project. */
export const projectId = z.string().min(1).max(200).describe("Project id");

/** Id of a question, as its event carries it. */
export const requestId = z.string().min(1).max(200).describe("requestId of the request event");

/** Id of a message, as `sessions.send` gives it. */
export const messageId = z.string().min(1).max(200).describe("Message id");

/** For the hub's own work on its own sessions. */
export const asSystem = z
  .boolean()
  .optional()
  .describe("Act for the hub itself, on a session that it runs for itself");

/** How reading a session fails. */
export const sessionReadErrors = [
  "session_not_found",
  "session_deleted",
  "ambiguous_selector",
] as const;

/** How naming a session fails where it only narrows a list. */
export const sessionFilterErrors = ["session_not_found", "ambiguous_selector"] as const;

/** How handing a write on to codex fails. */
export const codexWriteErrors = [
  "invalid_params",
  "invalid_state",
  "method_not_supported",
  "codex_error",
  "overloaded",
  "outcome_unknown",
] as const;

/** How writing to a session fails before anything else. */
export const sessionWriteErrors = [
  ...sessionReadErrors,
  "session_attached",
  "system_session",
] as const;

/** Whose controls and settings are meant: one session's, or those new sessions begin with. */
export const settingsScope = z
  .enum(["session", "default"])
  .default("session")
  .describe("session: this one's; default: what new sessions begin with");

/** In which order a list comes. */
export const listOrder = z
  .enum(["newest", "oldest"])
  .default("newest")
  .describe("Which come first");

/** Where a page of a list begins; `form` is what its cursors look like. */
export function listCursor(form: RegExp) {
  return z
    .string()
    .regex(form, "Not a cursor of this list: give nextCursor of the page before")
    .describe("nextCursor of the page before");
}

/** How long a page of a list is. */
export const listLimit = z
  .number()
  .int()
  .min(1)
  .max(200)
  .default(100)
  .describe("Entries a page, 200 at most");

/** Where the next page of a list begins. */
export const nextCursor = z.string().nullable().describe("Null on the last page");

/** Who does something, as the caller says; the hub keeps it in its audit. */
export const actor = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe("Who does it, for the audit; not checked");

/** When Codex asks before it acts. */
export const approvalPolicy = z
  .enum(["untrusted", "on-request", "never"])
  .describe("When Codex asks before it acts");

/** Whether commands may use the network. */
export const networkAccess = z
  .enum(["restricted", "enabled"])
  .describe("Whether commands may use the network");

/** What commands may write. */
export const filesystemSandbox = z
  .enum(["read-only", "workspace-write", "danger-full-access"])
  .describe("What commands may write");

/** A place in the file system of the hub's machine. The command line makes it whole from where it is run. */
export const path = z.string().min(1).max(4096).meta({ format: "path" });

/** How much the model thinks. Models differ in what they take. */
export const effort = z.string().min(1).max(40).describe("Reasoning effort, as the model names it");

/** Model slug. */
export const model = z
  .string()
  .min(1)
  .max(200)
  .describe("Model slug; the configured one if absent");

/** A tool that a process outside Codex runs. */
export const dynamicTool = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9_-]{1,128}$/, "Letters, digits, _ and -, 128 at most")
    .describe("Name the model calls it by"),
  description: z.string().trim().min(1).describe("What it does, for the model"),
  inputSchema: z
    .record(z.string(), z.unknown())
    .describe("JSON Schema of its arguments, an object"),
});

/** The tools of a session. Fixed when the session is created. */
export const dynamicTools = z
  .array(dynamicTool)
  .max(128)
  .refine((tools) => new Set(tools.map((tool) => tool.name)).size === tools.length, {
    message: "Two tools have the same name",
  })
  .describe("Tools that processes outside Codex run");

/** One piece of what a tool gives back. */
export const toolContentItem = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("inputText"), text: z.string() }),
  z.strictObject({ type: z.literal("inputImage"), imageUrl: z.string().describe("A data URL") }),
  z.strictObject({ type: z.literal("inputAudio"), audioUrl: z.string().describe("A data URL") }),
]);

/** What a tool gives back, as Codex takes it. */
export const toolCallResponse = z.strictObject({
  success: z.boolean(),
  contentItems: z.array(toolContentItem),
});

/** From where something is done, as the caller says; the hub keeps it in its audit. */
export const source = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .describe("From where it is done, for the audit; not checked");
