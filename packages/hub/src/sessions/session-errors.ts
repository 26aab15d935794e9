/** What goes wrong with sessions, in their callers' words. */
import { type ErrorCode, isSignalboxError, SignalboxError } from "@signalbox/contract";

/** Whether an error has this code. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return isSignalboxError(error) && error.code === code;
}

/** An error with the session in its details; of a thread codex does not know, as `There is no session`. */
export function withSession(error: unknown, sessionId: string): unknown {
  if (!isSignalboxError(error)) return error;
  const message = hasCode(error, "session_not_found")
    ? `There is no session ${sessionId}.`
    : error.message;
  return new SignalboxError(error.code, message, {
    cause: error,
    details: { ...error.details, sessionId },
  });
}

/** There is nothing to interrupt. */
export function noActiveTurn(sessionId: string): SignalboxError {
  return new SignalboxError("no_active_turn", "No turn runs in this session.", {
    details: { sessionId },
  });
}

/** A turn runs or is starting. */
export function sessionBusy(sessionId: string, turnId: string | undefined): SignalboxError {
  return new SignalboxError(
    "session_busy",
    "A turn runs in this session. Wait for app_server.turn.completed, or interrupt it.",
    { details: { sessionId, turnId: turnId ?? null } },
  );
}
