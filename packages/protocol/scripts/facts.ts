/**
 * What the generated types do not say about the protocol's methods. Everything here is checked
 * against the types on each run, so an entry that a new codex no longer has stops the generator.
 */

/**
 * Response types of the client requests whose name is neither the params type's with `Response`
 * for `Params`, nor (for methods without params) the method's own in PascalCase.
 */
export const responseTypes: Readonly<Record<string, string>> = {
  "account/gatewayOAuth/cancel": "GatewayOAuthCancelResponse",
  "account/logout": "LogoutAccountResponse",
  "account/securitySetup/read": "GetAccountSecuritySetupResponse",
  "account/workspaceMessages/read": "GetWorkspaceMessagesResponse",
  "accountSession/list": "AccountSessionsResponse",
  "config/batchWrite": "ConfigWriteResponse",
  "config/mcpServer/reload": "McpServerRefreshResponse",
  "config/value/write": "ConfigWriteResponse",
  "externalAgentConfig/import/readHistories": "ExternalAgentConfigImportHistoriesReadResponse",
};

/**
 * Client requests that only ask: they change nothing another request could see, start no work and
 * subscribe to nothing, so asking twice is harmless. Filling a cache counts as changing nothing.
 *
 * Left out although their names read like questions: `account/read` and `getAuthStatus` (may
 * rotate the credentials), `account/rateLimits/read` (may record an exposure to an experiment),
 * `thread/guardianReview` (runs a review and subscribes), `thread/sample` (samples the model).
 */
export const pureReads: readonly string[] = [
  "account/bedrock/checkGovCloudRequirements",
  "account/bedrock/discover",
  "account/gatewayOAuth/read",
  "account/securitySetup/read",
  "account/usage/read",
  "account/workspaceMessages/read",
  "accountSession/list",
  "app/installed",
  "app/list",
  "app/read",
  "collaborationMode/list",
  "config/read",
  "configRequirements/read",
  "environment/info",
  "environment/status",
  "experimentalFeature/list",
  "externalAgentConfig/detect",
  "externalAgentConfig/import/readHistories",
  "fs/getMetadata",
  "fs/readDirectory",
  "fs/readFile",
  "fuzzyFileSearch",
  "getConversationSummary",
  "gitDiffToRemote",
  "hooks/list",
  "mcpServer/resource/read",
  "mcpServerStatus/list",
  "memory/status",
  "model/list",
  "modelProvider/capabilities/read",
  "modelProvider/list",
  "permissionProfile/list",
  "plugin/installed",
  "plugin/list",
  "plugin/read",
  "plugin/search",
  "plugin/share/list",
  "plugin/skill/read",
  "project/list",
  "project/read",
  "remoteControl/client/list",
  "remoteControl/pairing/status",
  "remoteControl/status/read",
  "server/diagnostics",
  "skills/list",
  "thread/attachment/list",
  "thread/attachmentOwner/list",
  "thread/backgroundTerminals/list",
  "thread/goal/get",
  "thread/items/list",
  "thread/items/read",
  "thread/list",
  "thread/loaded/list",
  "thread/memory/read",
  "thread/queue/list",
  "thread/read",
  "thread/realtime/listVoices",
  "thread/search",
  "thread/searchOccurrences",
  "thread/timeline/list",
  "thread/turns/list",
  "threadSection/list",
  "userVerification/status",
  "windowsSandbox/readiness",
];

/** Types of a params field `item` that carry an `id`, and whether every variant has one. */
export const itemTypes: Readonly<Record<string, { idOptional: boolean }>> = {
  ResponseItem: { idOptional: true },
  ThreadItem: { idOptional: false },
  ThreadRealtimeItem: { idOptional: false },
};
