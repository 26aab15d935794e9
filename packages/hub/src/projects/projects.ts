/** Projects: making, changing and removing them, and which sessions are theirs. */
import { randomUUID } from "node:crypto";
import {
  type HubEventPayload,
  type OperationInput,
  type OperationOutput,
  type Project,
  SignalboxError,
} from "@signalbox/contract";
import { toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Roster } from "../sessions/roster.ts";
import type { ProjectStore } from "./project-store.ts";

/** What projects need of the hub. */
export interface ProjectsParts {
  readonly store: ProjectStore;
  readonly events: EventLog;
  readonly roster: Roster;
}

/** Projects, at most. */
export const maxProjects = 1000;

/** The projects. Each change is decided on what all earlier ones made, and is one event. */
export class Projects {
  readonly #parts: ProjectsParts;

  constructor(parts: ProjectsParts) {
    this.#parts = parts;
  }

  list(): OperationOutput<"projects.list"> {
    return { data: this.#parts.store.all() };
  }

  /** A project. Throws `project_not_found`. */
  find(projectId: string): Project {
    const project = this.#parts.store.get(projectId);
    if (project === undefined) throw projectNotFound(projectId);
    return project;
  }

  async create(
    input: OperationInput<"projects.create">,
  ): Promise<OperationOutput<"projects.create">> {
    const { store, events } = this.#parts;
    const at = new Date();
    const project: Project = {
      projectId: randomUUID(),
      name: input.name,
      workingDirectory: input.workingDirectory ?? null,
      createdAt: at.toISOString(),
      updatedAt: at.toISOString(),
    };
    await events.append(() => {
      this.#refuseTakenName(project);
      if (store.count >= maxProjects) throw tooManyProjects();
      return [toEvent("project.created", { project })];
    });
    return { status: "ok", project, orchestrationSession: null };
  }

  async rename(
    input: OperationInput<"projects.rename">,
  ): Promise<OperationOutput<"projects.rename">> {
    const { projectId, name, workingDirectory } = input;
    await this.#parts.events.append(() => {
      const before = this.find(projectId);
      const project: Project = {
        ...before,
        name,
        ...(workingDirectory === undefined ? {} : { workingDirectory }),
        updatedAt: new Date().toISOString(),
      };
      this.#refuseTakenName(project);
      const isSame = before.name === name && before.workingDirectory === project.workingDirectory;
      return isSame ? [] : [toEvent("project.updated", { project })];
    });
    return { status: "ok", project: this.find(projectId) };
  }

  async delete({
    projectId,
  }: OperationInput<"projects.delete">): Promise<OperationOutput<"projects.delete">> {
    const { store, events } = this.#parts;
    await events.append(() => {
      this.find(projectId);
      const sessionCount = store.sessionsOf(projectId).length;
      if (sessionCount > 0) throw projectNotEmpty(projectId, sessionCount);
      return [toEvent("project.deleted", { projectId })];
    });
    return { status: "ok", projectId, unassignedSessionCount: 0 };
  }

  /** Assigns a session. Its project can't go meanwhile, and one that has gone is not assigned. */
  async assign(
    input: OperationInput<"sessions.project.set">,
  ): Promise<OperationOutput<"sessions.project.set">> {
    const { sessionId, projectId } = input;
    const { roster, store } = this.#parts;
    let previousProjectId = roster.writable(sessionId).projectId;
    await roster.update(sessionId, (row) => {
      if (projectId !== null && store.get(projectId) === undefined) {
        throw projectNotFound(projectId, "project_not_found");
      }
      previousProjectId = row.projectId;
      return { projectId };
    });
    return { status: "ok", sessionId, projectId, previousProjectId };
  }

  #refuseTakenName({ projectId, name }: Project): void {
    const other = this.#parts.store.named(name);
    if (other === undefined || other.projectId === projectId) return;
    throw new SignalboxError("duplicate_name", `There is a project named ${other.name} already.`, {
      details: { projectId: other.projectId, name: other.name },
    });
  }
}

function toEvent<Name extends "project.created" | "project.updated" | "project.deleted">(
  name: Name,
  payload: HubEventPayload<Name>,
) {
  return toNewEvent(name, null, payload, Date.now());
}

function projectNotFound(
  projectId: string,
  status: "not_found" | "project_not_found" = "not_found",
): SignalboxError {
  return new SignalboxError("project_not_found", `There is no project ${projectId}.`, {
    status,
    details: { projectId },
  });
}

function projectNotEmpty(projectId: string, sessionCount: number): SignalboxError {
  return new SignalboxError(
    "project_not_empty",
    `${sessionCount} sessions are assigned to this project. Move or delete them first.`,
    { details: { projectId, sessionCount } },
  );
}

function tooManyProjects(): SignalboxError {
  return new SignalboxError(
    "too_many_projects",
    `There are ${maxProjects} projects, and no more are kept. Delete one first.`,
    { details: { limit: maxProjects } },
  );
}
