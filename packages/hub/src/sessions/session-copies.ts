/** Copies of sessions, which go their own way. */
import { resolve } from "node:path";
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { AskForApproval } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { Controls } from "./controls.ts";
import type { Handles } from "./handles.ts";
import { type LoadedThreads, type Opened, startDeadline } from "./loaded-threads.ts";
import { toNewSession } from "./new-session.ts";
import type { Roster } from "./roster.ts";
import { hasCode, notMaterialized, withSession } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import { withOverrides } from "./thread-settings.ts";

/** What copies need of the hub. */
export interface SessionCopiesParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly handles: Handles;
}

/** What a copy has otherwise. */
type Changes = Omit<OperationInput<"sessions.fork">, "sessionId">;

/** Copies sessions. */
export class SessionCopies {
  readonly #parts: SessionCopiesParts;

  constructor(parts: SessionCopiesParts) {
    this.#parts = parts;
  }

  async fork({
    sessionId,
    ...changes
  }: OperationInput<"sessions.fork">): Promise<OperationOutput<"sessions.fork">> {
    const { roster, handles } = this.#parts;
    const source = roster.writable(sessionId);
    using _held = handles.hold(changes.handle);
    const { opened, row } = await this.#fork(source, changes);
    const session = await roster.add(row);
    return { status: "ok", sourceSessionId: sessionId, session, thread: opened.thread };
  }

  /** A copy of a session, kept as a session of its own. */
  async copy(source: SessionRow): Promise<SessionRow> {
    const { row } = await this.#fork(source, {});
    await this.#parts.roster.add(row);
    return row;
  }

  async #fork(source: SessionRow, changes: Changes): Promise<{ opened: Opened; row: SessionRow }> {
    const { runtime, loaded } = this.#parts;
    const { title, handle, summary } = changes;
    const controls = withOverrides(source.controls, changes);
    const opened = await this.#open(source, changes, controls);
    const row = {
      ...toNewSession(opened, {
        ...(title === undefined ? {} : { title }),
        ...(handle === undefined ? {} : { handle }),
        controls,
        effort: changes.effort ?? source.effort,
        tools: source.tools,
      }),
      materialized: source.materialized,
    };
    await loaded.settle(row, opened);
    if (title !== undefined)
      await runtime.request("thread/name/set", { threadId: row.id, name: title });
    if (summary !== undefined) {
      await runtime.request("thread/settings/update", { threadId: row.id, summary });
    }
    return { opened, row };
  }

  async #open(source: SessionRow, changes: Changes, controls: Controls): Promise<Opened> {
    try {
      return await this.#parts.runtime.request(
        "thread/fork",
        {
          threadId: source.id,
          excludeTurns: true,
          // Codex gives a copy its own defaults where it is told nothing.
          cwd: resolve(source.cwd, changes.cwd ?? "."),
          model: controls.model,
          approvalPolicy: controls.approvalPolicy as AskForApproval | null,
          sandbox: controls.filesystemSandbox,
          serviceTier: changes.serviceTier ?? (await this.#serviceTierOf(source)),
          modelProvider: changes.modelProvider ?? null,
          approvalsReviewer: changes.approvalsReviewer ?? null,
          baseInstructions: changes.baseInstructions ?? null,
          developerInstructions: changes.developerInstructions ?? null,
        },
        { deadline: startDeadline },
      );
    } catch (error) {
      if (hasCode(error, "session_not_found")) throw notMaterialized(source.id);
      throw withSession(error, source.id);
    }
  }

  /** The hub does not keep it, and codex gives it to no copy by itself. */
  async #serviceTierOf(source: SessionRow): Promise<string | null> {
    const { serviceTier } = await this.#parts.loaded.resume(source);
    return serviceTier;
  }
}
