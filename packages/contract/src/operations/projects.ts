/** Operations on projects: named groups of sessions with a directory of their own. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";

/** A group of sessions. */
export const project = z.object({
  projectId: z.string(),
  name: z.string().describe("Unique, whatever its case"),
  workingDirectory: z.string().nullable(),
  createdAt: z.string().describe("ISO time"),
  updatedAt: z.string().describe("ISO time"),
});

/** A group of sessions. */
export type Project = z.output<typeof project>;

const projectId = z.string().min(1).max(200).describe("Project id");
const name = z.string().trim().min(1).max(120).describe("Unique, whatever its case");
const workingDirectory = z.string().trim().min(1).max(2000).nullable();

const exampleProject = {
  projectId: exampleIds.projectId,
  name: "Website",
  workingDirectory: "/home/me/website",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
} satisfies Project;

/** Lists projects. */
export const projectsList = defineOperation({
  name: "projects.list",
  summary: "List projects by name",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/projects" },
  input: z.strictObject({}),
  output: z.object({ data: z.array(project) }),
  errors: [],
  examples: [
    {
      title: "All projects",
      given: "project",
      input: {},
      output: { data: [exampleProject] },
    },
    { title: "An unknown field is refused", input: { page: 2 }, error: "invalid_request" },
  ],
});

/** Makes a project. */
export const projectsCreate = defineOperation({
  name: "projects.create",
  summary: "Make a project",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/projects" },
  input: z.strictObject({ name, workingDirectory: workingDirectory.optional() }),
  output: z.object({
    status: z.literal("ok"),
    project,
    orchestrationSession: z.null().describe("A project has no session of its own"),
  }),
  errors: ["duplicate_name", "too_many_projects"],
  examples: [
    {
      title: "A project with a directory",
      input: { name: "Website", workingDirectory: "/home/me/website" },
      output: { status: "ok", project: exampleProject, orchestrationSession: null },
    },
    {
      title: "A name that is taken, in another case",
      given: "project",
      input: { name: exampleIds.projectName.toUpperCase() },
      error: "duplicate_name",
    },
    { title: "A blank name is refused", input: { name: "  " }, error: "invalid_request" },
  ],
});

/** Changes a project's name or directory. */
export const projectsRename = defineOperation({
  name: "projects.rename",
  summary: "Change a project's name, and its directory where one is given",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/projects/:projectId/rename" },
  input: z.strictObject({
    projectId,
    name,
    workingDirectory: workingDirectory.optional().describe("Left out: stays. Null: none"),
  }),
  output: z.object({ status: z.literal("ok"), project }),
  errors: ["project_not_found", "duplicate_name"],
  examples: [
    {
      title: "Another name",
      given: "project",
      input: { projectId: exampleIds.projectId, name: "Web shop" },
      output: { status: "ok", project: { ...exampleProject, name: "Web shop" } },
    },
    {
      title: "No such project",
      input: { projectId: "none", name: "Web shop" },
      error: "project_not_found",
    },
  ],
});

/** Removes an empty project. */
export const projectsDelete = defineOperation({
  name: "projects.delete",
  summary: "Remove a project that no session is assigned to",
  intent: "destroy",
  idempotent: false,
  http: { method: "DELETE", path: "/api/projects/:projectId" },
  input: z.strictObject({ projectId }),
  output: z.object({
    status: z.literal("ok"),
    projectId: z.string(),
    unassignedSessionCount: z.literal(0),
  }),
  errors: ["project_not_found", "project_not_empty"],
  examples: [
    {
      title: "An empty project",
      given: "project",
      input: { projectId: exampleIds.projectId },
      output: { status: "ok", projectId: exampleIds.projectId, unassignedSessionCount: 0 },
    },
    { title: "No such project", input: { projectId: "none" }, error: "project_not_found" },
  ],
});

/** Moves all sessions out of a project, or into the archive. */
export const projectsChatsMoveAll = defineOperation({
  name: "projects.chats.move_all",
  summary: "Unassign all sessions of a project, or archive them",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/projects/:projectId/chats/move-all" },
  input: z.strictObject({
    projectId,
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
  input: z.strictObject({ projectId }),
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
    projectId: projectId.nullable().describe("Null: to none"),
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
