/** What the questions of app-server are about, and how long each waits. */
import type { RequestKind } from "@signalbox/contract";
import type { ServerRequestMethod } from "@signalbox/protocol";

const kinds: Record<ServerRequestMethod, RequestKind> = {
  "item/commandExecution/requestApproval": "command_approval",
  "item/fileChange/requestApproval": "file_change_approval",
  "item/permissions/requestApproval": "permissions",
  "item/tool/requestUserInput": "user_input",
  "mcpServer/elicitation/request": "elicitation",
  "item/tool/call": "tool_call",
  execCommandApproval: "command_approval",
  applyPatchApproval: "file_change_approval",
  "account/chatgptAuthTokens/refresh": "other",
  "attestation/generate": "other",
  "currentTime/read": "other",
};

/** The kind of a server request. `other` covers what nobody is asked for, and methods of a newer codex. */
export function kindOf(method: string): RequestKind {
  return Object.hasOwn(kinds, method) ? kinds[method as ServerRequestMethod] : "other";
}

/** Whether the hub answers a method by itself, without asking anybody. */
export function isAnsweredByHub(method: string): boolean {
  return method === "currentTime/read";
}

/** How long each kind waits for its answer, in ms, before its safe default is given. */
export type Deadlines = Readonly<Record<RequestKind, number>>;

const minute = 60_000;

/** A person may be away for a while; a program that offers a tool is there or is not. */
export const defaultDeadlines: Deadlines = {
  command_approval: 30 * minute,
  file_change_approval: 30 * minute,
  permissions: 30 * minute,
  user_input: 30 * minute,
  elicitation: 30 * minute,
  tool_call: minute,
  other: 0,
};
