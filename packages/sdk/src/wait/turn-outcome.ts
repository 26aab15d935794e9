/** How turns ended and what was said in them, as a session's answer tells. */
import type { Operations, OutputOf } from "@signalbox/contract";
import type { TurnEnd } from "./turn-watch.ts";

type Session = OutputOf<Operations["sessions.get"]>;

/**
 * The end of a turn; undefined while it runs and when the session does not have it. What the thread
 * says of a turn that runs is not asked: codex may read it back as interrupted.
 */
export function turnEndOf({ session, thread }: Session, turnId: string): TurnEnd | undefined {
  const turn = thread.turns.find(({ id }) => id === turnId);
  if (turn === undefined || session.activeTurnId === turnId) return undefined;
  if (turn.status === "inProgress") return undefined;
  const error = turn.error == null ? null : { message: turn.error.message };
  return { turnId, status: turn.status, error };
}

/** The last whole thing the agent said in a turn; null when it said nothing. */
export function assistantReplyOf({ transcript }: Session, turnId: string): string | null {
  const said = transcript.findLast(
    (entry) =>
      entry.turnId === turnId &&
      entry.role === "assistant" &&
      entry.status === "complete" &&
      entry.content.trim() !== "",
  );
  return said?.content ?? null;
}
