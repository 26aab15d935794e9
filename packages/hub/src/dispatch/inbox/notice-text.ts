/** What a notice says, and how it is said in a message. */
import type { FiringCause, Notice, NoticeKind, RequestKind } from "@signalbox/contract";
import { turnBegan, turnEnded, turnOf } from "../triggers/causes.ts";
import { type EventView, valueAt } from "../triggers/event-view.ts";
import { cut } from "../triggers/render.ts";

/** Characters of a notice's text. */
export const longestNotice = 4_000;

/** Where the words come from. */
export interface Words {
  /** What the agent said last in a turn. */
  lastReply(turnId: string): string | undefined;
  /** An item, as the transcript has it. */
  item(turnId: string, itemId: string): string | undefined;
  /** What is asked, and which answers fit. */
  question(requestId: string): string | undefined;
}

const kindOfRequest: Readonly<Record<RequestKind, NoticeKind>> = {
  command_approval: "approval",
  file_change_approval: "approval",
  permissions: "approval",
  user_input: "input",
  elicitation: "elicitation",
  tool_call: "tool_call",
  other: "question",
};

/** What a notice is about. */
export function kindOf(cause: FiringCause): NoticeKind {
  switch (cause.type) {
    case "turn":
      return cause.status;
    case "request":
      return kindOfRequest[cause.kind];
    case "event":
      return "activity";
    case "idle":
    case "time":
    case "webhook":
      return cause.type;
  }
}

/** The question an event is about; null where it is about none. */
export function requestOf(cause: FiringCause, event: EventView): string | null {
  if (cause.type === "request") return cause.requestId;
  return event.type === "request.opened" ? textAt(event, "payload.requestId") : null;
}

/** What it says, which may be nothing. */
export function noticeText(cause: FiringCause, event: EventView, words: Words): string {
  switch (cause.type) {
    case "turn":
      return endText(event, words);
    case "idle":
      return cause.turnId === null ? "" : tail(words.lastReply(cause.turnId) ?? "");
    case "request":
      return cut(words.question(cause.requestId) ?? "", longestNotice);
    case "event":
      return cut(activityText(event, cause, words), longestNotice);
    case "time":
      return `It is ${new Date(cause.dueAt).toISOString()}.`;
    case "webhook":
      return cut(JSON.stringify(event.payload) ?? "", longestNotice);
  }
}

/** The notice as a message: the words of others are quoted, so that they can't pass for who it is from. */
export function messageText(
  { kind, about, text, triggerId }: Pick<Notice, "kind" | "about" | "text" | "triggerId">,
  triggerName: string,
): string {
  const { sessionId, handle, title, turnId, requestId } = about;
  const who = handle ?? JSON.stringify(title);
  const facts = [
    `session ${sessionId}`,
    ...(turnId === null ? [] : [`turn ${turnId}`]),
    ...(requestId === null ? [] : [`request ${requestId}`]),
  ];
  return [
    `${headOf(kind, who)}${text === "" ? "." : ":"}`,
    ...(text === "" ? [] : ["", text.replace(/^/gm, "> ")]),
    "",
    "--",
    `Signalbox, about ${who} (${facts.join(", ")}), by the subscription ${JSON.stringify(triggerName)} (${triggerId}).`,
  ].join("\n");
}

function headOf(kind: NoticeKind, who: string): string {
  switch (kind) {
    case "completed":
      return `${who} completed a turn`;
    case "failed":
      return `A turn of ${who} failed`;
    case "interrupted":
      return `A turn of ${who} was interrupted`;
    case "idle":
      return `${who} is idle`;
    case "approval":
      return `${who} waits for an approval`;
    case "input":
    case "elicitation":
    case "question":
      return `${who} waits for an answer`;
    case "tool_call":
      return `${who} calls a tool`;
    case "activity":
      return `Something happened in ${who}`;
    case "time":
      return `A time has come that was set for ${who}`;
    case "webhook":
      return `A webhook came for ${who}`;
  }
}

/** Of a failure its reason, else what was said last. */
function endText(event: EventView, words: Words): string {
  const reason = textAt(event, "payload.params.turn.error.message");
  return reason === null
    ? tail(words.lastReply(turnOf(event).id) ?? "")
    : cut(reason, longestNotice);
}

function activityText(
  event: EventView,
  cause: Extract<FiringCause, { type: "event" }>,
  words: Words,
): string {
  const { turnId } = cause;
  switch (event.type) {
    case turnBegan:
      return "A turn began.";
    case turnEnded:
      return `A turn ended: ${turnOf(event).status}.`;
    case "request.opened":
      return words.question(requestOf(cause, event) ?? "") ?? event.type;
    default: {
      const itemId = textAt(event, "payload.params.item.id");
      const item = itemId === null ? undefined : words.item(turnId ?? "", itemId);
      return item ?? event.type;
    }
  }
}

function textAt(event: EventView, path: string): string | null {
  const value = valueAt(event, path);
  return typeof value === "string" ? value : null;
}

/** The end of a text: what comes last of a reply is what it comes to. */
function tail(text: string): string {
  if (text.length <= longestNotice) return text;
  // Half of a character that takes two is none.
  return `…${text.slice(1 - longestNotice).replace(/^[\udc00-\udfff]/, "")}`;
}
