/** The way to every other method of app-server. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { codexDid, doErrors } from "./codex-answer.ts";
import { jsonValue } from "./json-value.ts";

/** Calls a method of app-server. */
export const appServerCall = defineOperation({
  name: "app_server.call",
  summary:
    "Call a method of app-server that has no operation of its own; what may do harm is denied unless the hub was started to allow it",
  intent: "write",
  idempotent: false,
  hasSecrets: true,
  http: { method: "POST", path: "/api/app-server/call" },
  input: z.strictObject({
    method: z.string().min(1).max(200).describe("As codex names it, such as thread/list"),
    params: z
      .record(z.string(), jsonValue)
      .optional()
      .describe("As codex takes them; none if absent"),
  }),
  output: codexDid(jsonValue),
  errors: [
    "method_denied",
    "session_not_found",
    "no_active_turn",
    "turn_mismatch",
    "writer_conflict",
    "config_conflict",
    "mcp_server_not_found",
    ...doErrors,
  ],
  examples: [
    {
      title: "Threads, as codex lists them",
      input: { method: "thread/list", params: { limit: 1 } },
      output: { status: "ok", result: { data: [], nextCursor: null } },
    },
    {
      title: "A method that writes files is denied",
      input: { method: "fs/writeFile", params: { path: "/etc/motd", dataBase64: "" } },
      error: "method_denied",
    },
    {
      title: "A method nobody has looked at is denied",
      input: { method: "thread/somethingNew" },
      error: "method_denied",
    },
    {
      title: "Params codex does not take are refused by it",
      input: { method: "thread/list", params: { limit: "ten" } },
      error: "invalid_params",
    },
    {
      title: "A thread codex does not know",
      input: { method: "thread/read", params: { threadId: "not-an-id" } },
      error: "session_not_found",
    },
  ],
});
