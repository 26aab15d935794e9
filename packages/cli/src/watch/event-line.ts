/** One event as one line, for terminals and pipes without a live view. */
import type { StreamEvent } from "@signalbox/sdk";
import { safeLine } from "../output/safe-text.ts";
import { describeItem } from "./describe-item.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The line without its time and session; undefined for what says too little to people. */
export function describeEvent({ type, payload }: StreamEvent): string | undefined {
  const fields = payload as Fields;
  const params = (fields.params ?? {}) as Fields;
  switch (type) {
    case "app_server.turn.started":
      return "turn started";
    case "app_server.turn.completed": {
      const { status, error } = params.turn as { status?: unknown; error?: { message?: unknown } };
      return safeLine(`turn ${status}${error?.message ? `: ${error.message}` : ""}`);
    }
    case "app_server.item.started":
      return describeStart(params.item);
    case "app_server.item.completed":
      return describeEnd(params.item as Fields);
    case "request.opened":
      return safeLine(`asks: ${fields.summary} (${fields.requestId})`);
    case "request.resolved":
      return safeLine(
        `answered: ${fields.outcome}${fields.decision ? `, ${fields.decision}` : ""}`,
      );
    case "session.deleted":
      return safeLine(`session deleted: ${fields.title || fields.sessionId}`);
    default:
      if (type.startsWith("session.") || type.startsWith("runtime.")) return type.replace(".", " ");
      return undefined;
  }
}

function describeStart(item: unknown): string | undefined {
  const { type } = item as Fields;
  // These are told when they are whole.
  return type === "agentMessage" || type === "userMessage" || type === "reasoning"
    ? undefined
    : safeLine(describeItem(item));
}

function describeEnd({
  type,
  text,
  content,
  command,
  exitCode,
  status,
}: Fields): string | undefined {
  if (type === "agentMessage") return safeLine(`says: ${text}`);
  if (type === "userMessage") {
    const parts = (content ?? []) as readonly { text?: string }[];
    return safeLine(`is told: ${parts.map((part) => part.text ?? "").join(" ")}`);
  }
  if (type !== "commandExecution") return undefined;
  return safeLine(`ran ${command}: ${exitCode === null ? status : `exit code ${exitCode}`}`);
}
