/**
 * Looks for messages of which it is not known whether codex took them: in the turns of their thread, by
 * the id they were sent under. It only reads; what it does not find is said to be unknown, with what it
 * saw, and is never sent again by itself.
 */
import type { Ambiguity, Message } from "@signalbox/contract";
import type { Turn } from "@signalbox/protocol";
import type { Log } from "../../log.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { LoadedThreads } from "../../sessions/loaded-threads.ts";
import type { Roster } from "../../sessions/roster.ts";
import { hasCode, withSession } from "../../sessions/session-errors.ts";
import type { MessageLog } from "./message-log.ts";

/** What looking needs of the hub. */
export interface ReconcilerParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly messages: MessageLog;
  readonly log: Log;
}

/** Turns read at once, and of one thread at most: the newest. */
const turnsPage = 50;
const maxTurns = 2_000;

interface Search {
  /** The turn that was looked for. */
  readonly turn: Turn | undefined;
  readonly turnsRead: number;
  readonly whole: boolean;
}

/** Finds out what became of messages. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  /** When this run of the hub began. */
  readonly #began = Date.now();

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** `find`, where a failure to look is only logged: the message is what it was then. */
  async tryToFind(message: Message): Promise<Message | undefined> {
    const { messages, log } = this.#parts;
    const { messageId } = message;
    // Codex's own event may have been first.
    const now = messages.find(messageId);
    if (now?.state !== "starting") return now;
    try {
      await this.find(message);
    } catch (err) {
      log.info({ err, messageId }, "A message could not be looked for yet");
    }
    return messages.find(messageId);
  }

  /**
   * Looks for a message that is starting or ambiguous, and notes what it finds. Rejects as reading does.
   */
  async find(message: Message): Promise<void> {
    const { messages } = this.#parts;
    const { sessionId, messageId } = message;
    const processEnded = this.#isGone(message.process);
    const reason = this.#reasonOf(message, processEnded);
    if (message.mode === "context") {
      // No turn shows it.
      return this.#lose(message, { reason, evidence: null, kept: false });
    }
    await this.#load(sessionId, processEnded);
    const { turn, turnsRead, whole } = await this.#search(sessionId, (one) =>
      shows(one, messageId),
    );
    if (turn !== undefined) {
      await messages.change(sessionId, { type: "shown", messageId, turnId: turn.id });
      return this.#noteEnd(sessionId, turn);
    }
    const threadStatus = await this.#statusOf(sessionId);
    const evidence = { at: Date.now(), turnsRead, whole, threadStatus, processEnded };
    await this.#lose(message, { reason, evidence, kept: false });
  }

  /** Looks whether the turn of a message that was accepted has ended, and notes it. Rejects as reading does. */
  async findEnd({ sessionId, messageId, turnId, process }: Message): Promise<void> {
    if (turnId === null) return;
    const isGone = this.#isGone(process);
    await this.#load(sessionId, isGone);
    const { turn } = await this.#search(sessionId, ({ id }) => id === turnId);
    if (turn !== undefined) {
      if (shows(turn, messageId)) {
        await this.#parts.messages.change(sessionId, { type: "shown", messageId, turnId });
      }
      return this.#noteEnd(sessionId, turn);
    }
    if (!isGone) return;
    const error = "Codex has no record of this turn.";
    const end = { turnId, status: "interrupted", error } as const;
    await this.#parts.messages.change(sessionId, { type: "turn_ended", ...end });
  }

  /** Whether the process that was asked is not the one that runs. */
  #isGone(process: string | null): boolean {
    const { runtime } = this.#parts;
    return process !== runtime.processOf(runtime.generation);
  }

  #reasonOf({ ambiguity, updatedAt }: Message, processEnded: boolean): Ambiguity["reason"] {
    if (ambiguity !== null) return ambiguity.reason;
    if (updatedAt < this.#began) return "hub_restarted";
    return processEnded ? "process_ended" : "answer_lost";
  }

  async #lose({ sessionId, messageId }: Message, ambiguity: Ambiguity): Promise<void> {
    await this.#parts.messages.change(sessionId, { type: "lost", messageId, ambiguity });
  }

  async #noteEnd(sessionId: string, { id: turnId, status, error }: Turn): Promise<void> {
    if (status === "inProgress") return;
    const end = { turnId, status, error: error?.message ?? null };
    await this.#parts.messages.change(sessionId, { type: "turn_ended", ...end });
  }

  /** A process that did not run the thread says how its turns ended only once it has loaded it. */
  async #load(sessionId: string, processEnded: boolean): Promise<void> {
    const { roster, loaded } = this.#parts;
    const row = roster.find(sessionId);
    if (!processEnded || row.archived) return;
    try {
      await loaded.resume(row);
    } catch (error) {
      if (!hasCode(error, "session_not_found")) throw withSession(error, sessionId);
    }
  }

  /** Reads turns back from the newest until one is it. A thread codex has lost has none. */
  async #search(threadId: string, isIt: (turn: Turn) => boolean): Promise<Search> {
    let turnsRead = 0;
    let cursor: string | null = null;
    try {
      do {
        const page: { data: Turn[]; nextCursor: string | null } = await this.#parts.runtime.request(
          "thread/turns/list",
          { threadId, cursor, limit: turnsPage, sortDirection: "desc", itemsView: "full" },
        );
        turnsRead += page.data.length;
        cursor = page.nextCursor;
        const turn = page.data.find(isIt);
        if (turn !== undefined) return { turn, turnsRead, whole: false };
      } while (cursor !== null && turnsRead < maxTurns);
    } catch (error) {
      if (!hasCode(error, "session_not_found")) throw withSession(error, threadId);
    }
    return { turn: undefined, turnsRead, whole: cursor === null };
  }

  async #statusOf(threadId: string): Promise<string> {
    try {
      const { thread } = await this.#parts.runtime.request("thread/read", { threadId });
      return thread.status.type;
    } catch (error) {
      if (hasCode(error, "session_not_found")) return "notLoaded";
      throw withSession(error, threadId);
    }
  }
}

/** Whether a message stands in a turn. */
function shows({ items }: Turn, messageId: string): boolean {
  return items.some((item) => item.type === "userMessage" && item.clientId === messageId);
}
