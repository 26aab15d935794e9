/** Waiting for a session: until its turn has ended, or somebody must answer what it asks. */
import { setImmediate as nextLoop } from "node:timers/promises";
import {
  type AppServerSignal,
  type HubEventPayload,
  type OperationInput,
  type OperationOutput,
  SignalboxError,
} from "@signalbox/contract";
import type { NotificationParams } from "@signalbox/protocol";
import type { StoredEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Inbox } from "../requests/inbox.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ThreadProgress } from "../runtime/thread-progress.ts";
import type { Roster } from "../sessions/roster.ts";
import type { SessionRow } from "../sessions/session-row.ts";
import { readTurn, type TurnEnd, toTurnEnd } from "../sessions/threads.ts";
import type { TurnTracker } from "../sessions/turn-tracker.ts";
import type { Transcript } from "../transcript/transcript.ts";
import { News } from "./news.ts";
import { Patience } from "./patience.ts";

/** What waiting needs of the hub. */
export interface SessionWaitParts {
  readonly events: Pick<EventLog, "onAppended">;
  readonly roster: Roster;
  readonly turns: TurnTracker;
  readonly runtime: Runtime;
  readonly progress: ThreadProgress;
  readonly transcript: Transcript;
  readonly inbox: Inbox;
  /** Fires when the hub ends. */
  readonly closing: AbortSignal;
}

type Output = OperationOutput<"sessions.wait">;
type TurnParams = NotificationParams<"turn/completed">;
type Requests = Output["requests"];

/** Questions named in an answer, at most. */
const maxRequests = 50;

/** Waits for sessions. */
export class SessionWait {
  readonly #parts: SessionWaitParts;

  constructor(parts: SessionWaitParts) {
    this.#parts = parts;
  }

  /**
   * Gives how the turn ended (that of the input, else the one that runs or is about to), that a person
   * must answer first, that nothing runs, or that the time is over. Throws `turn_not_found`, `session_not_found`,
   * `session_deleted`, `aborted`, `hub_closing`, and what asking codex for an earlier turn does.
   */
  async wait(input: OperationInput<"sessions.wait">, signal: AbortSignal): Promise<Output> {
    const { sessionId, timeoutMs } = input;
    const { events, roster, turns, closing } = this.#parts;
    const ends = new Ends(sessionId);
    using news = new News(events, (event) => ends.hear(event));
    using _free = turns.onFree((threadId, by) => {
      // What app-server tells is heard as events.
      if (threadId === sessionId && by === "no_start") news.wake();
    });
    using patience = new Patience(timeoutMs, { signal, closing });
    let { turnId } = input;
    for (;;) {
      const coming = news.next;
      // What a policy answers is answered by then.
      await nextLoop();
      const row = roster.find(sessionId);
      const running = this.#running(sessionId);
      turnId ??= running ?? ends.latest;
      const requests = this.#requests(sessionId);
      const answer = { sessionId, turnId: turnId ?? null, reply: null, error: null, requests };
      if (requests.some((request) => isForPeople(request, turnId))) {
        return { ...answer, outcome: "needs_answer" };
      }
      const goesOn = turnId === undefined ? this.#isBeginning(row) : turnId === running;
      if (!goesOn) {
        const end = ends.of(turnId) ?? (await this.#readEnd(sessionId, turnId, signal));
        if (end === undefined) return { ...answer, outcome: "idle" };
        if (end.status !== "inProgress") {
          const reply = await this.#parts.transcript.replyOf(sessionId, end.turnId, signal);
          const outcome = turnId === undefined ? "idle" : toOutcome(end.status);
          return { ...answer, outcome, turnId: end.turnId, reply, error: end.error };
        }
        turnId = end.turnId;
      }
      if (patience.isOver) return { ...answer, turnId: turnId ?? null, outcome: "timed_out" };
      await patience.until(coming);
    }
  }

  /** The turn that runs, as far as codex and the journal tell: one that ended and is not told yet runs. */
  #running(sessionId: string): string | undefined {
    const active = this.#parts.roster.activeTurnOf(sessionId);
    if (active !== undefined) return active;
    const mark = this.#parts.progress.markOf(sessionId);
    return mark?.ended === false ? mark.turnId : undefined;
  }

  /** Whether a turn is being started, or what waits in the session starts one by itself. */
  #isBeginning({ id, queued, queueHold, archived }: SessionRow): boolean {
    return this.#parts.turns.isStarting(id) || (queued > 0 && queueHold === null && !archived);
  }

  #requests(sessionId: string): Requests {
    const open = { sessionId, state: "pending", order: "oldest", limit: maxRequests } as const;
    return this.#parts.inbox.list(open).data;
  }

  /** How a turn ended, or the last one; undefined when there is none. Throws `turn_not_found`. */
  async #readEnd(
    sessionId: string,
    turnId: string | undefined,
    signal: AbortSignal,
  ): Promise<TurnEnd | undefined> {
    const end = await readTurn(this.#parts.runtime, sessionId, turnId, signal);
    if (end !== undefined || turnId === undefined) return end;
    throw new SignalboxError(
      "turn_not_found",
      `The session has no turn ${turnId}. Leave turnId out to wait for the one that runs.`,
      { details: { sessionId, turnId } },
    );
  }
}

/** Events of a session, beside the ends of its turns, after which the answer may be another. */
const wakers: ReadonlySet<string> = new Set([
  "request.opened",
  "app_server.turn.started",
  // A turn that was expected comes no more.
  "app_server.thread.status.changed",
  "app_server.thread.closed",
]);

/** The ends of turns that are told while somebody waits. */
class Ends {
  readonly #sessionId: string;
  readonly #told = new Map<string, TurnEnd>();

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** Whether an event may end the wait. */
  hear({ type, threadId, value }: StoredEvent): boolean {
    if (type === "session.deleted" || type === "session.detached") {
      return (value as HubEventPayload<typeof type>).sessionId === this.#sessionId;
    }
    if (threadId !== this.#sessionId) return false;
    if (type === "app_server.turn.completed") {
      const { turn } = (value as AppServerSignal<string, TurnParams>).params;
      this.#told.set(turn.id, toTurnEnd(turn));
      return true;
    }
    return wakers.has(type);
  }

  of(turnId: string | undefined): TurnEnd | undefined {
    return turnId === undefined ? undefined : this.#told.get(turnId);
  }

  /** The turn that ended last while somebody waited. */
  get latest(): string | undefined {
    return [...this.#told.keys()].at(-1);
  }
}

/** Whether somebody must answer here. Programs answer tool calls, and other clients what their sessions ask. */
function isForPeople(request: Requests[number], turnId: string | undefined): boolean {
  if (request.kind === "tool_call" || request.authority === "attached") return false;
  return turnId === undefined || request.turnId === null || request.turnId === turnId;
}

function toOutcome(status: string): "completed" | "interrupted" | "failed" {
  return status === "completed" || status === "interrupted" ? status : "failed";
}
