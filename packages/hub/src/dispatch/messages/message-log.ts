/**
 * The one way messages change: what happens is decided on the queue as it stands when the facts of it
 * are stored, so that of two who act at the same time the second sees what the first did.
 */
import type { HubEventName, HubEventPayload, Message, QueueHold } from "@signalbox/contract";
import { type NewEvent, toNewEvent } from "../../journal/event.ts";
import type { EventLog } from "../../journal/event-log.ts";
import type { MessageStore } from "./message-store.ts";
import { type Decision, decide, type Queue, type QueueInput, type TurnEnd } from "./queue.ts";

/** What the log needs of the hub. */
export interface MessageLogParts {
  readonly store: MessageStore;
  readonly events: EventLog;
  /** What holds a session's queue. */
  readonly holdOf: (sessionId: string) => QueueHold | null;
}

/** Ends of turns that are kept for a start whose answer has not come yet, at most. */
const maxEnds = 16;

/** Changes messages. */
export class MessageLog {
  readonly #parts: MessageLogParts;
  /** Turns that ended while a message of their session was starting: one of them may be its turn. */
  readonly #ends = new Map<string, TurnEnd[]>();

  constructor(parts: MessageLogParts) {
    this.#parts = parts;
  }

  /** Whether a session may have messages under way. Costs nothing. */
  mayHave(sessionId: string): boolean {
    return this.#parts.store.mayHave(sessionId);
  }

  /** A message in whatever state; undefined when there is none. */
  find(messageId: string): Message | undefined {
    return this.#parts.store.get(messageId);
  }

  /** The messages of a session that are under way. */
  queueOf(sessionId: string): Queue {
    const { store, holdOf } = this.#parts;
    return { ...store.underWay(sessionId), hold: holdOf(sessionId) };
  }

  /**
   * Changes what is under way in a session and tells of it; resolves with the queue as it is then. An
   * input that depends on how the queue stands goes as a function, which may throw, or give undefined
   * for nothing. Rejects as `decide` throws and with `storage_unavailable`; then nothing happened.
   */
  async change(
    sessionId: string,
    input: QueueInput | ((queue: Queue) => QueueInput | undefined),
  ): Promise<Queue> {
    await this.#parts.events.append(() => {
      const queue = this.queueOf(sessionId);
      const given = typeof input === "function" ? input(queue) : input;
      if (given === undefined) return [];
      return this.decide(queue, given, Date.now()).events;
    });
    return this.queueOf(sessionId);
  }

  /** Decides, and gives the events of it with the queue that will be. For those who append them. */
  decide(queue: Queue, input: QueueInput, at: number): { queue: Queue; events: NewEvent[] } {
    const first = decide(queue, input, at);
    const events = toEvents(queue, first, at);
    if (input.type === "turn_ended") this.#keepEnd(queue, input);
    if (input.type !== "taken" && input.type !== "shown") return { queue: first.queue, events };
    const end = this.#ends.get(queue.sessionId)?.find(({ turnId }) => turnId === input.turnId);
    if (!isStarting(first.queue)) this.#ends.delete(queue.sessionId);
    if (end === undefined) return { queue: first.queue, events };
    // Its turn was over before the answer that names it.
    const second = this.decide(first.queue, { type: "turn_ended", ...end }, at);
    return { queue: second.queue, events: [...events, ...second.events] };
  }

  #keepEnd(queue: Queue, { turnId, status, error }: TurnEnd): void {
    if (!isStarting(queue)) return;
    const ends = this.#ends.get(queue.sessionId) ?? [];
    this.#ends.set(queue.sessionId, [...ends.slice(1 - maxEnds), { turnId, status, error }]);
  }
}

function isStarting({ open }: Queue): boolean {
  return open.some(({ state }) => state === "starting");
}

function toEvents(before: Queue, { queue, facts }: Decision, at: number): NewEvent[] {
  const { sessionId, waiting, hold } = queue;
  const idsOf = (messages: readonly Message[]) => messages.map(({ messageId }) => messageId);
  const events = facts.map(({ type, message }) => {
    const place = waiting.findIndex(({ messageId }) => messageId === message.messageId);
    return toMessageEvent(type, { ...message, position: place === -1 ? null : place }, at);
  });
  const messageIds = idsOf(waiting);
  const isSame = hold === before.hold && messageIds.join() === idsOf(before.waiting).join();
  if (isSame) return events;
  return [...events, fact("queue.updated", sessionId, { sessionId, messageIds, hold }, at)];
}

function toMessageEvent(
  type: Decision["facts"][number]["type"],
  message: Message,
  at: number,
): NewEvent {
  const { sessionId } = message;
  if (type === "created" || type === "edited") {
    return fact(`message.${type}`, sessionId, { message }, at);
  }
  const { text: _text, overrides: _overrides, ...receipt } = message;
  return fact(`message.${type}`, sessionId, { message: receipt }, at);
}

function fact<Name extends HubEventName>(
  name: Name,
  sessionId: string,
  payload: HubEventPayload<Name>,
  at: number,
): NewEvent {
  return toNewEvent(name, sessionId, payload, at);
}
