/** The projects as rows, which follow the journal. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { HubEventPayload, Project } from "@signalbox/contract";
import type { Projection } from "../journal/projection.ts";

/** The rows. */
export class ProjectStore {
  readonly #all: StatementSync;
  readonly #byId: StatementSync;
  readonly #byName: StatementSync;
  readonly #count: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #sessions: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare("SELECT * FROM project ORDER BY name_key");
    this.#byId = database.prepare("SELECT * FROM project WHERE id = ?");
    this.#byName = database.prepare("SELECT * FROM project WHERE name_key = ?");
    this.#count = database.prepare("SELECT count(*) AS count FROM project");
    this.#put = database.prepare("INSERT OR REPLACE INTO project VALUES (?, ?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM project WHERE id = ?");
    this.#sessions = database.prepare(
      "SELECT id FROM session WHERE project_id = ? AND deleted_at IS NULL ORDER BY created_at, id",
    );
  }

  /** All of them, by name. */
  all(): Project[] {
    return this.#all.all().map(fromRow);
  }

  get count(): number {
    return Number(this.#count.get()!.count);
  }

  get(projectId: string): Project | undefined {
    const row = this.#byId.get(projectId);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The one of this name, whatever its case. */
  named(name: string): Project | undefined {
    const row = this.#byName.get(toKey(name));
    return row === undefined ? undefined : fromRow(row);
  }

  put(project: Project): void {
    const { projectId, name, workingDirectory, createdAt, updatedAt } = project;
    this.#put.run(projectId, name, toKey(name), workingDirectory, createdAt, updatedAt);
  }

  remove(projectId: string): void {
    this.#remove.run(projectId);
  }

  /** Ids of the sessions that are assigned to it, archived ones too; the oldest first. */
  sessionsOf(projectId: string): string[] {
    return this.#sessions.all(projectId).map((row) => String(row.id));
  }
}

/** Keeps the rows as the projects' events tell. */
export function createProjectProjection(store: ProjectStore): Projection {
  return {
    name: "projects",
    types: ["project.created", "project.updated", "project.deleted"],
    apply({ type, value }) {
      if (type === "project.deleted") {
        store.remove((value as HubEventPayload<"project.deleted">).projectId);
      } else {
        store.put((value as HubEventPayload<"project.created" | "project.updated">).project);
      }
    },
  };
}

/** Names that differ in case or in how a letter is composed are one name. */
function toKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function fromRow(row: Record<string, SQLOutputValue>): Project {
  return {
    projectId: row.id as string,
    name: row.name as string,
    workingDirectory: row.working_directory as string | null,
    createdAt: row.created_at as string,
    updatedAt: row.updated_at as string,
  };
}
