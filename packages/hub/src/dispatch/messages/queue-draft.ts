/** A queue that is being changed, step by step, and what is to be told of it. */
import type { Message, QueueHold } from "@signalbox/contract";
import { goesFirst, messageNotQueued } from "./message-errors.ts";
import type { Decision, MessageFact, Queue } from "./queue.ts";

/**
 * The draft. A message that is given to it must be one of the queue as it stands. Those that cut in wait
 * before all others: a turn is being ended for them.
 */
export class QueueDraft {
  readonly at: number;
  #queue: Queue;
  readonly #facts: MessageFact[] = [];

  constructor(queue: Queue, at: number) {
    this.#queue = queue;
    this.at = at;
  }

  get queue(): Queue {
    return this.#queue;
  }

  /** A message that is under way and this far; undefined when it is not. */
  find(messageId: string, ...states: Message["state"][]): Message | undefined {
    const all = [...this.#queue.waiting, ...this.#queue.open];
    return all.find((one) => one.messageId === messageId && states.includes(one.state));
  }

  /** A message that waits. Throws `message_not_queued`. */
  waits(messageId: string): Message {
    const message = this.find(messageId, "queued");
    if (message === undefined) {
      throw messageNotQueued(
        messageId,
        this.find(messageId, "starting", "accepted", "ambiguous")?.state,
      );
    }
    return message;
  }

  add(message: Message): void {
    if (message.state === "queued") {
      const { waiting } = this.#queue;
      const place = cutsIn(message) ? cutsOf(waiting) : waiting.length;
      this.#set({ waiting: waiting.toSpliced(place, 0, message) });
    } else this.#set({ open: [...this.#queue.open, message] });
    this.#facts.push({ type: "created", message });
  }

  /** The message goes on, out of the queue if it waited. */
  open(message: Message, change: Partial<Message>): void {
    const next = { ...message, ...change, updatedAt: this.at };
    this.#remove(message);
    this.#set({ open: [...this.#queue.open, next] });
    this.#facts.push({ type: next.state, message: next });
  }

  /** The message waits again, first of its kind. */
  wait(message: Message, change: Partial<Message>): void {
    const next: Message = { ...message, ...change, state: "queued", updatedAt: this.at };
    this.#remove(message);
    const { waiting } = this.#queue;
    this.#set({ waiting: waiting.toSpliced(cutsIn(next) ? 0 : cutsOf(waiting), 0, next) });
    this.#facts.push({ type: "queued", message: next });
  }

  end(message: Message, state: Message["state"], change: Partial<Message>): void {
    const next: Message = { ...message, ambiguity: null, ...change, state, updatedAt: this.at };
    this.#remove(message);
    this.release(message.messageId);
    this.#facts.push({ type: state, message: next });
  }

  edit(message: Message, text: string): void {
    if (message.text === text) return;
    const next = { ...message, text, updatedAt: this.at };
    this.#set({
      waiting: this.#queue.waiting.map((one) => (one === message ? next : one)),
    });
    this.#facts.push({ type: "edited", message: next });
  }

  /** Throws `goes_first` where one that only waits would come before one that cuts in. */
  move(message: Message, before: string | null): void {
    if (before === message.messageId) return;
    const rest = this.#queue.waiting.filter((one) => one !== message);
    const place = before === null ? rest.length : rest.indexOf(this.waits(before));
    const cuts = cutsOf(rest);
    if (cutsIn(message) && place > cuts) throw goesFirst(message.messageId);
    if (!cutsIn(message) && place < cuts) throw goesFirst(rest[place]!.messageId);
    this.#set({ waiting: rest.toSpliced(place, 0, message) });
  }

  hold(reason: QueueHold["reason"], turnId: string | null, messageId: string): void {
    if (this.#queue.hold !== null) return;
    this.#set({ hold: { reason, since: this.at, turnId, messageId } });
  }

  /** What is not known holds whatever else does. */
  holdAmbiguous(messageId: string): void {
    if (this.#queue.hold?.reason === "ambiguous") return;
    this.#set({ hold: { reason: "ambiguous", since: this.at, turnId: null, messageId } });
  }

  /** It turned out what became of this message; another may still be unknown. */
  release(messageId: string): void {
    const { hold, open } = this.#queue;
    if (hold?.reason !== "ambiguous" || hold.messageId !== messageId) return;
    const other = open.find((one) => one.messageId !== messageId && one.ambiguity?.kept === false);
    this.#set({ hold: other === undefined ? null : { ...hold, messageId: other.messageId } });
  }

  /** Codex told of the message, if it is open, in its turn. */
  show(messageId: string): void {
    if (this.find(messageId, "starting", "ambiguous", "accepted") === undefined) return;
    this.#set({ shown: new Set([...this.#queue.shown, messageId]) });
  }

  unhold(): void {
    this.#set({ hold: null });
  }

  done(): Decision {
    const { hold, waiting } = this.#queue;
    // Where nothing waits there is nothing to hold, unless what comes next depends on what is not known.
    if (hold !== null && hold.reason !== "ambiguous" && waiting.length === 0) this.unhold();
    return { queue: this.#queue, facts: this.#facts };
  }

  #remove({ messageId }: Message): void {
    const others = (one: Message) => one.messageId !== messageId;
    const { waiting, open } = this.#queue;
    this.#set({ waiting: waiting.filter(others), open: open.filter(others) });
  }

  #set(change: Partial<Queue>): void {
    this.#queue = { ...this.#queue, ...change };
  }
}

function cutsIn({ mode }: Message): boolean {
  return mode === "interject";
}

/** How many of those that wait cut in. */
function cutsOf(waiting: readonly Message[]): number {
  return waiting.filter(cutsIn).length;
}
