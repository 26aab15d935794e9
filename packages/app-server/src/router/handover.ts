/**
 * The change from reading a thread to hearing it. From its resume until what was missed has been
 * read, a thread's messages wait, so that what is older is told first. What was told from reading is
 * left out when app-server's own message of it comes after all.
 */
import { threadIdOf, turnIdOf } from "@signalbox/protocol";
import type { Message } from "./message.ts";

/** A message and its length on the wire. */
type Heard = { readonly message: Message; readonly bytes: number };

/** Messages that may wait, of all threads; past it a thread's come at once, and what is read of it comes after them. */
const MAX_HELD = 65_536;
/** Facts told from reading that are remembered; the oldest are forgotten first. */
const MAX_TOLD = 16_384;

export class Handover {
  readonly #deliver: (message: Message, bytes: number) => void;
  readonly #limit: number;
  readonly #held = new Map<string, Heard[]>();
  readonly #told = new Set<string>();
  #size = 0;

  /** `deliver` takes what has waited long enough. */
  constructor(deliver: (message: Message, bytes: number) => void, limit: number = MAX_HELD) {
    this.#deliver = deliver;
    this.#limit = limit;
  }

  /** Whether anything waits or is to be left out; while not, `takes` need not be asked. */
  get isActive(): boolean {
    return this.#held.size > 0 || this.#told.size > 0;
  }

  /** Whether a message waits or was told already. On the reader. */
  takes(message: Message, bytes: number): boolean {
    if (this.#held.size > 0) {
      const threadId = threadIdOf(message);
      const held = threadId === undefined ? undefined : this.#held.get(threadId);
      if (held !== undefined && this.#size < this.#limit) {
        held.push({ message, bytes });
        this.#size += 1;
        return true;
      }
      if (held !== undefined) this.release(threadId!);
    }
    return this.#isTold(message);
  }

  /** Lets a thread's messages wait from now on. */
  hold(threadId: string): void {
    if (!this.#held.has(threadId)) this.#held.set(threadId, []);
  }

  /** Whether a message of the same fact waits. */
  holds(threadId: string, message: Message): boolean {
    const fact = factOf(message);
    return this.#held.get(threadId)?.some((held) => factOf(held.message) === fact) ?? false;
  }

  /** Whether the beginning of an item waits: then it is heard whole. */
  holdsStartOf(threadId: string, itemId: string): boolean {
    const held = this.#held.get(threadId) ?? [];
    return held.some(
      ({ message }) => message.method === "item/started" && message.params?.item?.id === itemId,
    );
  }

  /**
   * Whether something waits that this turn did: then its end comes by itself. The token counts that
   * codex sends with a resume name the last turn, too, long after its end.
   */
  holdsOf(threadId: string, turnId: string): boolean {
    const held = this.#held.get(threadId) ?? [];
    return held.some(
      ({ message }) => /^(turn|item)\//.test(message.method) && turnIdOf(message) === turnId,
    );
  }

  /** Notes that a fact was told from reading. */
  note(message: Message): void {
    const fact = factOf(message);
    if (fact === undefined) return;
    this.#told.add(fact);
    if (this.#told.size <= MAX_TOLD) return;
    for (const oldest of this.#told) {
      this.#told.delete(oldest);
      return;
    }
  }

  /** Puts what was read of a thread behind what waits of it, which there must be: its own message, if it comes, is left out. */
  putBehind(threadId: string, message: Message): void {
    this.#held.get(threadId)!.push({ message, bytes: 0 });
    this.#size += 1;
  }

  /** Delivers what waited of a thread, in order, and lets its messages pass from now on. Idempotent. */
  release(threadId: string): void {
    const held = this.#held.get(threadId) ?? [];
    this.#held.delete(threadId);
    this.#size -= held.length;
    for (const { message, bytes } of held) {
      if (this.#isTold(message)) continue;
      if ("recovered" in message) this.note(message);
      this.#deliver(message, bytes);
    }
  }

  #isTold(message: Message): boolean {
    if (this.#told.size === 0) return false;
    const fact = factOf(message);
    return fact !== undefined && this.#told.delete(fact);
  }
}

/** Names what a message says once in the life of a thread; undefined for what may be said again. */
function factOf({ method, params }: Message): string | undefined {
  switch (method) {
    case "turn/started":
    case "turn/completed":
      return `${method} ${params?.turn?.id}`;
    case "item/completed":
      return `${method} ${params?.turnId} ${params?.item?.id}`;
    default:
      return undefined;
  }
}
