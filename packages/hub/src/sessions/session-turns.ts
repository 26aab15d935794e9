/** What people do with the turns of a session. */
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { ReviewTarget } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { LoadedThreads } from "./loaded-threads.ts";
import type { Roster } from "./roster.ts";
import type { SessionCopies } from "./session-copies.ts";
import {
  hasCode,
  noActiveTurn,
  notMaterialized,
  sessionBusy,
  withSession,
} from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import type { Reservation, TurnTracker } from "./turn-tracker.ts";

/** What turns need of the hub. */
export interface SessionTurnsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly turns: TurnTracker;
  readonly loaded: LoadedThreads;
  readonly copies: SessionCopies;
}

/** Ends turns, and what else is done to them. */
export class SessionTurns {
  readonly #parts: SessionTurnsParts;

  constructor(parts: SessionTurnsParts) {
    this.#parts = parts;
  }

  async interrupt(
    input: OperationInput<"sessions.interrupt">,
  ): Promise<OperationOutput<"sessions.interrupt">> {
    const { sessionId } = input;
    const { roster, turns, runtime } = this.#parts;
    roster.writable(sessionId, input);
    const turnId = input.turnId ?? turns.activeTurnOf(sessionId);
    if (turnId === undefined) throw noActiveTurn(sessionId);
    try {
      await runtime.request("turn/interrupt", { threadId: sessionId, turnId });
    } catch (error) {
      throw toTurnError(error, sessionId);
    }
    return { status: "ok", sessionId, turnId };
  }

  async compact({
    sessionId,
  }: OperationInput<"sessions.compact">): Promise<OperationOutput<"sessions.compact">> {
    const { roster, runtime, loaded } = this.#parts;
    const row = roster.writable(sessionId);
    const result = await this.#whileIdle(row, async (reservation) => {
      const answer = await loaded.use(row, () =>
        runtime.request("thread/compact/start", { threadId: sessionId }),
      );
      // The answer does not name the turn that does it.
      reservation.expect();
      return answer;
    });
    return { status: "ok", sessionId, result };
  }

  async rollback({
    sessionId,
    numTurns,
  }: OperationInput<"sessions.rollback">): Promise<OperationOutput<"sessions.rollback">> {
    const { roster, runtime, loaded } = this.#parts;
    const row = roster.writable(sessionId);
    const result = await this.#whileIdle(row, () =>
      loaded.use(row, async () => {
        const beforeTurnId = await this.#nthNewestTurn(sessionId, numTurns);
        if (beforeTurnId === undefined) throw notMaterialized(sessionId);
        return runtime.request("thread/revert", { threadId: sessionId, beforeTurnId });
      }),
    );
    return { status: "ok", sessionId, numTurns, result };
  }

  async review(
    input: OperationInput<"sessions.review">,
  ): Promise<OperationOutput<"sessions.review">> {
    const { sessionId } = input;
    const { roster, runtime, loaded, copies } = this.#parts;
    let row = roster.writable(sessionId);
    if (input.delivery === "detached") row = await copies.copy(row);
    const { id: threadId } = row;
    const result = await this.#whileIdle(row, async (reservation) => {
      const answer = await loaded.use(row, () =>
        runtime.request("review/start", { threadId, target: toTarget(input) }),
      );
      reservation.accept(answer.turn.id);
      return answer;
    });
    return { status: "ok", sessionId, result };
  }

  async cleanBackgroundTerminals({
    sessionId,
  }: OperationInput<"sessions.background_terminals.clean">): Promise<
    OperationOutput<"sessions.background_terminals.clean">
  > {
    const { roster, runtime, loaded } = this.#parts;
    const row = roster.writable(sessionId);
    const result = await loaded.use(row, () =>
      runtime.request("thread/backgroundTerminals/clean", { threadId: sessionId }),
    );
    return { status: "ok", sessionId, result };
  }

  /** Does something that must not meet a running turn. Throws `session_busy`. */
  async #whileIdle<Result>(
    row: SessionRow,
    work: (reservation: Reservation) => Promise<Result>,
  ): Promise<Result> {
    const { turns } = this.#parts;
    const reservation = turns.reserve(row.id);
    if (reservation === undefined) throw sessionBusy(row.id, turns.activeTurnOf(row.id));
    try {
      return await work(reservation);
    } finally {
      reservation.release();
    }
  }

  /** The nth turn from the newest, or the oldest when there are fewer. */
  async #nthNewestTurn(threadId: string, n: number): Promise<string | undefined> {
    let cursor: string | null = null;
    let left = n;
    let oldest: string | undefined;
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } =
        await this.#parts.runtime.request("thread/turns/list", {
          threadId,
          cursor,
          limit: Math.min(left, 100),
          sortDirection: "desc",
          itemsView: "notLoaded",
        });
      oldest = page.data.at(-1)?.id ?? oldest;
      left -= page.data.length;
      cursor = page.nextCursor;
    } while (cursor !== null && left > 0);
    return oldest;
  }
}

/** Codex does not know a thread that is not loaded: there no turn runs. */
function toTurnError(error: unknown, sessionId: string): unknown {
  if (hasCode(error, "session_not_found")) return noActiveTurn(sessionId);
  return withSession(error, sessionId);
}

function toTarget(input: OperationInput<"sessions.review">): ReviewTarget {
  const { targetType } = input;
  switch (targetType) {
    case "uncommittedChanges":
      return { type: targetType };
    case "baseBranch":
      return { type: targetType, branch: input.branch };
    case "commit":
      return { type: targetType, sha: input.sha!, title: input.title ?? null };
    case "custom":
      return { type: targetType, instructions: input.instructions ?? generalReview };
  }
}

const generalReview =
  "Review the work of this session: look for mistakes, risks and missing tests.";
