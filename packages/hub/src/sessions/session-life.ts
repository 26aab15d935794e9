/** What happens to a session as a whole: its name, its place among the others, its end. */
import { existsSync } from "node:fs";
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { Thread } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Handles } from "./handles.ts";
import { type LoadedThreads, type Opened, startDeadline } from "./loaded-threads.ts";
import { toNewSession } from "./new-session.ts";
import type { Roster } from "./roster.ts";
import { hasCode, isArchived, notMaterialized, withSession } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import { refuseOtherTools } from "./tools.ts";

/** What it needs of the hub. */
export interface SessionLifeParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly handles: Handles;
  readonly log: Log;
}

/** Changes sessions as a whole. */
export class SessionLife {
  readonly #parts: SessionLifeParts;

  constructor(parts: SessionLifeParts) {
    this.#parts = parts;
  }

  async rename({
    sessionId,
    title,
    handle,
  }: OperationInput<"sessions.rename">): Promise<OperationOutput<"sessions.rename">> {
    const { roster, handles } = this.#parts;
    const { authority } = roster.writable(sessionId, { evenAttached: true });
    using _held = handles.hold(handle, sessionId);
    // Another client's thread keeps the name it has there.
    if (title !== undefined && authority === "owned") await this.#setName(sessionId, title);
    const row = await roster.update(sessionId, {
      ...(title === undefined ? {} : { title }),
      ...(handle === undefined ? {} : { handle }),
    });
    return { status: "ok", session: roster.summaryOf(row) };
  }

  async archive({
    sessionId,
  }: OperationInput<"sessions.archive">): Promise<OperationOutput<"sessions.archive">> {
    const { roster, runtime } = this.#parts;
    const row = roster.writable(sessionId);
    if (!row.archived) {
      try {
        await runtime.request("thread/archive", { threadId: sessionId });
      } catch (error) {
        if (hasCode(error, "session_not_found")) throw notMaterialized(sessionId);
        throw withSession(error, sessionId);
      }
      await roster.setArchived(sessionId, true);
    }
    return { status: "ok", sessionId };
  }

  async unarchive({
    sessionId,
  }: OperationInput<"sessions.unarchive">): Promise<OperationOutput<"sessions.unarchive">> {
    const { roster } = this.#parts;
    const row = roster.writable(sessionId);
    const thread = await this.#unarchive(row);
    // A name given meanwhile reached the hub only: codex names no archived thread.
    if (row.archived && row.title !== "" && thread.name !== row.title) {
      await this.#setName(sessionId, row.title);
    }
    const current = await roster.setArchived(sessionId, false);
    return { status: "ok", session: roster.summaryOf(current), thread };
  }

  async resume({
    sessionId,
    dynamicTools,
  }: OperationInput<"sessions.resume">): Promise<OperationOutput<"sessions.resume">> {
    const { roster, loaded } = this.#parts;
    const row = roster.isKept(sessionId) ? roster.writable(sessionId) : undefined;
    refuseOtherTools(sessionId, dynamicTools, row?.tools ?? []);
    if (row === undefined) return this.#adopt(sessionId);
    if (row.archived) throw isArchived(sessionId);
    try {
      const { thread } = await loaded.resume(row);
      return { session: roster.summaryOf(row), thread };
    } catch (error) {
      throw withSession(error, sessionId);
    }
  }

  async delete(
    input: OperationInput<"sessions.delete">,
  ): Promise<OperationOutput<"sessions.delete">> {
    const { sessionId } = input;
    const { roster, runtime } = this.#parts;
    const row = roster.writable(sessionId, input);
    const { title } = roster.summaryOf(row);
    const file = await this.#fileOf(sessionId);
    try {
      await runtime.request("thread/delete", { threadId: sessionId });
    } catch (error) {
      // Gone already: then only the hub's own part is left to do.
      if (!hasCode(error, "session_not_found")) throw withSession(error, sessionId);
    }
    await roster.bury(sessionId);
    const isGone = file !== undefined && !existsSync(file);
    return { status: "ok", sessionId, title, deletedFileCount: isGone ? 1 : 0 };
  }

  /** A thread of codex becomes a session. */
  async #adopt(threadId: string): Promise<OperationOutput<"sessions.resume">> {
    const { runtime, roster, loaded } = this.#parts;
    using _adopting = roster.adopting(threadId);
    let opened: Opened;
    try {
      opened = await runtime.request(
        "thread/resume",
        { threadId, excludeTurns: true },
        { deadline: startDeadline },
      );
    } catch (error) {
      throw hasCode(error, "session_not_found") ? roster.unknown(threadId) : error;
    }
    const row = toNewSession(opened, {});
    await loaded.settle(row, opened);
    const session = await roster.add(row);
    return { session, thread: opened.thread };
  }

  async #unarchive({ id: threadId, archived }: SessionRow): Promise<Thread> {
    const { runtime } = this.#parts;
    try {
      const method = archived ? "thread/unarchive" : "thread/read";
      const { thread } = await runtime.request(method, { threadId });
      return thread;
    } catch (error) {
      throw withSession(error, threadId);
    }
  }

  async #setName(threadId: string, name: string): Promise<void> {
    try {
      await this.#parts.runtime.request("thread/name/set", { threadId, name });
    } catch (error) {
      if (!hasCode(error, "session_not_found")) throw withSession(error, threadId);
      // Archived, or lost to codex: the hub's own title is kept all the same.
      this.#parts.log.info({ threadId }, "Codex did not take a session's title");
    }
  }

  /** Where codex keeps the history, for counting what a deletion removed. */
  async #fileOf(threadId: string): Promise<string | undefined> {
    try {
      const { thread } = await this.#parts.runtime.request("thread/read", { threadId });
      return thread.path !== null && existsSync(thread.path) ? thread.path : undefined;
    } catch (error) {
      if (hasCode(error, "session_not_found")) return undefined;
      throw error;
    }
  }
}
