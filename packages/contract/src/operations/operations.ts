/** Every operation there is, by name. */
import type { Operation } from "../operation/define-operation.ts";
import { approvalsDecide } from "./approvals.ts";
import { auditList } from "./audit.ts";
import { sessionsToolsGet } from "./session-tools.ts";
import {
  sessionsCreate,
  sessionsGet,
  sessionsInterrupt,
  sessionsList,
  sessionsSendMessage,
} from "./sessions.ts";
import { systemHealth, systemInfo } from "./system.ts";
import {
  sessionsToolCallsList,
  toolCallsClaim,
  toolCallsRelease,
  toolCallsRespond,
} from "./tool-calls.ts";

function byName<const Ops extends { [Name in keyof Ops]: Operation<Name & string> }>(
  ops: Ops,
): Ops {
  return ops;
}

/** Every operation, by name. The compiler holds each key to its operation's name. */
export const operations = byName({
  "system.health": systemHealth,
  "system.info": systemInfo,
  "sessions.create": sessionsCreate,
  "sessions.list": sessionsList,
  "sessions.get": sessionsGet,
  "sessions.send_message": sessionsSendMessage,
  "sessions.interrupt": sessionsInterrupt,
  "sessions.tools.get": sessionsToolsGet,
  "sessions.tool_calls.list": sessionsToolCallsList,
  "approvals.decide": approvalsDecide,
  "audit.list": auditList,
  "tool_calls.claim": toolCallsClaim,
  "tool_calls.release": toolCallsRelease,
  "tool_calls.respond": toolCallsRespond,
});

/** All operations as a type, for the SDK's and the handlers' tables. */
export type Operations = typeof operations;
/** Name of an operation. */
export type OperationName = keyof Operations;
