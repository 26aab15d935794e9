/**
 * What happens in a session, as facts in one small vocabulary that stays the same while the protocol
 * grows. Made from the real wire: a turn nests its id, there is no `turn/failed`, and a thread that is
 * active without flags is running.
 */
import {
  type RequestId,
  type ServerRequestMethod,
  type ThreadGoal,
  type ThreadItem,
  type ThreadStatus,
  type ThreadTokenUsage,
  type Turn,
  threadIdOf,
  turnIdOf,
} from "@signalbox/protocol";
import { isRequest, type Message } from "../router/message.ts";

/** What a question is about. */
export type RequestKind =
  | "command_approval"
  | "file_change_approval"
  | "permissions_approval"
  | "user_input"
  | "elicitation"
  | "tool_call"
  | "auth"
  | "attestation"
  | "time"
  | "unknown";

export type SessionEvent = { threadId: string } & (
  | { type: "turn.started"; turnId: string }
  | { type: "turn.completed"; turnId: string; turn: Turn }
  | { type: "turn.failed"; turnId: string; turn: Turn; message: string | undefined }
  | { type: "turn.interrupted"; turnId: string; turn: Turn }
  | { type: "session.running" }
  /** Waits for a person: which for, `flags` tells. */
  | { type: "session.waiting"; flags: ("waitingOnApproval" | "waitingOnUserInput")[] }
  | { type: "session.idle" }
  | { type: "session.unloaded" }
  | { type: "session.error" }
  | { type: "session.archived" | "session.unarchived" | "session.deleted" }
  | { type: "session.renamed"; name: string | undefined }
  | { type: "item.started" | "item.completed"; turnId: string; item: ThreadItem }
  | { type: "diff.updated"; turnId: string; diff: string }
  | {
      type: "request.opened";
      turnId: string | undefined;
      requestId: RequestId;
      kind: RequestKind;
      method: string;
      itemId: string | undefined;
    }
  | { type: "request.resolved"; requestId: RequestId }
  | { type: "usage.updated"; turnId: string; usage: ThreadTokenUsage }
  | { type: "goal.updated"; goal: ThreadGoal }
  | { type: "goal.cleared" }
  | { type: "session.compacted"; turnId: string }
);

const requestKinds: Record<ServerRequestMethod, RequestKind> = {
  "item/commandExecution/requestApproval": "command_approval",
  "item/fileChange/requestApproval": "file_change_approval",
  "item/permissions/requestApproval": "permissions_approval",
  "item/tool/requestUserInput": "user_input",
  "mcpServer/elicitation/request": "elicitation",
  "item/tool/call": "tool_call",
  "account/chatgptAuthTokens/refresh": "auth",
  "attestation/generate": "attestation",
  "currentTime/read": "time",
  applyPatchApproval: "file_change_approval",
  execCommandApproval: "command_approval",
};

/** The kind of a server request; `unknown` for a method the protocol's table does not have. */
export function requestKind(method: string): RequestKind {
  return Object.hasOwn(requestKinds, method)
    ? requestKinds[method as ServerRequestMethod]
    : "unknown";
}

/** The facts in one message of the wire: none for what this vocabulary has no word for, or of a shape nobody knows. */
export function toSessionEvents(message: Message): SessionEvent[] {
  try {
    return readFacts(message);
  } catch {
    // A known method with another payload than the protocol's: the raw message is still in the stream.
    return [];
  }
}

function readFacts(message: Message): SessionEvent[] {
  const threadId = threadIdOf(message);
  if (threadId === undefined) return [];
  if (isRequest(message)) {
    const { id: requestId, method } = message;
    const itemId = "itemId" in message.params ? message.params.itemId : undefined;
    return [
      {
        threadId,
        type: "request.opened",
        turnId: turnIdOf(message),
        requestId,
        kind: requestKind(method),
        method,
        itemId,
      },
    ];
  }
  switch (message.method) {
    case "turn/started":
      return [{ threadId, type: "turn.started", turnId: message.params.turn.id }];
    case "turn/completed":
      return [{ threadId, ...turnEnd(message.params.turn) }];
    case "thread/status/changed": {
      const state = sessionState(message.params.status);
      return state ? [{ threadId, ...state }] : [];
    }
    case "item/started":
      return [
        {
          threadId,
          type: "item.started",
          turnId: message.params.turnId,
          item: message.params.item,
        },
      ];
    case "item/completed": {
      const { turnId, item } = message.params;
      const completed = { threadId, type: "item.completed", turnId, item } as const;
      // `thread/compacted` is deprecated in favour of this item, and 0.169.0 does not send it.
      return item.type === "contextCompaction"
        ? [completed, { threadId, type: "session.compacted", turnId }]
        : [completed];
    }
    case "turn/diff/updated":
      return [
        {
          threadId,
          type: "diff.updated",
          turnId: message.params.turnId,
          diff: message.params.diff,
        },
      ];
    case "serverRequest/resolved":
      return [{ threadId, type: "request.resolved", requestId: message.params.requestId }];
    case "thread/tokenUsage/updated":
      return [
        {
          threadId,
          type: "usage.updated",
          turnId: message.params.turnId,
          usage: message.params.tokenUsage,
        },
      ];
    case "thread/goal/updated":
      return [{ threadId, type: "goal.updated", goal: message.params.goal }];
    case "thread/goal/cleared":
      return [{ threadId, type: "goal.cleared" }];
    case "thread/name/updated":
      return [{ threadId, type: "session.renamed", name: message.params.threadName ?? undefined }];
    case "thread/archived":
      return [{ threadId, type: "session.archived" }];
    case "thread/unarchived":
      return [{ threadId, type: "session.unarchived" }];
    case "thread/deleted":
      return [{ threadId, type: "session.deleted" }];
    default:
      return [];
  }
}

/** An end of a kind that is not known is no success. */
function turnEnd(turn: Turn) {
  switch (turn.status) {
    case "completed":
      return { type: "turn.completed", turnId: turn.id, turn } as const;
    case "interrupted":
      return { type: "turn.interrupted", turnId: turn.id, turn } as const;
    default:
      return { type: "turn.failed", turnId: turn.id, turn, message: turn.error?.message } as const;
  }
}

function sessionState(status: ThreadStatus) {
  switch (status.type) {
    case "active":
      return status.activeFlags.length === 0
        ? ({ type: "session.running" } as const)
        : ({ type: "session.waiting", flags: status.activeFlags } as const);
    case "notLoaded":
      return { type: "session.unloaded" } as const;
    case "systemError":
      return { type: "session.error" } as const;
    case "idle":
      return { type: "session.idle" } as const;
    default:
      // A status of a later codex.
      return undefined;
  }
}
