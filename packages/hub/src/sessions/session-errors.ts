/** What goes wrong with sessions, in their callers' words. */
import { type ErrorCode, isSignalboxError, SignalboxError } from "@signalbox/contract";
import { nearSessions } from "./near-sessions.ts";
import type { NamedSession, SessionNames } from "./session-names.ts";
import type { SessionRow } from "./session-row.ts";
import { toSummary } from "./summary.ts";

/** Whether an error has this code. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return isSignalboxError(error) && error.code === code;
}

/** An error with the session in its details; of a thread codex does not know any more it says so. */
export function withSession(error: unknown, sessionId: string): unknown {
  if (!isSignalboxError(error)) return error;
  const message = hasCode(error, "session_not_found")
    ? `Codex has lost the history of session ${sessionId}. sessions.delete takes it off the list.`
    : error.message;
  return new SignalboxError(error.code, message, {
    cause: error,
    details: { ...error.details, sessionId },
  });
}

/** What is said of a session that was deleted. */
export function deletedMessage(sessionId: string): string {
  return `The session ${sessionId} was deleted.`;
}

/** The hub keeps no session that is called so. Names those it keeps that are called nearly so. */
export function sessionNotFound(given: string, names: SessionNames): SignalboxError {
  const near = nearSessions(names, given);
  const advice =
    near.length > 0
      ? `Did you mean ${near.map(calledAs).join(" or ")}?`
      : given.startsWith("@")
        ? "sessions.list shows which handles there are."
        : "A thread of Codex that the hub does not keep is adopted by sessions.resume.";
  return new SignalboxError("session_not_found", `There is no session ${given}. ${advice}`, {
    details: { sessionId: given, near },
  });
}

/** Codex has no such thread either. */
export function noSuchThread(threadId: string): SignalboxError {
  return new SignalboxError(
    "session_not_found",
    `Codex has no thread ${threadId}. sessions.discover shows which there are; one that nobody has spoken in is not among them.`,
    { details: { threadId } },
  );
}

/** Several sessions are called so. */
export function ambiguousSelector(
  given: string,
  sessions: readonly NamedSession[],
  limit: number,
): SignalboxError {
  const candidates = sessions.slice(0, limit);
  const many = sessions.length > limit ? `More than ${limit}` : String(sessions.length);
  return new SignalboxError(
    "ambiguous_selector",
    `${many} sessions have the title ${JSON.stringify(given)}. Name one by its id or handle: ${candidates.map(calledAs).join(", ")}.`,
    { details: { candidates } },
  );
}

/** Another session has the handle, or (null) is about to have it. */
export function handleTaken(handle: string, sessionId: string | null): SignalboxError {
  const holder = sessionId === null ? "A session that is being made" : `The session ${sessionId}`;
  return new SignalboxError(
    "handle_taken",
    `${holder} has the handle ${handle}. Take another one, or take it from there first.`,
    { details: { handle, sessionId } },
  );
}

function calledAs({ sessionId, handle, title }: NamedSession): string {
  const name = handle ?? sessionId;
  return title === "" ? name : `${name} (${title})`;
}

/** The session was deleted for good. */
export function sessionDeleted(row: SessionRow, deletedAt: number): SignalboxError {
  return new SignalboxError("session_deleted", deletedMessage(row.id), {
    details: {
      sessionId: row.id,
      title: toSummary(row).title,
      deletedAt: new Date(deletedAt).toISOString(),
    },
  });
}

/** The session is another client's. */
export function sessionAttached(sessionId: string): SignalboxError {
  return new SignalboxError(
    "session_attached",
    "This session is another client's, and the hub only watches it. Write to it there.",
    { details: { sessionId } },
  );
}

/** The session is not another client's. */
export function sessionOwned(sessionId: string): SignalboxError {
  return new SignalboxError(
    "session_owned",
    "This session is the hub's own, and only those of other clients can be let go of. sessions.archive puts it away, sessions.delete ends it.",
    { details: { sessionId } },
  );
}

/** The session is the hub's own. */
export function systemSession(sessionId: string): SignalboxError {
  return new SignalboxError(
    "system_session",
    "The hub runs this session for itself, so it can be read and not changed.",
    { details: { sessionId } },
  );
}

/** The session is put away. */
export function isArchived(sessionId: string): SignalboxError {
  return new SignalboxError(
    "invalid_state",
    "This session is archived. Take it out of the archive first, by sessions.unarchive.",
    { details: { sessionId } },
  );
}

/** Nobody has spoken in the session. */
export function notMaterialized(sessionId: string): SignalboxError {
  return new SignalboxError("not_materialized", "This session has no turns yet.", {
    details: { sessionId },
  });
}

/** There is nothing to interrupt. */
export function noActiveTurn(sessionId: string): SignalboxError {
  return new SignalboxError("no_active_turn", "No turn runs in this session.", {
    details: { sessionId },
  });
}

/** Another turn runs than the one that was meant. */
export function turnMismatch(
  sessionId: string,
  { expected, turnId }: { readonly expected: string; readonly turnId: string },
): SignalboxError {
  return new SignalboxError(
    "turn_mismatch",
    `Turn ${turnId} runs in this session and not ${expected}. Leave turnId out to mean whichever runs.`,
    { details: { sessionId, expected, turnId } },
  );
}

/** A turn runs or is starting. */
export function sessionBusy(sessionId: string, turnId: string | undefined): SignalboxError {
  return new SignalboxError(
    "session_busy",
    "A turn runs in this session. Wait for app_server.turn.completed, or interrupt it.",
    { details: { sessionId, turnId: turnId ?? null } },
  );
}
