/** Saying something to a session, in each of the five ways. */
import { type Message, type OperationInput, queueLimit } from "@signalbox/contract";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Roster } from "../../sessions/roster.ts";
import {
  isArchived,
  noActiveTurn,
  sessionBusy,
  turnMismatch,
} from "../../sessions/session-errors.ts";
import type { SessionRow } from "../../sessions/session-row.ts";
import type { TurnTracker } from "../../sessions/turn-tracker.ts";
import type { Delivery } from "./delivery.ts";
import { messageNotFound, queueFull, stillRuns } from "./message-errors.ts";
import type { MessageLog } from "./message-log.ts";
import type { MessageNews } from "./message-news.ts";
import { newMessageId } from "./message-row.ts";
import { nextOf } from "./queue.ts";
import type { QueuePump } from "./queue-pump.ts";
import { type Sent, toSent } from "./sent.ts";

/** What sending needs of the hub. */
export interface SenderParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly turns: TurnTracker;
  readonly messages: MessageLog;
  readonly news: MessageNews;
  readonly delivery: Delivery;
  readonly pump: QueuePump;
  /** How long a turn that is cut into may take to end, in ms. */
  readonly patience: number;
}

/** Beside the input: who says it, and under which id. */
export interface SendContext {
  readonly actor?: string | undefined;
  /** By which saying it twice is saying it once. A new one when absent. */
  readonly messageId?: string | undefined;
}

type Input = OperationInput<"sessions.send">;

/** Says things. */
export class Sender {
  readonly #parts: SenderParts;
  /** What is being sent, by id. */
  readonly #underWay = new Map<string, Promise<Sent>>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * Sends a message. Under the id of one that was sent before nothing is sent: it tells what became of
   * that. Rejects with the errors of `sessions.send`.
   */
  async send(input: Input, context: SendContext = {}): Promise<Sent> {
    const { roster, messages, pump } = this.#parts;
    const row = roster.writable(input.sessionId, input);
    const { messageId = newMessageId() } = context;
    const same = this.#underWay.get(messageId);
    if (same !== undefined) return same;
    if (messages.find(messageId) !== undefined) return this.#outcomeOf(row.id, messageId);
    if (row.archived) throw isArchived(row.id);
    const message = this.#toMessage(input, messageId, context.actor);
    const sending = this.#say(row, message, input.turnId)
      .finally(() => void pump.visit(row.id))
      .then(() => this.#outcomeOf(row.id, messageId))
      .finally(() => this.#underWay.delete(messageId));
    this.#underWay.set(messageId, sending);
    return sending;
  }

  async #say(row: SessionRow, message: Message, turnId: string | undefined): Promise<void> {
    switch (message.mode) {
      case "start":
        return this.#start(row, message);
      case "steer":
        return this.#steer(message, this.#activeTurn(row.id, turnId));
      case "queue":
        return this.#queue(message);
      case "interject":
        return this.#interject({
          ...message,
          interruptsTurnId: this.#activeTurn(row.id, turnId),
        });
      case "context":
        return this.#tell(row, message);
    }
  }

  /** The session is busy from before the message is stored until the turn ends. */
  async #start(row: SessionRow, message: Message): Promise<void> {
    const { turns, delivery } = this.#parts;
    const reservation = turns.reserve(row.id);
    if (reservation === undefined) throw sessionBusy(row.id, turns.activeTurnOf(row.id));
    await delivery.handOver(message.messageId, async () => {
      try {
        await this.#begin(message);
      } catch (error) {
        reservation.release();
        throw error;
      }
      await delivery.start(row, message, reservation, false);
    });
  }

  #steer(message: Message, turnId: string): Promise<void> {
    const { delivery } = this.#parts;
    return delivery.handOver(message.messageId, async () => {
      await this.#begin(message);
      await delivery.steer(message, turnId);
    });
  }

  #tell(row: SessionRow, message: Message): Promise<void> {
    const { delivery } = this.#parts;
    return delivery.handOver(message.messageId, async () => {
      await this.#begin(message);
      await delivery.tell(row, message);
    });
  }

  /** One that is next on an idle session is started at once. */
  async #queue(message: Message): Promise<void> {
    const { pump } = this.#parts;
    const next = await this.#enqueue(message);
    if (next?.messageId === message.messageId) await pump.visit(message.sessionId);
  }

  async #interject(message: Message): Promise<void> {
    const { messages, news, pump, patience } = this.#parts;
    const { sessionId, messageId } = message;
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const stop = news.await(messageId, () => begin());
    const giveUp = setTimeout(() => {
      const error = stillRuns(message.interruptsTurnId, patience);
      // One that is being handed over is past giving up.
      const refusal = { type: "refused", messageId, error } as const;
      void messages
        .change(sessionId, ({ waiting }) =>
          waiting.some((one) => one.messageId === messageId) ? refusal : undefined,
        )
        .catch(() => begin());
    }, patience);
    try {
      await this.#enqueue(message);
      void pump.visit(sessionId);
      await begun;
    } finally {
      clearTimeout(giveUp);
      stop();
    }
  }

  /** Lets a message wait; gives the one that is next then. Throws `queue_full`. */
  async #enqueue(message: Message): Promise<Message | undefined> {
    const { sessionId } = message;
    const queue = await this.#parts.messages.change(sessionId, ({ waiting }) => {
      if (waiting.length >= queueLimit) throw queueFull(sessionId);
      return { type: "said", message: { ...message, state: "queued", process: null } };
    });
    return nextOf(queue);
  }

  async #begin(message: Message): Promise<void> {
    await this.#parts.messages.change(message.sessionId, { type: "said", message });
  }

  /** The turn that runs. Throws `no_active_turn`, and `turn_mismatch` when another one is expected. */
  #activeTurn(sessionId: string, expected: string | undefined): string {
    const turnId = this.#parts.turns.activeTurnOf(sessionId);
    if (turnId === undefined) throw noActiveTurn(sessionId);
    if (expected !== undefined && expected !== turnId) {
      throw turnMismatch(sessionId, { expected, turnId });
    }
    return turnId;
  }

  #toMessage(input: Input, messageId: string, actor: string | undefined): Message {
    const { runtime } = this.#parts;
    const { sessionId, text, mode, turnId: _turnId, asSystem: _asSystem, ...overrides } = input;
    const at = Date.now();
    return {
      messageId,
      sessionId,
      mode,
      state: "starting",
      text,
      overrides,
      turnId: null,
      interruptsTurnId: null,
      position: null,
      actor: actor ?? null,
      process: runtime.processOf(runtime.generation),
      error: null,
      ambiguity: null,
      createdAt: at,
      updatedAt: at,
    };
  }

  /** What became of a message, as its sender is told. */
  #outcomeOf(sessionId: string, messageId: string): Sent {
    const { messages, roster } = this.#parts;
    const message = messages.find(messageId);
    // It went with its session.
    if (message === undefined) {
      roster.find(sessionId);
      throw messageNotFound(messageId);
    }
    return toSent(message);
  }
}
