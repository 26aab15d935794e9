/** What happens to a session as a whole: its name, its place among the others, its copies, its end. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { sessionSummary, thread } from "./session.ts";
import { exampleSession, exampleThread } from "./session-examples.ts";
import { instructionFields, runFields } from "./session-start.ts";

const ok = z.literal("ok");
const { sessionId, unknownSessionId } = exampleIds;
const noSuchSession = {
  title: "No such session",
  input: { sessionId: unknownSessionId },
  error: "session_not_found",
} as const;
const deletedSession = {
  title: "A session that was deleted stays known as deleted",
  given: "deleted_session",
  input: { sessionId },
  error: "session_deleted",
} as const;

/**
 * Renames a session. Of another client's session too: then only the hub's own names of it change, and
 * codex is told nothing.
 */
export const sessionsRename = defineOperation({
  name: "sessions.rename",
  summary: "Give a session another title or handle, or both",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/rename" },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      title: z.string().trim().min(1).max(200).optional().describe("1 to 200 characters"),
      handle: fields.handle.nullable().optional().describe("Such as @reviewer; null takes it away"),
    })
    .refine(({ title, handle }) => title !== undefined || handle !== undefined, {
      path: ["title"],
      message: "Give a title, a handle or both",
    }),
  output: z.object({ status: ok, session: sessionSummary }),
  errors: [
    ...fields.sessionReadErrors,
    "system_session",
    "handle_taken",
    "writer_conflict",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "A new title",
      given: "session",
      input: { sessionId, title: "Release notes" },
      output: { status: "ok", session: { ...exampleSession, title: "Release notes" } },
    },
    {
      title: "A handle, by which the session can be named from then on",
      given: "session",
      input: { sessionId, handle: exampleIds.handle },
      output: { status: "ok", session: { ...exampleSession, handle: exampleIds.handle } },
    },
    {
      title: "Neither a title nor a handle is nothing to do",
      given: "session",
      input: { sessionId },
      error: "invalid_request",
    },
    {
      title: "An unknown handle is refused, with those that are like it",
      input: { sessionId: "@nobody-has-this-one", title: "Ghost" },
      error: "session_not_found",
    },
    {
      title: "A title of nothing but blanks is refused",
      given: "session",
      input: { sessionId, title: "  " },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { sessionId: unknownSessionId, title: "Ghost" },
      error: "session_not_found",
    },
  ],
});

/** Archives a session. */
export const sessionsArchive = defineOperation({
  name: "sessions.archive",
  summary:
    "Put a session away: it is listed among the archived ones, and a turn that runs is ended",
  intent: "destroy",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/archive" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: ok, sessionId: z.string() }),
  errors: [
    ...fields.sessionWriteErrors,
    "not_materialized",
    "writer_conflict",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "A session is put away",
      given: "spoken_session",
      input: { sessionId },
      output: { status: "ok", sessionId },
    },
    noSuchSession,
    deletedSession,
  ],
});

/** Takes a session out of the archive. */
export const sessionsUnarchive = defineOperation({
  name: "sessions.unarchive",
  summary: "Take a session out of the archive",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/unarchive" },
  input: z.strictObject({ sessionId: fields.sessionId }),
  output: z.object({ status: ok, session: sessionSummary, thread }),
  errors: [...fields.sessionWriteErrors, "writer_conflict", ...fields.codexWriteErrors],
  examples: [
    {
      title: "A session comes back",
      given: "archived_session",
      input: { sessionId },
      output: { status: "ok", session: exampleSession, thread: exampleThread },
    },
    noSuchSession,
  ],
});

/** Resumes a session. */
export const sessionsResume = defineOperation({
  name: "sessions.resume",
  summary:
    "Have Codex load a session again with its settings; a thread that the hub does not keep becomes a session",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/resume" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    dynamicTools: fields.dynamicTools
      .optional()
      .describe("Accepted when empty or equal to the session's own: they are fixed at creation"),
  }),
  output: z.object({
    session: sessionSummary,
    thread: thread.describe("Without its turns, which sessions.get reads"),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "catalog_fixed",
    "writer_conflict",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "A session is loaded",
      given: "spoken_session",
      input: { sessionId },
      output: { session: exampleSession, thread: exampleThread },
    },
    { ...noSuchSession, title: "Codex has no such thread either" },
    {
      title: "An archived session is taken out of the archive first",
      given: "archived_session",
      input: { sessionId },
      error: "invalid_state",
    },
  ],
});

/** Copies a session. */
export const sessionsFork = defineOperation({
  name: "sessions.fork",
  summary: "Copy a session with its history, settings and tools; the copy goes its own way",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/sessions/:sessionId/fork" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    title: z.string().trim().min(1).max(200).optional().describe("1 to 200 characters"),
    handle: fields.handle.optional().describe("Such as @reviewer; unique"),
    ...runFields,
    cwd: fields.path.optional().describe("Working directory; the source's if absent"),
    baseInstructions: instructionFields.baseInstructions,
    developerInstructions: instructionFields.developerInstructions,
  }),
  output: z.object({
    status: ok,
    sourceSessionId: z.string(),
    session: sessionSummary,
    thread: thread.describe("Without its turns, which sessions.get reads"),
  }),
  errors: [
    ...fields.sessionWriteErrors,
    "not_materialized",
    "handle_taken",
    ...fields.codexWriteErrors,
  ],
  examples: [
    {
      title: "A copy that thinks harder",
      given: "spoken_session",
      input: { sessionId, title: "Second thoughts", effort: "high" },
      output: {
        status: "ok",
        sourceSessionId: sessionId,
        session: {
          ...exampleSession,
          sessionId: "01990000-0000-7000-8000-00000000a0f0",
          title: "Second thoughts",
          effort: "high",
        },
        thread: { ...exampleThread, id: "01990000-0000-7000-8000-00000000a0f0" },
      },
    },
    noSuchSession,
  ],
});

/** Deletes a session. */
export const sessionsDelete = defineOperation({
  name: "sessions.delete",
  summary: "Delete a session for good: its history goes, and that it was deleted stays known",
  intent: "destroy",
  idempotent: false,
  http: { method: "DELETE", path: "/api/sessions/:sessionId" },
  input: z.strictObject({ sessionId: fields.sessionId, asSystem: fields.asSystem }),
  output: z.object({
    status: ok,
    sessionId: z.string(),
    title: z.string(),
    deletedFileCount: z.number().int().describe("Files of history that are gone from the disk"),
  }),
  errors: [...fields.sessionWriteErrors, "writer_conflict", ...fields.codexWriteErrors],
  examples: [
    {
      title: "A session is deleted",
      given: "spoken_session",
      input: { sessionId },
      output: { status: "ok", sessionId, title: "New chat", deletedFileCount: 1 },
    },
    noSuchSession,
    deletedSession,
  ],
});
