/** Operations on the sessions of a project. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

/** Moves all sessions out of a project, or into the archive. */
export const projectsChatsMoveAll = defineOperation({
  name: "projects.chats.move_all",
  summary: "Unassign all sessions of a project, or archive them",
  intent: "destroy",
  idempotent: true,
  http: { method: "POST", path: "/api/projects/:projectId/chats/move-all" },
  input: z.strictObject({
    projectId: fields.projectId,
    destination: z
      .enum(["unassigned", "archive"])
      .describe("archive: they stay assigned; none is archived when one can't be"),
  }),
  output: z.object({
    status: z.literal("ok"),
    projectId: z.string(),
    destination: z.enum(["unassigned", "archive"]),
    movedSessionCount: z.number().int().describe("Unassigned ones"),
    archivedSessionCount: z.number().int(),
    alreadyArchivedSessionCount: z.number().int(),
  }),
  errors: [
    "project_not_found",
    "not_materialized_sessions",
    "session_attached",
    "codex_error",
    "overloaded",
    "outcome_unknown",
  ],
  examples: [
    {
      title: "An empty project",
      given: "project",
      input: { projectId: exampleIds.projectId, destination: "unassigned" },
      output: {
        status: "ok",
        projectId: exampleIds.projectId,
        destination: "unassigned",
        movedSessionCount: 0,
        archivedSessionCount: 0,
        alreadyArchivedSessionCount: 0,
      },
    },
    {
      title: "No such project",
      input: { projectId: "none", destination: "archive" },
      error: "project_not_found",
    },
  ],
});

/** Deletes all sessions of a project. */
export const projectsChatsDeleteAll = defineOperation({
  name: "projects.chats.delete_all",
  summary: "Delete all sessions of a project for good",
  intent: "destroy",
  idempotent: false,
  http: { method: "POST", path: "/api/projects/:projectId/chats/delete-all" },
  input: z.strictObject({ projectId: fields.projectId }),
  output: z.object({
    status: z.literal("ok"),
    projectId: z.string(),
    deletedSessionCount: z.number().int(),
    skippedSessionCount: z
      .number()
      .int()
      .describe("Those that are not the caller's to delete: the hub's own and other clients'"),
  }),
  errors: ["project_not_found", "codex_error", "overloaded", "outcome_unknown"],
  examples: [
    {
      title: "An empty project",
      given: "project",
      input: { projectId: exampleIds.projectId },
      output: {
        status: "ok",
        projectId: exampleIds.projectId,
        deletedSessionCount: 0,
        skippedSessionCount: 0,
      },
    },
    { title: "No such project", input: { projectId: "none" }, error: "project_not_found" },
  ],
});

/** Assigns a session. */
export const sessionsProjectSet = defineOperation({
  name: "sessions.project.set",
  summary: "Assign a session to a project, or to none",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/project" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    projectId: fields.projectId.nullable().describe("Null: to none"),
  }),
  output: z.object({
    status: z.literal("ok"),
    sessionId: z.string(),
    projectId: z.string().nullable(),
    previousProjectId: z.string().nullable(),
  }),
  errors: [...fields.sessionWriteErrors, "project_not_found"],
  examples: [
    {
      title: "To none",
      given: "session",
      input: { sessionId: exampleIds.sessionId, projectId: null },
      output: {
        status: "ok",
        sessionId: exampleIds.sessionId,
        projectId: null,
        previousProjectId: null,
      },
    },
    {
      title: "To a project that does not exist",
      given: "session",
      input: { sessionId: exampleIds.sessionId, projectId: "none" },
      error: "project_not_found",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, projectId: null },
      error: "session_not_found",
    },
  ],
});
