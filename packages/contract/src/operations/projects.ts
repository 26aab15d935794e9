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
    projectId: fields.projectId,
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
  input: z.strictObject({ projectId: fields.projectId }),
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
