/** An item of a turn as an entry of a transcript. Item types of a newer codex come through whole. */
import type { TranscriptEntry } from "@signalbox/contract";

/** An item as it is read here: any of Codex's, or one this version does not know. */
export interface TranscriptItem {
  readonly type: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

/**
 * What a user said, what the agent said, or one line on what was done with the item as details. An
 * item that has ended did so as its own status says: failed, declined (or left in progress), or well.
 */
export function toItemEntry(item: TranscriptItem, turnId: string, ended: boolean): TranscriptEntry {
  const { startedAtMs, completedAtMs } = item;
  const entry = {
    messageId: item.id,
    turnId,
    type: item.type,
    status: ended ? endOf(item) : ("streaming" as const),
    ...(typeof startedAtMs === "number" ? { startedAt: startedAtMs } : {}),
    ...(typeof completedAtMs === "number" ? { completedAt: completedAtMs } : {}),
  };
  switch (item.type) {
    case "userMessage":
      return { ...entry, role: "user", content: inputText(item.content) };
    case "agentMessage":
      return { ...entry, role: "assistant", content: textOf(item.text) };
    default:
      return {
        ...entry,
        role: "system",
        content: lineOn(item),
        details: JSON.stringify(item, null, 2),
      };
  }
}

function endOf({ status }: TranscriptItem): TranscriptEntry["status"] {
  switch (status) {
    case "failed":
      return "error";
    case "declined":
    case "inProgress":
      return "canceled";
    default:
      return "complete";
  }
}

/** What a user said, as one text; what is not text stands in brackets. */
export function inputText(content: unknown): string {
  if (!Array.isArray(content)) return "";
  return content
    .map((part: { type?: unknown; text?: unknown; name?: unknown; path?: unknown }) => {
      if (part.type === "text") return textOf(part.text);
      return `[${[part.type, part.name ?? part.path].filter((word) => typeof word === "string").join(" ")}]`;
    })
    .join("\n");
}

function lineOn(item: TranscriptItem): string {
  switch (item.type) {
    case "commandExecution":
      return `${textOf(item.command)} (${textOf(item.status)})`;
    case "fileChange":
      return `Changed ${Array.isArray(item.changes) ? item.changes.length : 0} files (${textOf(item.status)})`;
    case "mcpToolCall":
      return `${textOf(item.server)}.${textOf(item.tool)} (${textOf(item.status)})`;
    case "dynamicToolCall":
      return `${textOf(item.tool)} (${textOf(item.status)})`;
    case "reasoning":
      return Array.isArray(item.summary) ? item.summary.map(textOf).join("\n") : "";
    case "plan":
      return textOf(item.text);
    case "webSearch":
      return textOf(item.query);
    default:
      return item.type;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
