/** How a firing says something to a session: a port. */
import type { SendMode } from "@signalbox/contract";

/** What is said. */
export interface FiringMessage {
  /** The same for a firing whenever it is asked, so that nothing is said twice. */
  readonly messageId: string;
  readonly sessionId: string;
  readonly mode: SendMode;
  readonly text: string;
  /** Who says it: the trigger's id. */
  readonly actor: string;
}

/** What came of it. */
export interface SentMessage {
  readonly messageId: string;
  /** Null where it waits, or where none is begun. */
  readonly turnId: string | null;
}

/** Says things. */
export interface Sender {
  /** Rejects as `sessions.send` does; `outcome_unknown` where it may have been said. */
  send(message: FiringMessage): Promise<SentMessage>;
  /**
   * What became of a message when the hub went as it was sent; undefined when it was not taken on,
   * and may be sent. Rejects as `send`.
   */
  find(message: FiringMessage): Promise<SentMessage | undefined>;
}

const firingPrefix = /^fir_/;
const messagePrefix = /^msg_/;

/** The message of a firing. */
export function messageIdOf(firingId: string): string {
  return firingId.replace(firingPrefix, "msg_");
}

/** The firing a message would be of. */
export function firingIdOf(messageId: string): string {
  return messageId.replace(messagePrefix, "fir_");
}
