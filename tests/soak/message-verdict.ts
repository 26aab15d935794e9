/**
 * Holds what became of messages against what their senders were told and what the model saw: each was
 * taken once, or not at all and the hub says why; in the order of its queue; one turn at a time.
 */
import type { HubEventPayload, Message, StreamEvent } from "@signalbox/contract";
import type { Caretaker } from "./caretaker.ts";
import { marksIn } from "./marks.ts";
import { judgeQueues } from "./queue-verdict.ts";
import type { Speakers } from "./speakers.ts";
import type { Witness } from "./witness.ts";

/** What is held against each other. */
export interface MessageEvidence {
  readonly sessions: readonly string[];
  readonly speakers: Pick<Speakers, "said" | "touched">;
  readonly caretaker: Pick<Caretaker, "resent">;
  readonly witness: Witness;
  /** All messages, as the hub lists them in the end. */
  readonly messages: readonly Message[];
  /** The journal's events about messages, in order. */
  readonly events: readonly StreamEvent[];
}

/** States in which nothing more becomes of a message. */
const ends: readonly string[] = ["completed", "failed", "interrupted", "canceled", "refused"];
/** States of messages that no turn ever held. */
const never: readonly string[] = ["refused"];

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeMessages(evidence: MessageEvidence): string[] {
  return [
    ...answersThatDoNotHold(evidence),
    ...messagesWithoutEnd(evidence.messages),
    ...messagesTakenWrongly(evidence),
    ...messagesEndedTwice(evidence),
    ...judgeQueues(evidence),
  ];
}

/** What senders were told stays true: what was taken is there, what was refused was never said. */
function answersThatDoNotHold({ speakers, witness, messages }: MessageEvidence): string[] {
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const rowsOf = Map.groupBy(messages, ({ text }) => marksIn(text)[0]);
  return speakers.said.flatMap(({ mark, sessionId, answer, messageId, code }) => {
    const rows = rowsOf.get(mark) ?? [];
    if (rows.length > 1) return [`${mark} is ${rows.length} messages.`];
    if (answer === "taken") {
      const kept = byId.get(messageId!);
      if (kept === undefined) return [`${mark} was taken as ${messageId}, and there is no such.`];
      return kept === rows[0]
        ? []
        : [`${mark} was taken as ${messageId}, which says another thing.`];
    }
    if (answer === "unknown") return [];
    const [row] = rows;
    const isKept = row !== undefined && row.state !== "refused";
    if (isKept) return [`${mark} was refused (${code}), and its message is ${row.state}.`];
    return witness.wasTold(sessionId, mark) ? [`${mark} was refused (${code}), and said.`] : [];
  });
}

/** After everything has settled a message is at its end, or nobody knows, for a reason. */
function messagesWithoutEnd(messages: readonly Message[]): string[] {
  return messages.flatMap(({ messageId, state, mode, error, ambiguity }) => {
    if (state === "ambiguous" ? ambiguity !== null : ends.includes(state)) {
      const needsError = state === "refused" || state === "failed";
      return needsError && error === null ? [`${messageId} is ${state} and does not say why.`] : [];
    }
    return [`${messageId} (${mode}) is ${state} in the end.`];
  });
}

/** The model saw a message as often as its state says: once, never, or at most once; again where a person had it sent again. */
function messagesTakenWrongly({
  sessions,
  witness,
  messages,
  caretaker,
}: MessageEvidence): string[] {
  const told = new Map(sessions.map((id) => [id, Map.groupBy(witness.toldIn(id), (mark) => mark)]));
  return messages.flatMap(({ messageId, sessionId, text, state, mode }) => {
    const [mark = ""] = marksIn(text);
    const times = told.get(sessionId)?.get(mark)?.length ?? 0;
    const turns = witness.timesNewest(mark);
    const resent = caretaker.resent.get(messageId) ?? 0;
    const what = `${mark} (${mode}, ${state}${resent > 0 ? `, sent again ${resent} times` : ""})`;
    // A codex that was killed may have kept for the model what it showed in no turn.
    if (times > 1 + resent) return [`${what} stands ${times} times in its thread.`];
    if (turns > 1 + resent) return [`${what} began ${turns} turns.`];
    const wasTold = witness.wasTold(sessionId, mark);
    if (never.includes(state) && wasTold) return [`${what} was said.`];
    if (state === "completed" && !wasTold) return [`${what} was never said.`];
    return [];
  });
}

/** An end is told once, and nothing of the message after it. */
function messagesEndedTwice({ events, messages }: MessageEvidence): string[] {
  const last = new Map<string, string>();
  const wrong: string[] = [];
  for (const { type, payload } of events) {
    if (!type.startsWith("message.")) continue;
    const { messageId, state } = (payload as HubEventPayload<"message.created">).message;
    const before = last.get(messageId);
    if (before !== undefined && ends.includes(before)) {
      wrong.push(`${messageId} was ${before}, and then ${state}.`);
    }
    last.set(messageId, state);
  }
  for (const { messageId, state } of messages) {
    const told = last.get(messageId);
    if (told !== state) wrong.push(`${messageId} is ${state}, and was last told to be ${told}.`);
  }
  return wrong;
}
