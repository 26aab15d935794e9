/** Operations that run something outside a session or send something out. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { codexAnswer, codexDid, doErrors } from "./codex-answer.ts";
import * as fields from "./fields.ts";

/** Runs a command. */
export const runtimeExec = defineOperation({
  name: "runtime.exec",
  summary:
    "Run one command in codex's configured sandbox; off unless the hub was started to allow it",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/commands/exec" },
  input: z.strictObject({
    command: z.array(z.string()).min(1).max(1000).describe("Program and arguments, no shell"),
    cwd: fields.path.optional().describe("Default: codex's own folder"),
    timeoutMs: z
      .number()
      .int()
      .min(1)
      .max(600_000)
      .default(10_000)
      .describe("Milliseconds until it is ended, with exit code 124; ten minutes at most"),
  }),
  output: codexDid(
    codexAnswer("command/exec", {
      exitCode: z.number().int(),
      stdout: z.string(),
      stderr: z.string(),
    }),
  ),
  errors: ["operation_disabled", ...doErrors],
  examples: [
    {
      title: "A command of a hub that allows it",
      given: "logged_in",
      input: { command: ["git", "status", "--short"], timeoutMs: 5_000 },
      output: { status: "ok", result: { exitCode: 0, stdout: " M a.ts\n", stderr: "" } },
    },
    {
      title: "A hub that was not started to allow it",
      input: { command: ["git", "status"] },
      error: "operation_disabled",
    },
    { title: "No command at all is refused", input: { command: [] }, error: "invalid_request" },
  ],
});

/** Sends feedback. */
export const feedbackSubmit = defineOperation({
  name: "feedback.submit",
  summary: "Send feedback on codex to OpenAI",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/feedback" },
  input: z.strictObject({
    classification: z.string().min(1).max(200).describe("Such as bug, bad_result, good_result"),
    includeLogs: z.boolean().describe("Also send logs, which may hold what was said in sessions"),
    reason: z.string().min(1).max(10_000).optional().describe("What it is about"),
    threadId: fields.sessionId.optional().describe("The session it is about"),
  }),
  output: codexDid(codexAnswer("feedback/upload", { threadId: z.string() })),
  errors: ["session_not_found", ...doErrors],
  examples: [
    {
      title: "A good result",
      given: "logged_in",
      input: { classification: "good_result", includeLogs: false },
      output: {
        status: "ok",
        result: { threadId: "01990000-0000-7000-8000-00000000a001", promptHash: null },
      },
    },
    {
      title: "Whether logs go along must be said",
      input: { classification: "bug" },
      error: "invalid_request",
    },
  ],
});
