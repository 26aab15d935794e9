/** Has codex load a session's thread when it does not hold it, with the settings the session has. */
import type { ErrorCode } from "@signalbox/contract";
import type { AskForApproval, Thread } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import { hasCode, isArchived, withSession } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import type { Standings } from "./standings.ts";
import { afterPatch, type Standing, toPatch } from "./thread-settings.ts";

/** How long loading, and starting something, may take, in ms. */
export const startDeadline = 60_000;

/** What codex answers when it opens a thread. */
export interface Opened extends Omit<Standing, "effort"> {
  readonly thread: Thread;
  readonly reasoningEffort: string | null;
  readonly serviceTier: string | null;
}

/** How telling a thread fails where it is only put off. */
const untold = [
  "session_not_found",
  "runtime_unavailable",
  "outcome_unknown",
  "overloaded",
] as const satisfies ErrorCode[];

/** Loads threads. */
export class LoadedThreads {
  readonly #runtime: Runtime;
  readonly #standings: Standings;

  constructor(runtime: Runtime, standings: Standings) {
    this.#runtime = runtime;
    this.#standings = standings;
  }

  /**
   * Does something that needs the thread loaded; loads it first when codex does not hold it. Throws
   * `invalid_state` for an archived session, and what `work` throws.
   */
  async use<Result>(row: SessionRow, work: () => Promise<Result>): Promise<Result> {
    if (row.archived) throw isArchived(row.id);
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, "session_not_found")) throw withSession(error, row.id);
    }
    try {
      await this.resume(row);
      return await work();
    } catch (error) {
      throw withSession(error, row.id);
    }
  }

  /** Loads the thread with the settings of the session. */
  async resume(row: SessionRow): Promise<Opened> {
    const { model, approvalPolicy, filesystemSandbox } = row.controls;
    const opened = await this.#runtime.request(
      "thread/resume",
      {
        threadId: row.id,
        excludeTurns: true,
        model,
        approvalPolicy: approvalPolicy as AskForApproval | null,
        sandbox: filesystemSandbox,
      },
      { deadline: startDeadline },
    );
    await this.settle(row, opened);
    return opened;
  }

  /**
   * Tells a thread that codex holds what its session has now. One it does not hold, or that can't be
   * told now, is told before its next turn. Throws what codex refuses.
   */
  async tell(row: SessionRow): Promise<void> {
    const standing = this.#standings.of(row.id);
    const patch = standing === undefined ? undefined : toPatch(standing, row);
    if (standing === undefined || patch === undefined) return;
    try {
      await this.#runtime.request("thread/settings/update", { threadId: row.id, ...patch });
    } catch (error) {
      if (untold.some((code) => hasCode(error, code))) return;
      throw withSession(error, row.id);
    }
    this.#standings.note(row.id, afterPatch(standing, patch));
  }

  /** Gives a thread that was just opened the settings of its session, where opening it did not. */
  async settle(row: Pick<SessionRow, "id" | "controls" | "effort">, opened: Opened): Promise<void> {
    const standing = toStanding(opened);
    this.#standings.note(row.id, standing);
    // A turn that runs keeps what it runs with; what is said now holds for the next one.
    const patch = toPatch(standing, row);
    if (patch === undefined) return;
    await this.#runtime.request("thread/settings/update", { threadId: row.id, ...patch });
    this.#standings.note(row.id, afterPatch(standing, patch));
  }
}

/** What a thread stands at that was just opened. */
export function toStanding(opened: Opened): Standing {
  const { model, approvalPolicy, sandbox, reasoningEffort: effort } = opened;
  return { model, approvalPolicy, sandbox, effort: effort ?? null };
}
