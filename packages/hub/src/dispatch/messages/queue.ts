/**
 * What becomes of a session's messages: a function of the queue as it stands and of what happens. It
 * changes nothing itself and asks no clock; what it gives are the facts to be told, from which the
 * stored state follows.
 */
import type { Ambiguity, Message, QueueHold } from "@signalbox/contract";
import { messageNotQueued } from "./message-errors.ts";

/** The messages of one session that are not at their end. */
export interface Queue {
  readonly sessionId: string;
  /** Those that wait, the next one first. */
  readonly waiting: readonly Message[];
  /** Those that are starting, accepted or ambiguous. */
  readonly open: readonly Message[];
  readonly hold: QueueHold | null;
}

/** How a turn ended, as codex says it. */
export interface TurnEnd {
  readonly turnId: string;
  readonly status: string;
  /** Of a failed one. */
  readonly error: string | null;
}

/** What happens to a queue. */
export type QueueInput =
  /** A message is new: it waits where its mode puts it, or is handed over at once when it is starting. */
  | { readonly type: "said"; readonly message: Message }
  /** The session is idle, so the next message may be handed to this process of codex. */
  | { readonly type: "idle"; readonly process: string }
  /** Codex took a message: it answered so, or the message was found in a turn. A context told between turns has none. */
  | { readonly type: "taken"; readonly messageId: string; readonly turnId: string | null }
  | ({ readonly type: "turn_ended" } & TurnEnd)
  /** Nothing was done, and never will be. */
  | { readonly type: "refused"; readonly messageId: string; readonly error: Message["error"] }
  /** Nothing was done, but may be later. */
  | { readonly type: "put_back"; readonly messageId: string }
  /** Nobody knows whether codex took it. */
  | { readonly type: "lost"; readonly messageId: string; readonly ambiguity: Ambiguity }
  | { readonly type: "canceled"; readonly messageId: string }
  | { readonly type: "edited"; readonly messageId: string; readonly text: string }
  | { readonly type: "moved"; readonly messageId: string; readonly before: string | null }
  | { readonly type: "resumed"; readonly ambiguous: "keep" | "resend" | "drop" }
  | { readonly type: "cleared" };

/** A fact about a message. The position it had is not in it: it follows from where it waits. */
export interface MessageFact {
  readonly type: "created" | "edited" | Message["state"];
  readonly message: Message;
}

/** What is decided. */
export interface Decision {
  readonly queue: Queue;
  readonly facts: readonly MessageFact[];
}

/**
 * Decides. An input that no longer fits, such as an end of what ended before, changes nothing; a
 * person's that does not fit throws `message_not_queued`. `at` is the time of the change in epoch ms.
 */
export function decide(queue: Queue, input: QueueInput, at: number): Decision {
  const draft = new Draft(queue, at);
  apply(draft, input);
  return draft.done();
}

/** Whether a message starts a turn, as others join one or only tell. */
export function isStartOfTurn({ mode }: Pick<Message, "mode">): boolean {
  return mode !== "steer" && mode !== "context";
}

/** The message to be handed over once the session is idle; undefined when there is none. */
export function nextOf({ waiting, open, hold }: Queue): Message | undefined {
  const next = waiting[0];
  // What was handed over first must come to its end first, which may hold the rest.
  if (open.some(({ state }) => state !== "ambiguous")) return undefined;
  return hold === null || next?.mode === "interject" ? next : undefined;
}

