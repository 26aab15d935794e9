/** What a session, its thread and its transcript look like in answers. */
import { z } from "zod";
import { filesystemSandbox, networkAccess } from "./fields.ts";
import { queueHold } from "./message.ts";

/** The settings a session's turns run with. Null: what Codex's own configuration says. */
export const sessionControls = z.object({
  model: z.string().nullable(),
  approvalPolicy: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .nullable()
    .describe("A policy's name, or Codex's granular policy object"),
  networkAccess: networkAccess.nullable(),
  filesystemSandbox: filesystemSandbox.nullable(),
  settings: z.record(z.string(), z.unknown()).describe("Free settings of the session"),
});

/** What the hub may do with a session. */
export const authorities = ["owned", "attached"] as const;

/** A session in a list. */
export const sessionSummary = z.object({
  sessionId: z.string(),
  handle: z.string().nullable().describe("Its unique short name, with the @; null: none"),
  title: z.string(),
  materialized: z.boolean().describe("False until its first turn: there is nothing to read"),
  status: z.string().describe("Codex's thread status: notLoaded, idle, active or systemError"),
  activeTurnId: z.string().nullable().describe("The turn that runs now"),
  modelProvider: z.string(),
  approvalPolicy: sessionControls.shape.approvalPolicy,
  effort: z.string().nullable().describe("Reasoning effort of its turns; null: the model's own"),
  sessionControls,
  createdAt: z.number().describe("Unix seconds"),
  updatedAt: z.number().describe("Unix seconds"),
  cwd: z.string(),
  source: z.string(),
  projectId: z.string().nullable(),
  preview: z.string().describe("The first words said in it; empty when there are none"),
  archived: z.boolean(),
  authority: z.enum(authorities).describe("attached: another client's, which the hub only watches"),
  systemOwned: z.boolean().describe("The hub runs it for itself"),
  queued: z.number().int().describe("Messages that wait for their turn"),
  queueHold: queueHold.nullable().describe("Why none of them is started; null: nothing holds them"),
});

/** A session in a list. */
export type SessionSummary = z.output<typeof sessionSummary>;

/** One item of a turn, with all the fields Codex gives it. */
export const threadItem = z.looseObject({ id: z.string(), type: z.string() });

/** One turn, with all the fields Codex gives it. */
export const threadTurn = z.looseObject({
  id: z.string(),
  status: z.string().describe("completed, interrupted, failed or inProgress"),
  items: z.array(threadItem),
  error: z.looseObject({ message: z.string() }).nullish(),
  startedAt: z.number().nullish().describe("Unix seconds"),
  completedAt: z.number().nullish().describe("Unix seconds"),
});

/** A Codex thread, with all the fields Codex gives it. */
export const thread = z.looseObject({
  id: z.string(),
  cwd: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  modelProvider: z.string(),
  preview: z.string(),
  name: z.string().nullish(),
  status: z.looseObject({ type: z.string() }),
  turns: z.array(threadTurn),
});

/** Who an entry of a transcript is by. */
export const transcriptRoles = ["user", "assistant", "system"] as const;

/** How far an entry of a transcript is. All but `streaming` are ends. */
export const transcriptStatuses = ["streaming", "complete", "canceled", "error"] as const;

/** One line of a transcript. */
export const transcriptEntry = z.object({
  messageId: z.string().describe("Codex's item id, or another name that is unique in its turn"),
  turnId: z.string().describe("Empty for what happened between turns"),
  role: z.enum(transcriptRoles),
  type: z.string().describe("Codex's item type, such as agentMessage, or a dotted name of ours"),
  content: z.string().describe("The text said, or one line on what was done"),
  details: z.string().optional().describe("The whole item as JSON text, for system entries"),
  startedAt: z.number().optional().describe("Epoch milliseconds"),
  completedAt: z.number().optional().describe("Epoch milliseconds"),
  status: z.enum(transcriptStatuses),
});

/** One line of a transcript. */
export type TranscriptEntry = z.output<typeof transcriptEntry>;
