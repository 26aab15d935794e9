/**
 * Clients of the earlier interface find each operation under its name, at its route, with the fields
 * they send and the fields they read. Ours may have more of both.
 */
import { expect, test } from "vitest";
import type { z } from "zod";
import type { Operation } from "../operation/define-operation.ts";
import { type OperationName, operations } from "./operations.ts";

const scoped = "/api/sessions/:sessionId";
const project = "/api/projects/:projectId";
const overrides = "model approvalPolicy networkAccess filesystemSandbox dynamicTools";
const controlFields = "status sessionId controls defaults defaultsEditable defaultLockReason";

/** Name, route, fields sent, fields read. Where codex's own object is passed on, no fields are named. */
const earlier: readonly (readonly [OperationName, string, string, string])[] = [
  ["system.health", "GET /api/health", "", "status service codex orchestratorQueue auth timestamp"],
  ["system.info", "GET /api", "", "name version"],
  [
    "system.capabilities",
    "GET /api/capabilities",
    "refresh",
    "status runtime methods details features",
  ],
  [
    "system.features.experimental",
    "GET /api/features/experimental",
    "cursor limit",
    "data nextCursor",
  ],
  ["system.collaboration.modes", "GET /api/collaboration/modes", "cursor limit", "data nextCursor"],
  ["models.list", "GET /api/models", "cursor limit", "data nextCursor"],
  ["apps.list", "GET /api/apps", "cursor limit threadId forceRefetch", "data nextCursor"],
  ["skills.list", "GET /api/skills", "forceReload cwd", "data nextCursor"],
  ["skills.config.set", "POST /api/skills/config", "path enabled", "status result"],
  ["skills.remote.get", "GET /api/skills/remote", "", "status result"],
  ["skills.remote.set", "POST /api/skills/remote", "hazelnutId isPreload", "status result"],
  ["mcp.reload", "POST /api/mcp/reload", "", "status result"],
  ["mcp.servers.list", "GET /api/mcp/servers", "cursor limit", "data nextCursor"],
  [
    "mcp.oauth.login",
    "POST /api/mcp/servers/:serverName/oauth/login",
    "scopes timeoutSecs",
    "status result",
  ],
  ["account.get", "GET /api/account", "", ""],
  ["account.rate_limits", "GET /api/account/rate-limits", "", ""],
  [
    "account.login.start",
    "POST /api/account/login/start",
    "type apiKey accessToken chatgptAccountId chatgptPlanType",
    "status result",
  ],
  ["account.login.cancel", "POST /api/account/login/cancel", "loginId", "status result"],
  ["account.logout", "POST /api/account/logout", "", "status result"],
  ["config.get", "GET /api/config", "cwd includeLayers", ""],
  ["config.requirements", "GET /api/config/requirements", "", ""],
  [
    "config.set",
    "POST /api/config/value",
    "keyPath mergeStrategy value expectedVersion filePath",
    "status result",
  ],
  ["config.batch_set", "POST /api/config/batch", "edits expectedVersion filePath", "status result"],
  ["runtime.exec", "POST /api/commands/exec", "command cwd timeoutMs", "status result"],
  [
    "feedback.submit",
    "POST /api/feedback",
    "classification includeLogs reason threadId",
    "status result",
  ],
  ["projects.list", "GET /api/projects", "", "data"],
  [
    "projects.create",
    "POST /api/projects",
    "name workingDirectory",
    "status project orchestrationSession",
  ],
  ["projects.rename", `POST ${project}/rename`, "name workingDirectory", "status project"],
  ["projects.delete", `DELETE ${project}`, "", "status projectId unassignedSessionCount"],
  [
    "projects.chats.move_all",
    `POST ${project}/chats/move-all`,
    "destination",
    "status projectId destination movedSessionCount archivedSessionCount alreadyArchivedSessionCount",
  ],
  [
    "projects.chats.delete_all",
    `POST ${project}/chats/delete-all`,
    "",
    "status projectId deletedSessionCount skippedSessionCount",
  ],
  [
    "sessions.list",
    "GET /api/sessions",
    "archived cursor limit includeSystemOwned",
    "data nextCursor archived",
  ],
  ["sessions.create", "POST /api/sessions", `cwd ${overrides}`, "session thread"],
  ["sessions.get", `GET ${scoped}`, "", "session thread transcript"],
  ["sessions.delete", `DELETE ${scoped}`, "", "status sessionId title deletedFileCount"],
  ["sessions.rename", `POST ${scoped}/rename`, "title", "status session"],
  ["sessions.archive", `POST ${scoped}/archive`, "", "status sessionId"],
  ["sessions.unarchive", `POST ${scoped}/unarchive`, "", "status session thread"],
  [
    "sessions.project.set",
    `POST ${scoped}/project`,
    "projectId",
    "status sessionId projectId previousProjectId",
  ],
  ["sessions.resume", `POST ${scoped}/resume`, "dynamicTools", "session thread"],
  ["sessions.fork", `POST ${scoped}/fork`, "", "status sourceSessionId session thread"],
  ["sessions.compact", `POST ${scoped}/compact`, "", "status sessionId result"],
  ["sessions.rollback", `POST ${scoped}/rollback`, "numTurns", "status sessionId numTurns result"],
  [
    "sessions.background_terminals.clean",
    `POST ${scoped}/background-terminals/clean`,
    "",
    "status sessionId result",
  ],
  [
    "sessions.review",
    `POST ${scoped}/review`,
    "delivery targetType branch sha title instructions",
    "status sessionId result",
  ],
  [
    "sessions.send_message",
    `POST ${scoped}/messages`,
    `text effort ${overrides}`,
    "status sessionId turnId",
  ],
  ["sessions.interrupt", `POST ${scoped}/interrupt`, "turnId", "status sessionId turnId"],
  [
    "sessions.steer",
    `POST ${scoped}/turns/:turnId/steer`,
    "input",
    "status sessionId turnId result",
  ],
  [
    "sessions.approval_policy.set",
    `POST ${scoped}/approval-policy`,
    "approvalPolicy",
    "status sessionId approvalPolicy",
  ],
  ["sessions.approvals.list", `GET ${scoped}/approvals`, "", "data"],
  ["sessions.tool_input.list", `GET ${scoped}/tool-input`, "", "data"],
  ["sessions.tool_calls.list", `GET ${scoped}/tool-calls`, "", "data"],
  [
    "approvals.decide",
    "POST /api/approvals/:approvalId/decision",
    "decision scope",
    "status approvalId threadId",
  ],
  [
    "tool_input.decide",
    "POST /api/tool-input/:requestId/decision",
    "decision answers response",
    "status requestId threadId",
  ],
  [
    "tool_calls.respond",
    "POST /api/tool-calls/:requestId/response",
    "success contentItems text response",
    "status requestId threadId",
  ],
  ["sessions.controls.get", `GET ${scoped}/session-controls`, "", controlFields],
  [
    "sessions.controls.apply",
    `POST ${scoped}/session-controls`,
    "scope controls actor source",
    `scope applied summary ${controlFields}`,
  ],
  [
    "sessions.settings.get",
    `GET ${scoped}/settings`,
    "scope key",
    "status sessionId scope settings key found value",
  ],
  [
    "sessions.settings.set",
    `POST ${scoped}/settings`,
    "scope settings mode key value actor source",
    "status sessionId scope key settings",
  ],
  [
    "sessions.settings.unset",
    `DELETE ${scoped}/settings/:key`,
    "scope actor source",
    "status sessionId scope key removed settings",
  ],
  [
    "sessions.transcript.upsert",
    `POST ${scoped}/transcript/upsert`,
    "messageId turnId role type content status details startedAt completedAt",
    "status sessionId entry",
  ],
];

test.each(earlier)(
  "%s is %s, with the fields of the earlier interface",
  (name, route, sent, read) => {
    const { http, input, output }: Operation = operations[name];
    expect(`${http.method} ${http.path}`).toBe(route);
    expect(Object.keys(input.shape)).toEqual(expect.arrayContaining(words(sent)));
    expect(fieldsOf(output)).toEqual(expect.arrayContaining(words(read)));
  },
);

test("a message is accepted with 202, and whatever else is done with 200", () => {
  const accepted = Object.values<Operation>(operations).filter(({ http }) => http.success === 202);
  expect(accepted.map(({ name }) => name)).toEqual(["sessions.send", "sessions.send_message"]);
});

/** The fields of an object, and of all objects of a union. */
function fieldsOf(schema: z.core.$ZodType): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return Object.keys(def.shape);
    case "union":
      return def.options.flatMap(fieldsOf);
    case "pipe":
      return fieldsOf(def.out);
    default:
      return [];
  }
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}
