/** What a sender is told of a message. */
import type { Message, OperationOutput } from "@signalbox/contract";
import { messageNotQueued, outcomeUnknown, toRefusal } from "./message-errors.ts";

/** The answer to a sender. */
export type Sent = OperationOutput<"sessions.send">;

/**
 * The answer for a message as it stands. Throws what it was refused for, `outcome_unknown` where nobody
 * knows whether codex took it, and `message_not_queued` for one that was taken out meanwhile.
 */
export function toSent(message: Message): Sent {
  const { messageId, sessionId, mode, state, turnId, position, error } = message;
  switch (state) {
    case "queued":
      return { status: "queued", messageId, sessionId, mode, turnId, position };
    case "starting":
    case "ambiguous":
      throw outcomeUnknown(sessionId, messageId);
    case "canceled":
      throw messageNotQueued(messageId, state);
    case "refused":
      throw toRefusal(error!, sessionId, messageId);
    case "accepted":
    case "completed":
    case "failed":
    case "interrupted":
      return { status: "accepted", messageId, sessionId, mode, turnId, position };
  }
}
