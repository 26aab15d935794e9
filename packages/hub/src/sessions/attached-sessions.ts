/** Other clients' sessions: the hub watches them, and writes nothing to them but its own names for them. */
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { Thread } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Handles } from "./handles.ts";
import { toAttachedSession } from "./new-session.ts";
import type { Roster } from "./roster.ts";
import { hasCode, noSuchThread, sessionOwned } from "./session-errors.ts";

/** What it needs of the hub. */
export interface AttachedSessionsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly handles: Handles;
  /** Ends the questions of a thread that is not heard any more. */
  readonly forgetQuestions: (threadId: string) => Promise<void>;
  readonly log: Log;
}

/** How long codex may take to say what it knows of a thread, in ms. */
const readDeadline = 15_000;

/** Takes them in and lets go of them. */
export class AttachedSessions {
  readonly #parts: AttachedSessionsParts;

  constructor(parts: AttachedSessionsParts) {
    this.#parts = parts;
  }

  async attach({
    threadId,
    handle,
  }: OperationInput<"sessions.attach">): Promise<OperationOutput<"sessions.attach">> {
    const { roster, handles, runtime } = this.#parts;
    if (roster.isKept(threadId)) {
      return { status: "ok", session: roster.summaryOf(roster.find(threadId)) };
    }
    using _held = handles.hold(handle, threadId);
    const thread = await this.#read(threadId);
    const session = await roster.add(toAttachedSession(thread, handle ?? null));
    await runtime.follow(threadId);
    return { status: "ok", session };
  }

  async detach({
    sessionId,
  }: OperationInput<"sessions.detach">): Promise<OperationOutput<"sessions.detach">> {
    const { roster, runtime, forgetQuestions, log } = this.#parts;
    const row = roster.find(sessionId);
    if (row.authority !== "attached") throw sessionOwned(sessionId);
    const { title } = roster.summaryOf(row);
    // First of all, so that nothing brings it back meanwhile.
    await roster.detach(sessionId);
    try {
      await runtime.unfollow(sessionId);
    } catch (err) {
      // A connection that is gone hears it no more either, and the next one does not join it.
      log.info({ err, threadId: sessionId }, "Codex was not told that a thread is let go of");
    }
    await forgetQuestions(sessionId);
    return { status: "ok", sessionId, title };
  }

  /** What codex knows of a thread beside its turns. Loads nothing. */
  async #read(threadId: string): Promise<Thread> {
    try {
      const params = { threadId, includeTurns: false };
      const options = { deadline: readDeadline };
      return (await this.#parts.runtime.request("thread/read", params, options)).thread;
    } catch (error) {
      throw hasCode(error, "session_not_found") ? noSuchThread(threadId) : error;
    }
  }
}
