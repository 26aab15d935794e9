/** Sessions' goals. They are Codex's own; the hub keeps nothing of them. */
import { type OperationInput, type OperationOutput, SignalboxError } from "@signalbox/contract";
import type { ThreadGoal } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { LoadedThreads } from "./loaded-threads.ts";
import type { Roster } from "./roster.ts";
import { withSession } from "./session-errors.ts";

/** What goals need of the hub. */
export interface GoalsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
}

/** Reads and changes goals. */
export class Goals {
  readonly #parts: GoalsParts;

  constructor(parts: GoalsParts) {
    this.#parts = parts;
  }

  async get({
    sessionId,
  }: OperationInput<"sessions.goal.get">): Promise<OperationOutput<"sessions.goal.get">> {
    this.#parts.roster.find(sessionId);
    try {
      return { sessionId, goal: toGoal(await this.#goalOf(sessionId)) };
    } catch (error) {
      throw withSession(error, sessionId);
    }
  }

  async set({
    sessionId,
    ...change
  }: OperationInput<"sessions.goal.set">): Promise<OperationOutput<"sessions.goal.set">> {
    const { roster, loaded, runtime } = this.#parts;
    const row = roster.writable(sessionId);
    const { goal } = await loaded.use(row, async () => {
      if (change.objective === undefined && (await this.#goalOf(sessionId)) === null) {
        throw noGoal(sessionId);
      }
      return runtime.request("thread/goal/set", { threadId: sessionId, origin: "user", ...change });
    });
    return { sessionId, goal: toGoal(goal) };
  }

  async clear({
    sessionId,
  }: OperationInput<"sessions.goal.clear">): Promise<OperationOutput<"sessions.goal.clear">> {
    const { roster, loaded, runtime } = this.#parts;
    const row = roster.writable(sessionId);
    const { cleared } = await loaded.use(row, () =>
      runtime.request("thread/goal/clear", { threadId: sessionId, origin: "user" }),
    );
    return { sessionId, cleared };
  }

  async #goalOf(threadId: string): Promise<ThreadGoal | null> {
    const { goal } = await this.#parts.runtime.request("thread/goal/get", { threadId });
    return goal ?? null;
  }
}

/** The goal without the thread it is of. */
function toGoal(goal: ThreadGoal | null): OperationOutput<"sessions.goal.get">["goal"] {
  if (goal === null) return null;
  const { threadId: _threadId, ...rest } = goal;
  return rest;
}

function noGoal(sessionId: string): SignalboxError {
  return new SignalboxError(
    "no_goal",
    "This session has no goal yet. Give an objective with the first one.",
    { details: { sessionId } },
  );
}
