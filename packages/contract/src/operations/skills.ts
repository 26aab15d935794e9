/** Operations on codex's own skills: folders with instructions that it reads when they help. */
import type { ResultOf } from "@signalbox/protocol";
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { askErrors, codexAnswer, codexDid, doErrors, pageShape } from "./codex-answer.ts";
import * as fields from "./fields.ts";

/** Lists skills. */
export const skillsList = defineOperation({
  name: "skills.list",
  summary: "List the skills codex finds, by folder",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/skills" },
  input: z.strictObject({
    forceReload: z.boolean().optional().describe("Look at the disk again, not the cache"),
    cwd: fields.path.optional().describe("Folder to look from; codex's own if absent"),
  }),
  output: z.object(pageShape) as unknown as z.ZodType<{
    data: ResultOf<"skills/list">["data"];
    nextCursor: null;
  }>,
  errors: [...askErrors],
  examples: [
    {
      title: "The skills of a folder",
      input: { forceReload: true },
      output: {
        data: [
          {
            cwd: "/home/me/project",
            skills: [
              {
                name: "release",
                description: "How we release",
                path: "/home/me/project/.codex/skills/release/SKILL.md",
                scope: "repo",
                enabled: true,
                pluginId: null,
              },
            ],
            errors: [],
          },
        ],
        nextCursor: null,
      },
    },
    { title: "An unknown field is refused", input: { cwds: "/" }, error: "invalid_request" },
  ],
});

/** Switches a skill on or off. */
export const skillsConfigSet = defineOperation({
  name: "skills.config.set",
  summary: "Switch a skill on or off in codex's configuration",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/skills/config" },
  input: z.strictObject({
    path: z
      .string()
      .regex(/^(\/|[A-Za-z]:[\\/])/, "The whole path of the skill's SKILL.md")
      .describe("The whole path of the skill's SKILL.md"),
    enabled: z.boolean(),
  }),
  output: codexDid(codexAnswer("skills/config/write", { effectiveEnabled: z.boolean() })),
  errors: ["config_conflict", ...doErrors],
  examples: [
    {
      title: "A skill is switched off",
      input: { path: "/home/me/project/.codex/skills/release/SKILL.md", enabled: false },
      output: { status: "ok", result: { effectiveEnabled: false } },
    },
    {
      title: "A path that is not whole is refused",
      input: { path: "release/SKILL.md", enabled: false },
      error: "invalid_request",
    },
  ],
});

/** Reads the skills of a catalog away from this machine. */
export const skillsRemoteGet = defineOperation({
  name: "skills.remote.get",
  summary: "Read the service's catalog of skills, of a codex that has one (0.169.0 does not)",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/skills/remote" },
  input: z.strictObject({}),
  output: codexDid(z.looseObject({})),
  errors: [...askErrors],
  examples: [
    {
      title: "The catalog, of a codex that has one",
      given: "logged_in",
      input: {},
      output: { status: "ok", result: { data: [] } },
    },
    { title: "A codex that has none", input: {}, error: "method_not_supported" },
  ],
});

/** Takes a skill of that catalog. */
export const skillsRemoteSet = defineOperation({
  name: "skills.remote.set",
  summary: "Take a skill of the service's catalog, with a codex that has one (0.169.0 does not)",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/skills/remote" },
  input: z.strictObject({
    hazelnutId: z.string().min(1).describe("Id of the skill in the catalog"),
    isPreload: z.boolean().describe("Also put it into sessions from their start"),
  }),
  output: codexDid(z.looseObject({})),
  errors: [...doErrors],
  examples: [
    {
      title: "A skill is taken",
      given: "logged_in",
      input: { hazelnutId: "release-notes", isPreload: false },
      output: { status: "ok", result: {} },
    },
    {
      title: "A codex that has no catalog",
      input: { hazelnutId: "release-notes", isPreload: false },
      error: "method_not_supported",
    },
  ],
});
