/** What of an operation's output people see first. What is not named here is shown whole. */
import type { OperationName } from "@signalbox/contract";

/** How an output is shown. */
export interface View {
  /** The field of the output that is shown. Default: the output itself. */
  readonly pick?: string;
  /** Of a list: the fields shown, in order. Default: the plain ones its entries have. */
  readonly columns?: readonly string[];
  /** Of a list: fields beside it that people must not miss, where they are set. */
  readonly notes?: readonly string[];
  /** Whether what is picked is a transcript. */
  readonly isTranscript?: boolean;
}

/** By operation. */
export const views: Partial<Record<OperationName, View>> = {
  "sessions.list": { columns: ["handle", "sessionId", "title", "status", "updatedAt", "cwd"] },
  "sessions.create": { pick: "session" },
  "sessions.get": { pick: "session" },
  "sessions.resume": { pick: "session" },
  "sessions.unarchive": { pick: "session" },
  "sessions.fork": { pick: "session" },
  "sessions.rename": { pick: "session" },
  "sessions.transcript.list": {
    columns: ["startedAt", "role", "type", "status", "content"],
    isTranscript: true,
  },
  "messages.list": {
    columns: ["messageId", "state", "mode", "sessionId", "createdAt", "text"],
  },
  "queue.list": { columns: ["position", "messageId", "mode", "actor", "text"], notes: ["hold"] },
  "requests.list": {
    columns: ["requestId", "state", "kind", "threadId", "openedAt", "deadlineAt", "summary"],
  },
  "requests.get": { pick: "request" },
  "projects.list": { columns: ["projectId", "name", "workingDirectory"] },
  "projects.create": { pick: "project" },
  "models.list": { columns: ["id", "displayName", "isDefault", "description"] },
  "sessions.discover": {
    columns: ["threadId", "kept", "handle", "status", "name", "preview", "cwd"],
  },
  "sessions.search": { columns: ["threadId", "handle", "name", "snippet"] },
  "triggers.list": { columns: ["triggerId", "name", "sessionId", "enabled", "nextDueAt", "when"] },
  "audit.list": {
    columns: ["at", "actor", "surface", "operation", "sessionId", "outcome"],
  },
};
