/** How a firing says something to a session: a port. */
import type { SendMode } from "@signalbox/contract";

/** What is said. */
export interface FiringMessage {
  /** Kept with the firing before it is said, so that nothing is said twice. */
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
  /**
   * Rejects as `sessions.send` does; `outcome_unknown` where it may have been said. Where `isPassing`
   * says so of the code, nothing was said, and may be later under another id.
   */
  send(message: FiringMessage): Promise<SentMessage>;
  /**
   * What became of a message when the hub went as it was sent; undefined when it was not taken on,
   * and may be sent. Rejects as `send`.
   */
  find(message: FiringMessage): Promise<SentMessage | undefined>;
}