function apply(draft: Draft, input: QueueInput): void {
  switch (input.type) {
    case "said":
      return draft.add(input.message);
    case "idle": {
      const next = nextOf(draft.queue);
      if (next === undefined) return;
      return draft.open(next, { state: "starting", process: input.process, updatedAt: draft.at });
    }
    case "taken":
      return taken(draft, input.messageId, input.turnId);
    case "turn_ended":
      return turnEnded(draft, input);
    case "refused": {
      const message = draft.find(input.messageId, "starting", "queued");
      if (message === undefined) return;
      const wasNext = message.state === "starting" && isFromQueue(message);
      draft.end(message, "refused", { error: input.error });
      if (wasNext) draft.hold("refused", message.turnId, message.messageId);
      return;
    }
    case "put_back": {
      const message = draft.find(input.messageId, "starting");
      if (message !== undefined) draft.wait(message, { process: null });
      return;
    }
    case "lost": {
      const message = draft.find(input.messageId, "starting", "ambiguous");
      if (message === undefined) return;
      const kept = message.ambiguity?.kept ?? false;
      draft.open(message, { state: "ambiguous", ambiguity: { ...input.ambiguity, kept } });
      if (!kept) draft.holdAmbiguous(message.messageId);
      return;
    }
    case "canceled":
      return draft.end(draft.waits(input.messageId), "canceled", {});
    case "edited":
      return draft.edit(draft.waits(input.messageId), input.text);
    case "moved":
      return draft.move(draft.waits(input.messageId), input.before);
    case "resumed":
      return resumed(draft, input.ambiguous);
    case "cleared":
      for (const message of draft.queue.waiting) draft.end(message, "canceled", {});
      return resumed(draft, "keep");
  }
}

function taken(draft: Draft, messageId: string, turnId: string | null): void {
  const message = draft.find(messageId, "starting", "ambiguous", "accepted");
  if (message === undefined) return;
  if (turnId === null) return draft.end(message, "completed", {});
  if (message.state === "accepted" && message.turnId === turnId) return;
  draft.open(message, { state: "accepted", turnId, ambiguity: null });
  draft.release(messageId);
}

function turnEnded(draft: Draft, { turnId, status, error }: TurnEnd): void {
  const ended = draft.queue.open.filter(
    (message) => message.state === "accepted" && message.turnId === turnId,
  );
  if (ended.length === 0) return;
  const [next] = draft.queue.waiting;
  for (const message of ended) {
    if (status === "completed" || status === "interrupted") draft.end(message, status, {});
    else {
      const text = error ?? "The turn failed.";
      draft.end(message, "failed", { error: { code: "codex_error", message: text } });
    }
  }
  const starter = ended.find(isStartOfTurn);
  if (starter === undefined || status === "completed") return;
  // Whoever cut in wanted this turn to end.
  if (next?.interruptsTurnId === turnId) return;
  draft.hold(
    status === "interrupted" ? "turn_interrupted" : "turn_failed",
    turnId,
    starter.messageId,
  );
}

function resumed(draft: Draft, choice: "keep" | "resend" | "drop"): void {
  draft.unhold();
  const undecided = draft.queue.open.filter(({ ambiguity }) => ambiguity?.kept === false);
  // The first of them is to be the first again.
  for (const message of undecided.toReversed()) {
    if (choice === "drop") draft.end(message, "canceled", {});
    else if (choice === "resend" && isStartOfTurn(message)) {
      draft.wait(message, { process: null, ambiguity: null });
    } else {
      draft.open(message, { ambiguity: { ...message.ambiguity!, kept: true } });
    }
  }
}

function isFromQueue({ mode }: Message): boolean {
  return mode === "queue" || mode === "interject";
}

/** A queue that is being changed, and what is to be told of it. */
class Draft {
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
      const first = waiting.findIndex(({ mode }) => mode !== "interject");
      const isLast = message.mode !== "interject" || first === -1;
      this.#set({ waiting: waiting.toSpliced(isLast ? waiting.length : first, 0, message) });
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

  /** The message waits again, first of all. */
  wait(message: Message, change: Partial<Message>): void {
    const next: Message = { ...message, ...change, state: "queued", updatedAt: this.at };
    this.#remove(message);
    this.#set({ waiting: [next, ...this.#queue.waiting] });
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

  move(message: Message, before: string | null): void {
    if (before === message.messageId) return;
    const rest = this.#queue.waiting.filter((one) => one !== message);
    const place = before === null ? rest.length : rest.indexOf(this.waits(before));
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
