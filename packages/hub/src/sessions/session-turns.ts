/** What people do with the turns of a session. */
import type { Operations, OutputOf, ParsedInputOf } from "@signalbox/contract";
import type { Runtime } from "../runtime/runtime.ts";
import type { Roster } from "./roster.ts";
import { hasCode, noActiveTurn, sessionBusy, withSession } from "./session-errors.ts";
import { startTurn } from "./start-turn.ts";
import { refuseOtherTools } from "./tools.ts";
import type { TurnTracker } from "./turn-tracker.ts";

/** What turns need of the hub. */
export interface SessionTurnsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly turns: TurnTracker;
}

type SendMessage = Operations["sessions.send_message"];
type Interrupt = Operations["sessions.interrupt"];

/** Starts and ends turns. */
export class SessionTurns {
  readonly #parts: SessionTurnsParts;

  constructor(parts: SessionTurnsParts) {
    this.#parts = parts;
  }

  async sendMessage(input: ParsedInputOf<SendMessage>): Promise<OutputOf<SendMessage>> {
    const { sessionId } = input;
    const { roster, turns, runtime } = this.#parts;
    const row = roster.writable(sessionId, input);
    refuseOtherTools(sessionId, input.dynamicTools, row.tools);
    const reservation = turns.reserve(sessionId);
    if (reservation === undefined) throw sessionBusy(sessionId, turns.activeTurnOf(sessionId));
    try {
      const turnId = await startTurn(runtime, row, input);
      reservation.accept(turnId);
      return { status: "accepted", sessionId, turnId };
    } catch (error) {
      throw withSession(error, sessionId);
    } finally {
      reservation.release();
    }
  }

  async interrupt(input: ParsedInputOf<Interrupt>): Promise<OutputOf<Interrupt>> {
    const { sessionId } = input;
    const { roster, turns, runtime } = this.#parts;
    roster.writable(sessionId, input);
    const turnId = input.turnId ?? turns.activeTurnOf(sessionId);
    if (turnId === undefined) throw noActiveTurn(sessionId);
    try {
      await runtime.request("turn/interrupt", { threadId: sessionId, turnId });
    } catch (error) {
      // Codex says so of a thread that is not loaded.
      if (hasCode(error, "session_not_found")) throw noActiveTurn(sessionId);
      throw withSession(error, sessionId);
    }
    return { status: "ok", sessionId, turnId };
  }
}
