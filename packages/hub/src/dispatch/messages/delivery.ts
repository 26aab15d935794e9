/**
 * Hands messages to codex. Each was stored as starting before; how it went is stored after, unless
 * codex's own event was first. What may or may not have been done is looked for, and never repeated.
 */
import { type Message, toSignalboxError } from "@signalbox/contract";
import type { Log } from "../../log.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { LoadedThreads } from "../../sessions/loaded-threads.ts";
import type { Roster } from "../../sessions/roster.ts";
import { hasCode, noActiveTurn, withSession } from "../../sessions/session-errors.ts";
import type { SessionRow } from "../../sessions/session-row.ts";
import { type TurnStarter, toInput, toWantedWith } from "../../sessions/start-turn.ts";
import type { Reservation, TurnTracker } from "../../sessions/turn-tracker.ts";
import { isStorageError } from "../../store/database.ts";
import { isPassing } from "./message-errors.ts";
import type { MessageLog } from "./message-log.ts";
import type { MessageNews } from "./message-news.ts";
import type { Reconciler } from "./reconciler.ts";

/** What delivery needs of the hub. */
export interface DeliveryParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly starter: TurnStarter;
  readonly turns: Pick<TurnTracker, "turnOf">;
  readonly messages: MessageLog;
  readonly news: MessageNews;
  readonly reconciler: Reconciler;
  readonly log: Log;
}

/** Hands messages over. */
export class Delivery {
  readonly #parts: DeliveryParts;
  /** Messages that are being handed over now. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Whether a message is being handed over now. */
  isUnderWay(messageId: string): boolean {
    return this.#underWay.has(messageId);
  }

  /** Does what hands a message over, from storing that it is starting on. */
  async handOver<Result>(messageId: string, work: () => Promise<Result>): Promise<Result> {
    const working = work();
    this.#underWay.set(messageId, working);
    try {
      return await working;
    } finally {
      this.#underWay.delete(messageId);
    }
  }

  /** Resolves when nothing is being handed over any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
  }

  /**
   * Hands over a message that starts a turn, on a session that is reserved for it. Rejects with what
   * codex refuses it for and with `outcome_unknown`; the message tells the same. `mayWait`: one for
   * which codex has no time now waits again.
   */
  async start(
    row: SessionRow,
    message: Message,
    reservation: Reservation,
    mayWait: boolean,
  ): Promise<void> {
    try {
      const turnId = await this.#tellOf(message, (told) =>
        this.#parts.starter.start(row, message, told),
      );
      reservation.accept(turnId);
      await this.#taken(message, turnId);
    } catch (error) {
      await this.#failed(message, error, { reservation, mayWait });
    } finally {
      reservation.release();
    }
    await this.keepSettings(message);
  }

  /** Adds a message to the turn that runs. Rejects as `start`. */
  async steer(message: Message, expectedTurnId: string): Promise<void> {
    const { sessionId: threadId, messageId: clientUserMessageId, text } = message;
    const params = { threadId, expectedTurnId, clientUserMessageId, input: toInput(text) };
    try {
      const turnId = await this.#tellOf(message, async (told) => {
        const asked = this.#parts.runtime.request("turn/steer", params);
        return Promise.race([asked.then((answer) => answer.turnId), told]);
      });
      await this.#taken(message, turnId);
    } catch (error) {
      // Codex does not know a thread that is not loaded: there no turn runs.
      const isUnknown = hasCode(error, "session_not_found");
      await this.#failed(message, isUnknown ? noActiveTurn(threadId) : error);
    }
  }

  /**
   * Tells codex a message for the turns to come. Told while a turn runs, or is about to, it shares that
   * turn's end: codex drops it when the turn is interrupted before it asks the model again. Rejects as
   * `start`.
   */
  async tell(row: SessionRow, message: Message): Promise<void> {
    const { runtime, loaded, turns } = this.#parts;
    const runs = turns.turnOf(row.id);
    const content = [{ type: "input_text", text: message.text }];
    const items = [{ type: "message", role: "user", content }];
    try {
      await loaded.use(row, () =>
        runtime.request("thread/inject_items", { threadId: row.id, items }),
      );
      await this.#taken(message, (await runs) ?? (await turns.turnOf(row.id)) ?? null);
    } catch (error) {
      await this.#failed(message, error);
    }
  }

  /** Keeps what a message that was taken overrides for good. */
  async keepSettings({ sessionId, overrides }: Message): Promise<void> {
    if (overrides.sticky !== true) return;
    await this.#parts.roster.update(sessionId, (row) => toWantedWith(row, overrides));
  }

  /**
   * Does what has a message taken, and gives it the turn that codex tells the message stands in. That
   * is as good as an answer, which may come later, or never.
   */
  async #tellOf<Result>(
    { messageId }: Message,
    work: (told: Promise<string>) => Promise<Result>,
  ): Promise<Result> {
    const { promise: told, resolve } = Promise.withResolvers<string>();
    const stop = this.#parts.news.await(messageId, (news) => {
      if (news?.turnId) resolve(news.turnId);
    });
    try {
      return await work(told);
    } finally {
      stop();
    }
  }

  async #taken({ sessionId, messageId }: Message, turnId: string | null): Promise<void> {
    try {
      await this.#parts.messages.change(sessionId, { type: "taken", messageId, turnId });
    } catch (error) {
      // Codex tells of the message too, and that is stored as soon as anything can be.
      if (!isStorageError(error)) throw error;
      this.#parts.log.warn({ err: error, messageId }, "That a message was taken is not stored yet");
    }
  }

  /** Notes how it failed, and throws; returns where codex had taken the message all the same. */
  async #failed(
    message: Message,
    failure: unknown,
    { reservation, mayWait = false }: { reservation?: Reservation; mayWait?: boolean } = {},
  ): Promise<void> {
    const { messages, reconciler } = this.#parts;
    const { sessionId, messageId } = message;
    const error = withSession(failure, sessionId);
    if (hasCode(error, "outcome_unknown")) {
      const { state, turnId } = (await reconciler.tryToFind(message)) ?? {};
      if (state !== "starting" && state !== "ambiguous") {
        if (turnId) reservation?.accept(turnId);
        return;
      }
      // While it is not known whether codex will start the turn, no other is started.
      reservation?.expect();
      throw error;
    }
    const { code, message: text } = toSignalboxError(error);
    if (mayWait && isPassing(code)) {
      await messages.change(sessionId, { type: "put_back", messageId });
    } else {
      const refused = { type: "refused", messageId, error: { code, message: text } } as const;
      await messages.change(sessionId, refused);
    }
    throw error;
  }
}
