/** What is done to all sessions of a project at once. */
import { type OperationInput, type OperationOutput, SignalboxError } from "@signalbox/contract";
import type { Roster } from "../sessions/roster.ts";
import { hasCode } from "../sessions/session-errors.ts";
import type { SessionLife } from "../sessions/session-life.ts";
import type { SessionRow } from "../sessions/session-row.ts";
import type { ProjectStore } from "./project-store.ts";
import type { Projects } from "./projects.ts";

/** What it needs of the hub. */
export interface ProjectChatsParts {
  readonly store: ProjectStore;
  readonly projects: Projects;
  readonly roster: Roster;
  readonly life: SessionLife;
}

/** Moves and deletes sessions by project. */
export class ProjectChats {
  readonly #parts: ProjectChatsParts;

  constructor(parts: ProjectChatsParts) {
    this.#parts = parts;
  }

  async moveAll(
    input: OperationInput<"projects.chats.move_all">,
  ): Promise<OperationOutput<"projects.chats.move_all">> {
    const { projectId, destination } = input;
    const rows = this.#sessionsOf(projectId);
    const counts =
      destination === "archive" ? await this.#archive(rows) : await this.#unassign(rows, projectId);
    return {
      status: "ok",
      projectId,
      destination,
      movedSessionCount: 0,
      archivedSessionCount: 0,
      alreadyArchivedSessionCount: 0,
      ...counts,
    };
  }

  async deleteAll({
    projectId,
  }: OperationInput<"projects.chats.delete_all">): Promise<
    OperationOutput<"projects.chats.delete_all">
  > {
    const { life } = this.#parts;
    const rows = this.#sessionsOf(projectId);
    const own = rows.filter((row) => row.authority === "owned" && !row.systemOwned);
    let deletedSessionCount = 0;
    for (const { id } of own) {
      // One that somebody else deletes meanwhile is gone all the same.
      if (await unlessGone(life.delete({ sessionId: id }))) deletedSessionCount += 1;
    }
    const skippedSessionCount = rows.length - own.length;
    return { status: "ok", projectId, deletedSessionCount, skippedSessionCount };
  }

  async #unassign(rows: readonly SessionRow[], projectId: string) {
    const { roster } = this.#parts;
    for (const { id } of rows) {
      await roster.update(id, (row) => (row.projectId === projectId ? { projectId: null } : {}));
    }
    return { movedSessionCount: rows.length };
  }

  async #archive(rows: readonly SessionRow[]) {
    const { life, roster } = this.#parts;
    const due = rows.filter((row) => !row.archived);
    for (const { id } of due) roster.writable(id);
    const sessionIds = due.filter((row) => !row.materialized).map((row) => row.id);
    if (sessionIds.length > 0) throw notMaterializedSessions(sessionIds);
    let archivedSessionCount = 0;
    for (const { id } of due) {
      if (await unlessGone(life.archive({ sessionId: id }))) archivedSessionCount += 1;
    }
    return { archivedSessionCount, alreadyArchivedSessionCount: rows.length - due.length };
  }

  #sessionsOf(projectId: string): SessionRow[] {
    const { projects, store, roster } = this.#parts;
    projects.find(projectId);
    return store.sessionsOf(projectId).map((id) => roster.find(id));
  }
}

async function unlessGone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (hasCode(error, "session_deleted")) return false;
    throw error;
  }
}

function notMaterializedSessions(sessionIds: readonly string[]): SignalboxError {
  return new SignalboxError(
    "not_materialized_sessions",
    `${sessionIds.length} sessions can't be archived, since nobody has spoken in them. None was archived: delete those first, or speak in them.`,
    { details: { sessionIds } },
  );
}
