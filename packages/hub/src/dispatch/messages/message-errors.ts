/** What goes wrong with messages, in their callers' words. */
import { isErrorCode, type Message, queueLimit, SignalboxError } from "@signalbox/contract";

/** Failures of which nothing came and which pass. */
const passing = ["runtime_unavailable", "overloaded", "hub_closing"];

/** Whether what failed with this code did nothing, and may be tried again later. */
export function isPassing(code: string): boolean {
  return passing.includes(code);
}

/** The hub keeps no such message. */
export function messageNotFound(messageId: string): SignalboxError {
  return new SignalboxError(
    "message_not_found",
    `There is no message ${messageId}. Those that ended are kept 30 days, and go with their session.`,
    { details: { messageId } },
  );
}

/** The message waits no more. */
export function messageNotQueued(
  messageId: string,
  state: Message["state"] | undefined,
): SignalboxError {
  return new SignalboxError(
    "message_not_queued",
    `Message ${messageId} does not wait any more${state === undefined ? "" : `: it is ${state}`}. messages.get tells what became of it.`,
    { details: { messageId, state: state ?? null } },
  );
}

/** It cuts in, so no other goes before it. */
export function goesFirst(messageId: string): SignalboxError {
  return new SignalboxError(
    "goes_first",
    `Message ${messageId} cuts into the turn that runs, so it goes before all that only wait. Put the others behind it, or cancel it.`,
    { details: { messageId } },
  );
}

/** No more may wait. */
export function queueFull(sessionId: string): SignalboxError {
  return new SignalboxError(
    "queue_full",
    `${queueLimit} messages wait in this session, and no more may. Wait for the next turn, or cancel some.`,
    { details: { sessionId, limit: queueLimit } },
  );
}

/** Nobody knows whether codex took it. */
export function outcomeUnknown(sessionId: string, messageId: string): SignalboxError {
  return new SignalboxError(
    "outcome_unknown",
    `Codex's answer to message ${messageId} was lost, so it may or may not have been taken. It is not sent again by itself; messages.reconcile looks for it, queue.resume decides.`,
    { details: { sessionId, messageId } },
  );
}

/** What a message was refused for. */
export function toRefusal(
  { code, message }: NonNullable<Message["error"]>,
  sessionId: string,
  messageId: string,
): SignalboxError {
  return new SignalboxError(isErrorCode(code) ? code : "internal_error", message, {
    details: { sessionId, messageId },
  });
}

/** A turn that was interrupted for a message goes on and on, or others cut in before. */
export function stillRuns(turnId: string | null, patience: number): NonNullable<Message["error"]> {
  return {
    code: "session_busy",
    message: `The session was not free within ${patience} ms after turn ${turnId} was interrupted. Nothing was said; try again.`,
  };
}
