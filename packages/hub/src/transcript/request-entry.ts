/** A question Codex asks as an entry of the transcript: one entry from its opening to its end. */
import type {
  OpenRequest,
  RequestKind,
  RequestResolution,
  TranscriptEntry,
} from "@signalbox/contract";

const words: Readonly<Record<RequestKind, { readonly id: string; readonly type: string }>> = {
  command_approval: { id: "approval", type: "approval" },
  file_change_approval: { id: "approval", type: "approval" },
  permissions: { id: "permissions", type: "permissions" },
  user_input: { id: "tool-input", type: "tool_input" },
  elicitation: { id: "elicitation", type: "elicitation" },
  tool_call: { id: "tool-call", type: "tool_call" },
  other: { id: "request", type: "request" },
};

type Asked = Pick<OpenRequest, "requestId" | "kind" | "turnId" | "threadId">;

/** The entry of a question that was asked; undefined for one of no thread. */
export function toOpenedEntry(request: OpenRequest): TranscriptEntry | undefined {
  return toEntry(request, {
    stage: "request",
    content: request.summary,
    details: JSON.stringify(request, null, 2),
    startedAt: request.openedAt,
    status: "streaming",
  });
}

/** The same entry once the question has ended; what was asked stays in its details. */
export function toResolvedEntry(
  resolution: RequestResolution,
  at: number,
): TranscriptEntry | undefined {
  return toEntry(resolution, {
    stage: "resolved",
    content: outcomeOf(resolution),
    completedAt: at,
    status: statusOf(resolution),
  });
}

interface Stage extends Omit<TranscriptEntry, "messageId" | "turnId" | "role" | "type"> {
  readonly stage: "request" | "resolved";
}

function toEntry(request: Asked, { stage, ...rest }: Stage): TranscriptEntry | undefined {
  if (request.threadId === null) return undefined;
  const { id, type } = words[request.kind] ?? words.other;
  return {
    messageId: `${id}-${request.requestId}`,
    turnId: request.turnId ?? "",
    role: "system",
    type: `${type}.${stage}`,
    ...rest,
  };
}

function outcomeOf({ kind, outcome, reason, decision, success }: RequestResolution): string {
  const said = decision ?? (success === null ? null : success ? "success" : "failure");
  const how = [outcome, said, reason].filter((word) => word !== null).join(", ");
  return `${kind}: ${how}`.replaceAll("_", " ");
}

function statusOf({ outcome, decision, success }: RequestResolution): TranscriptEntry["status"] {
  switch (outcome) {
    case "answered":
      if (success === false) return "error";
      return decision === "decline" || decision === "cancel" ? "canceled" : "complete";
    case "expired":
      return "canceled";
    case "timed_out":
    case "refused":
      return "error";
  }
}
