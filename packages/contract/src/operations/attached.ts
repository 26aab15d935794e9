/** Watching the sessions of other clients: taking one in, and letting go of it. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { askErrors } from "./codex-answer.ts";
import * as fields from "./fields.ts";
import { sessionSummary } from "./session.ts";
import { exampleSession } from "./session-examples.ts";

const { sessionId, threadId, unknownSessionId } = exampleIds;
const watched = { ...exampleSession, sessionId: threadId, authority: "attached" } as const;

/**
 * Takes a thread in that another client of Codex runs. Codex is asked for what it knows of the thread
 * and not for its turns, and the thread is not loaded. What is said in it can be read; on a shared
 * runtime that holds the thread it is also heard live.
 */
export const sessionsAttach = defineOperation({
  name: "sessions.attach",
  summary: "Watch a thread of another Codex client as a session: read it, never write to it",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/threads/:threadId/attach" },
  input: z.strictObject({
    threadId: fields.threadId,
    handle: fields.handle.optional().describe("Such as @tui; default: none"),
  }),
  output: z.object({
    status: z.literal("ok"),
    session: sessionSummary.describe("As it is kept already, if it is: then nothing changes"),
  }),
  errors: ["session_not_found", "session_deleted", "handle_taken", ...askErrors],
  examples: [
    {
      title: "A thread that was begun in the Codex TUI",
      given: "unkept_thread",
      input: { threadId, handle: exampleIds.handle },
      output: { status: "ok", session: { ...watched, handle: exampleIds.handle } },
    },
    {
      title: "Codex has no such thread",
      input: { threadId: unknownSessionId },
      error: "session_not_found",
    },
    {
      title: "A thread is named by its id, and a handle has no blanks",
      input: { threadId, handle: "the tui" },
      error: "invalid_request",
    },
  ],
});

/** Lets go of another client's session. The thread itself stays as it is. */
export const sessionsDetach = defineOperation({
  name: "sessions.detach",
  summary: "Stop watching another client's session and forget it; its thread stays as it is",
  intent: "destroy",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/detach" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: z.literal("ok"), sessionId: z.string(), title: z.string() }),
  errors: [...fields.sessionReadErrors, "session_owned"],
  examples: [
    {
      title: "A session is let go of",
      given: "attached_session",
      input: { sessionId },
      output: { status: "ok", sessionId, title: "New chat" },
    },
    {
      title: "A session of the hub's own is archived or deleted instead",
      given: "session",
      input: { sessionId },
      error: "session_owned",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId },
      error: "session_not_found",
    },
  ],
});
