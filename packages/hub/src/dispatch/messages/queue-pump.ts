/**
 * Starts what waits: one message each time a session becomes idle. It also goes on with what an earlier
 * run, or an earlier process of codex, left in the midst.
 */
import { type Message, toSignalboxError } from "@signalbox/contract";
import type { StoredEvent } from "../../journal/event.ts";
import type { Log } from "../../log.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Reservation, TurnTracker } from "../../sessions/turn-tracker.ts";
import type { AuditLog } from "../../store/audit-log.ts";
import type { Delivery } from "./delivery.ts";
import type { MessageLog } from "./message-log.ts";
import type { MessageStore } from "./message-store.ts";
import { nextOf, type Queue } from "./queue.ts";
import type { Reconciler } from "./reconciler.ts";

/** What the pump needs of the hub. */
export interface QueuePumpParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly turns: TurnTracker;
  readonly messages: MessageLog;
  readonly store: MessageStore;
  readonly delivery: Delivery;
  readonly reconciler: Reconciler;
  readonly audit: AuditLog;
  readonly log: Log;
}

/** Between two tries while codex, or the disk, can't take anything, in ms. */
const retryDelay = 500;

/** Moves the queues of all sessions. */
export class QueuePump {
  readonly #parts: QueuePumpParts;
  readonly #running = new Map<string, Promise<void>>();
  /** Sessions to look at once more. */
  readonly #again = new Set<string>();
  /** Sessions that are looked at again when their time has come. */
  readonly #resting = new Map<string, NodeJS.Timeout>();
  /** The message each session's turn was interrupted for. */
  readonly #cutIn = new Map<string, string>();
  /** Accepted messages that may have come to their end unheard. */
  readonly #unsure = new Set<string>();
  #isOpen = false;

  constructor(parts: QueuePumpParts) {
    this.#parts = parts;
  }

  /** Begins, with what earlier runs left: codex has told what it had to tell of the time before. */
  open(): void {
    this.#isOpen = true;
    this.#recover();
  }

  /** Follows what was stored. */
  follow(events: readonly StoredEvent[]): void {
    if (!this.#isOpen) return;
    for (const { type, threadId } of events) {
      if (type === "runtime.started") this.#recover();
      else if (threadId === null || !this.#parts.messages.mayHave(threadId)) continue;
      else if (isTelling(type)) void this.visit(threadId);
    }
  }

  /**
   * Does what is to be done in a session now. Never rejects; resolves when there is nothing more to do
   * until something happens.
   */
  visit(sessionId: string): Promise<void> {
    const running = this.#running.get(sessionId);
    if (running !== undefined) {
      this.#again.add(sessionId);
      return running;
    }
    if (!this.#isOpen || !this.#parts.messages.mayHave(sessionId)) return Promise.resolve();
    const visiting = this.#visit(sessionId).finally(() => this.#running.delete(sessionId));
    this.#running.set(sessionId, visiting);
    return visiting;
  }

  /** Starts nothing any more. Idempotent. */
  stop(): void {
    this.#isOpen = false;
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
  }

  /** Resolves when what was begun is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Looks at every session with messages under way: whoever was to answer for them is gone. */
  #recover(): void {
    const { store, messages } = this.#parts;
    for (const sessionId of store.sessions()) {
      const { open } = messages.queueOf(sessionId);
      for (const { state, messageId } of open)
        if (state === "accepted") this.#unsure.add(messageId);
      void this.visit(sessionId);
    }
  }

  async #visit(sessionId: string): Promise<void> {
    try {
      do {
        this.#again.delete(sessionId);
        while (this.#isOpen && !this.#resting.has(sessionId) && (await this.#step(sessionId)));
      } while (this.#isOpen && this.#again.has(sessionId));
    } catch (err) {
      this.#parts.log.warn({ err, sessionId }, "A queue could not go on; it is tried again");
      this.#rest(sessionId);
    }
  }

  /** One thing; false when there is none to do. */
  async #step(sessionId: string): Promise<boolean> {
    const { roster, messages, runtime } = this.#parts;
    const queue = messages.queueOf(sessionId);
    const left = this.#leftIn(queue);
    const next = nextOf(queue);
    const [first] = queue.waiting;
    if (first !== undefined) this.#cutInWith(first);
    const row = roster.sessionOf(sessionId);
    if (row === undefined || row.deletedAt !== null) return false;
    if (left === undefined && (next === undefined || row.archived)) return false;
    if (!runtime.isReady) {
      this.#rest(sessionId);
      return false;
    }
    if (left !== undefined) return this.#lookFor(left);
    return this.#start(next!);
  }

  /** A message that is on its way, and nobody here is handing it over or sure to hear of it. */
  #leftIn({ open }: Queue): Message | undefined {
    const { delivery } = this.#parts;
    return open.find(({ state, messageId }) =>
      state === "starting" ? !delivery.isUnderWay(messageId) : this.#unsure.has(messageId),
    );
  }

  async #lookFor(message: Message): Promise<boolean> {
    const { reconciler, delivery, messages } = this.#parts;
    if (message.state !== "starting") {
      await reconciler.findEnd(message);
      this.#unsure.delete(message.messageId);
      return true;
    }
    await reconciler.find(message);
    if (messages.find(message.messageId)?.state !== "ambiguous") {
      await delivery.keepSettings(message);
    }
    return true;
  }

