/**
 * What becomes of a session's messages: a function of the queue as it stands and of what happens. It
 * changes nothing itself and asks no clock; what it gives are the facts to be told, from which the
 * stored state follows.
 */
import type { Ambiguity, Message, QueueHold } from "@signalbox/contract";
import { QueueDraft } from "./queue-draft.ts";

/** The messages of one session that are not at their end. */
export interface Queue {
  readonly sessionId: string;
  /** Those that wait, the next one first: those that cut in before all others. */
  readonly waiting: readonly Message[];
  /** Those that are starting, accepted or ambiguous. */
  readonly open: readonly Message[];
  /** The ids of open ones that codex told of in their turn. */
  readonly shown: ReadonlySet<string>;
  readonly hold: QueueHold | null;
}

/** How a turn ended, as codex says it. */
export interface TurnEnd {
  readonly turnId: string;
  readonly status: string;
  /** Of a failed one, and of an interrupted one of which Codex has no record. */
  readonly error: string | null;
}

/** What happens to a queue. */
export type QueueInput =
  /** A message is new: it waits where its mode puts it, or is handed over at once when it is starting. */
  | { readonly type: "said"; readonly message: Message }
  /** The session is idle, so the next message may be handed to this process of codex. */
  | { readonly type: "idle"; readonly process: string }
  /** Codex answered that it took a message. A context told between turns has none. */
  | { readonly type: "taken"; readonly messageId: string; readonly turnId: string | null }
  /** Codex tells of a message in a turn. */
  | { readonly type: "shown"; readonly messageId: string; readonly turnId: string }
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
 * person's that does not fit throws `message_not_queued` or `goes_first`. `at`: epoch ms of the change.
 */
export function decide(queue: Queue, input: QueueInput, at: number): Decision {
  const draft = new QueueDraft(queue, at);
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

function apply(draft: QueueDraft, input: QueueInput): void {
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
    case "shown":
      draft.show(input.messageId);
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

function taken(draft: QueueDraft, messageId: string, turnId: string | null): void {
  const message = draft.find(messageId, "starting", "ambiguous", "accepted");
  if (message === undefined) return;
  if (turnId === null) return draft.end(message, "completed", {});
  if (message.state === "accepted" && message.turnId === turnId) return;
  draft.open(message, { state: "accepted", turnId, ambiguity: null });
  draft.release(messageId);
}

/** Why an interrupted message may be in no turn. */
const unseen = "Codex ended the turn before it told that it took this message up.";

/** Whether codex would have told of a message in its turn, had it taken it up. */
function isUnseen({ shown }: Queue, { mode, messageId }: Message): boolean {
  return mode !== "context" && !shown.has(messageId);
}

function turnEnded(draft: QueueDraft, { turnId, status, error }: TurnEnd): void {
  const ended = draft.queue.open.filter(
    (message) => message.state === "accepted" && message.turnId === turnId,
  );
  if (ended.length === 0) return;
  const [next] = draft.queue.waiting;
  for (const message of ended) {
    const why = (text: string) => ({ error: { code: "codex_error", message: text } });
    if (status === "completed") draft.end(message, status, {});
    else if (status === "interrupted") {
      const reason = error ?? (isUnseen(draft.queue, message) ? unseen : null);
      draft.end(message, status, reason === null ? {} : why(reason));
    } else draft.end(message, "failed", why(error ?? "The turn failed."));
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

function resumed(draft: QueueDraft, choice: "keep" | "resend" | "drop"): void {
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
