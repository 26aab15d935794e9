/** Operations on codex's configuration. Values may be credentials, so they are stored nowhere else. */
import type { ResultOf } from "@signalbox/protocol";
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { askErrors, codexAnswer, codexDid, doErrors } from "./codex-answer.ts";
import * as fields from "./fields.ts";
import { jsonValue } from "./json-value.ts";

const edit = {
  keyPath: z.string().min(1).describe("Dotted path of the setting, such as tui.animations"),
  mergeStrategy: z
    .enum(["replace", "upsert"])
    .describe("upsert: a table is merged into what is there"),
  value: jsonValue.describe("Null takes the setting out"),
};

const target = {
  expectedVersion: z
    .string()
    .min(1)
    .optional()
    .describe("Refused with config_conflict when the file is another version"),
  filePath: z.string().min(1).optional().describe("Default: the user's config.toml"),
};

const written = codexDid(
  codexAnswer("config/value/write", {
    status: z.string().describe("ok, or okOverridden: another layer decides"),
    version: z.string().describe("For expectedVersion"),
    filePath: z.string(),
  }),
);

const exampleWritten = {
  status: "ok" as const,
  result: {
    status: "ok" as const,
    version: "sha256:0f1e",
    filePath: "/home/me/.codex/config.toml",
    overriddenMetadata: null,
  },
};

/** Reads the configuration. */
export const configGet = defineOperation({
  name: "config.get",
  summary: "Read codex's configuration as it is in force",
  intent: "read",
  idempotent: true,
  hasSecrets: true,
  http: { method: "GET", path: "/api/config" },
  input: z.strictObject({
    cwd: fields.path.optional().describe("Folder whose project settings count too"),
    includeLayers: z.boolean().optional().describe("Also each layer it is made of"),
  }),
  output: codexAnswer("config/read", {
    config: z.looseObject({}),
    origins: z.record(z.string(), z.unknown()).describe("Where each setting comes from"),
  }),
  errors: [...askErrors],
  examples: [
    {
      title: "What is in force",
      input: {},
      output: {
        config: { model: "gpt-5.4", approval_policy: "on-request" },
        origins: {},
      } as unknown as ResultOf<"config/read">,
    },
    { title: "An unknown field is refused", input: { path: "/" }, error: "invalid_request" },
  ],
});

/** Reads what is required of the configuration. */
export const configRequirements = defineOperation({
  name: "config.requirements",
  summary: "Read what an administrator requires of codex's configuration",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/config/requirements" },
  input: z.strictObject({}),
  output: codexAnswer("configRequirements/read", {
    requirements: z.looseObject({}).nullable().describe("Null: nothing is required"),
  }),
  errors: [...askErrors],
  examples: [
    {
      title: "Nothing is required",
      input: {},
      output: { supportsIndependentSpeedModes: true, requirements: null },
    },
    { title: "An unknown field is refused", input: { cwd: "/" }, error: "invalid_request" },
  ],
});

/** Sets one setting. */
export const configSet = defineOperation({
  name: "config.set",
  summary: "Set one setting of codex's configuration",
  intent: "write",
  idempotent: true,
  hasSecrets: true,
  http: { method: "POST", path: "/api/config/value" },
  input: z.strictObject({ ...edit, ...target }),
  output: written,
  errors: ["config_conflict", ...doErrors],
  examples: [
    {
      title: "A setting is replaced",
      input: { keyPath: "tui.animations", mergeStrategy: "replace", value: false },
      output: exampleWritten,
    },
    {
      title: "The file is another version by now",
      input: {
        keyPath: "tui.animations",
        mergeStrategy: "replace",
        value: true,
        expectedVersion: "sha256:0",
      },
      error: "config_conflict",
    },
    {
      title: "A value codex can't take is refused",
      input: { keyPath: "sandbox_mode", mergeStrategy: "replace", value: "wide-open" },
      error: "invalid_params",
    },
    {
      title: "A setting without a value is refused",
      input: { keyPath: "tui.animations", mergeStrategy: "replace" },
      error: "invalid_request",
    },
  ],
});

/** Sets several settings at once. */
export const configBatchSet = defineOperation({
  name: "config.batch_set",
  summary: "Set several settings of codex's configuration, all or none",
  intent: "write",
  idempotent: true,
  hasSecrets: true,
  http: { method: "POST", path: "/api/config/batch" },
  input: z.strictObject({
    edits: z.array(z.strictObject(edit)).min(1).max(200).describe("In this order; 200 at most"),
    ...target,
  }),
  output: written,
  errors: ["config_conflict", ...doErrors],
  examples: [
    {
      title: "Two settings are set",
      input: {
        edits: [
          { keyPath: "tui.animations", mergeStrategy: "replace", value: true },
          { keyPath: "tui.show_tooltips", mergeStrategy: "replace", value: false },
        ],
      },
      output: exampleWritten,
    },
    { title: "No edits at all are refused", input: { edits: [] }, error: "invalid_request" },
  ],
});
