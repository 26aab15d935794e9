/** The tools that processes outside Codex run for a session. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

/** Reads a session's tools. */
export const sessionsToolsGet = defineOperation({
  name: "sessions.tools.get",
  summary: "Read the tools a session was created with, so that a process can offer them again",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/tools" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({
    sessionId: z.string(),
    dynamicTools: fields.dynamicTools.describe("By name; empty for a session without tools"),
    version: z.string().describe("The same for the same tools, another for others"),
  }),
  errors: [...fields.sessionReadErrors],
  examples: [
    {
      title: "The tools of a session, as they were given when it was created",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: {
        sessionId: exampleIds.sessionId,
        dynamicTools: [
          {
            name: "uppercase",
            description: "Give a text back in capitals",
            inputSchema: { type: "object", properties: { text: { type: "string" } } },
          },
        ],
        version: "5d1c4b9f03a7e682",
      },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});