  async #start(next: Message): Promise<boolean> {
    const { turns, messages, delivery, runtime } = this.#parts;
    const { sessionId } = next;
    const reservation = turns.reserve(sessionId);
    if (reservation === undefined) return false;
    let message: Message | undefined;
    try {
      const process = runtime.processOf(runtime.generation);
      const { open } = await messages.change(sessionId, { type: "idle", process });
      message = open.find(({ state }) => state === "starting");
    } finally {
      if (message === undefined) reservation.release();
    }
    if (message === undefined) return true;
    const { messageId } = message;
    this.#cutIn.delete(sessionId);
    await delivery.handOver(messageId, () => this.#deliver(message, reservation));
    if (messages.find(messageId)?.state === "queued") this.#rest(sessionId);
    return true;
  }

  /** The message tells how it went, and so does the audit. */
  async #deliver(message: Message, reservation: Reservation): Promise<void> {
    const { roster, delivery, audit } = this.#parts;
    const { sessionId, messageId, actor } = message;
    let outcome = "ok";
    try {
      await delivery.start(roster.find(sessionId), message, reservation, true);
    } catch (error) {
      outcome = toSignalboxError(error).code;
    }
    const entry = { actor, source: "queue", surface: "hub", operation: "sessions.send", outcome };
    audit.record({ ...entry, sessionId, details: { messageId } });
  }

  /** Ends the turn that a message is to cut into; the message is started once the turn has ended. */
  #cutInWith({ sessionId, messageId, interruptsTurnId: turnId }: Message): void {
    const { turns, runtime, log } = this.#parts;
    if (turnId === null || turns.activeTurnOf(sessionId) !== turnId) return;
    if (this.#cutIn.get(sessionId) === messageId) return;
    this.#cutIn.set(sessionId, messageId);
    runtime.request("turn/interrupt", { threadId: sessionId, turnId }).catch((err: unknown) => {
      // It may have ended by itself, and whoever sent the message does not wait for ever.
      log.info({ err, messageId }, "A turn could not be interrupted for a message");
    });
  }

  #rest(sessionId: string): void {
    if (!this.#isOpen || this.#resting.has(sessionId)) return;
    const wake = () => {
      this.#resting.delete(sessionId);
      void this.visit(sessionId);
    };
    this.#resting.set(sessionId, setTimeout(wake, retryDelay).unref());
  }
}

/** Whether an event may mean that something is to be done in its session. */
function isTelling(type: string): boolean {
  return type.startsWith("message.") || type === "queue.updated" || type === "session.unarchived";
}
