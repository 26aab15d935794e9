/** What a session would begin with, and the presets there are. Nothing is created. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import * as fields from "./fields.ts";
import { configErrors, startFields } from "./session-start.ts";

const origin = z
  .string()
  .describe("call, hub, or a file with the line: /home/me/project/.signalbox/config.toml:3");

/** Plans a session. */
export const sessionsPlan = defineOperation({
  name: "sessions.plan",
  summary: "Say what sessions.create would begin a session with, and where each value comes from",
  intent: "read",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/plan" },
  input: z.strictObject(startFields),
  output: z.object({
    title: z.string(),
    handle: z.string().nullable(),
    files: z.array(z.string()).describe("The configuration files that were read"),
    fields: z
      .array(z.object({ field: z.string(), value: z.unknown(), from: origin }))
      .describe("What is said; everything else is as Codex's own configuration has it"),
  }),
  errors: [...configErrors, "handle_taken"],
  examples: [
    {
      title: "What the call says goes before everything else",
      input: { title: "Review", effort: "high" },
      output: {
        title: "Review",
        handle: null,
        files: [],
        fields: [{ field: "effort", value: "high", from: "call" }],
      },
    },
    {
      title: "A preset that no file has is refused, with those that are like it",
      input: { presets: ["reviewr"] },
      error: "invalid_config",
    },
    {
      title: "A prefix with a variable that does not exist is refused",
      input: { prefix: "{user.password}" },
      error: "invalid_config",
    },
  ],
});

/** Lists presets. */
export const presetsList = defineOperation({
  name: "presets.list",
  summary: "List the presets that sessions in a folder can begin with",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/presets" },
  input: z.strictObject({
    cwd: fields.path.optional().describe("Working directory; the hub's own if absent"),
  }),
  output: z.object({
    data: z.array(
      z.object({
        name: z.string(),
        from: origin,
        trusted: z.boolean().describe("Whether its file may widen what an agent may do"),
        fields: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  errors: ["invalid_config"],
  examples: [
    { title: "A folder without presets", input: {}, output: { data: [] } },
    {
      title: "A folder that is none is refused",
      input: { cwd: "" },
      error: "invalid_request",
    },
  ],
});
