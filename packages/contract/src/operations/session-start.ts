/** What a session can begin with: given with the call, or by files of presets and defaults. */
import { z } from "zod";
import * as fields from "./fields.ts";

/** What a session runs with. */
export const runFields = {
  cwd: fields.path.optional().describe("Working directory; the hub's own if absent"),
  model: fields.model.optional(),
  modelProvider: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Provider of Codex's configuration"),
  approvalPolicy: fields.approvalPolicy.optional(),
  approvalsReviewer: z
    .enum(["user", "auto_review", "guardian_subagent"])
    .optional()
    .describe("Who is asked first before Codex acts"),
  networkAccess: fields.networkAccess.optional(),
  filesystemSandbox: fields.filesystemSandbox.optional(),
  effort: fields.effort.optional(),
  summary: z
    .enum(["auto", "concise", "detailed", "none"])
    .optional()
    .describe("How the model tells of its reasoning"),
  serviceTier: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .describe("Such as flex, as the provider has it"),
};

/** Characters of instructions that are given as text, and bytes of those in a file, at most. */
export const instructionsLimit = 200_000;

const instructions = z.string().trim().min(1).max(instructionsLimit);
const instructionsFile = fields.path.describe(
  "A file on the hub's machine with it; relative to cwd, or to the folder of .signalbox",
);

/** What a session is told before anything is said in it. Text goes before a file of the same. */
export const instructionFields = {
  baseInstructions: instructions.optional().describe("In place of Codex's own instructions"),
  baseFile: instructionsFile.optional(),
  developerInstructions: instructions.optional().describe("Beside Codex's own instructions"),
  developerFile: instructionsFile.optional(),
};

/** What files of presets and defaults can say, and a call can say over it. */
export const configurableFields = {
  ...runFields,
  ...instructionFields,
  ephemeral: z.boolean().optional().describe("Keep nothing of it on the disk"),
  prefix: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe("Put before the title; knows {cwd.repo}, {cwd.basename} and {preset}"),
};

/** A field that files and calls can give. */
export type ConfigurableField = keyof typeof configurableFields;

/** Everything that decides what a session begins with. */
export const startFields = {
  folder: fields.path
    .optional()
    .describe(
      "Where the caller stands: .signalbox is looked for there, and it is the cwd if nobody says another",
    ),
  ...configurableFields,
  title: z.string().trim().min(1).max(200).optional().describe("1 to 200 characters"),
  handle: fields.handle.optional().describe("Such as @reviewer; unique"),
  presets: z
    .array(z.string().min(1).max(100))
    .max(20)
    .optional()
    .describe("Of .signalbox/config.toml or the hub's config.toml, later ones over earlier ones"),
};

/** How what files say can be wrong. */
export const configErrors = ["invalid_config", "untrusted_config"] as const;
