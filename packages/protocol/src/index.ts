// What the client asks, what the app-server tells, what it asks back.

export type { ClientMethod, ParamsOf, ResultOf } from "./client-request.ts";
export type {
  NotificationParams,
  ServerNotification,
  ServerNotificationMethod,
} from "./server-notification.ts";
export type {
  AnswerOf,
  RequestParams,
  ServerRequest,
  ServerRequestMethod,
} from "./server-request.ts";

// The table over every method, and where the ids are.

export {
  CODEX_VERSION,
  clientNotifications,
  clientRequests,
  serverNotifications,
  serverRequests,
} from "./generated/methods.ts";
export { itemIdOf, type Message, threadIdOf, turnIdOf } from "./message-ids.ts";
export type {
  ClientNotificationRow,
  ClientRequestRow,
  IdPlace,
  MethodRow,
  NoParams,
  ServerNotificationRow,
  ServerRequestRow,
  Stability,
} from "./method-row.ts";

// Names of events.

export {
  type EventName,
  methodOfNotificationName,
  methodOfRequestName,
  type NormalizedMethod,
  type NotificationMethodOf,
  type NotificationName,
  type RequestEventName,
  type RequestMethodOf,
  type RequestName,
  toEventName,
  toRequestEventName,
} from "./event-name.ts";
export { normalizeMethod } from "./normalize-method.ts";

// The connection.

export type {
  ClientInfo,
  InitializeCapabilities,
  InitializeParams,
  InitializeResponse,
  RequestId,
} from "./generated/experimental/index.ts";
export type { JsonValue } from "./generated/experimental/serde_json/JsonValue.ts";

// Threads.

export type {
  SessionSource,
  SortDirection,
  Thread,
  ThreadActiveFlag,
  ThreadForkParams,
  ThreadForkResponse,
  ThreadGoal,
  ThreadGoalStatus,
  ThreadHistoryMode,
  ThreadListParams,
  ThreadListResponse,
  ThreadReadParams,
  ThreadReadResponse,
  ThreadResumeParams,
  ThreadResumeResponse,
  ThreadSettings,
  ThreadSortKey,
  ThreadSource,
  ThreadSourceKind,
  ThreadStartParams,
  ThreadStartResponse,
  ThreadStatus,
  ThreadTokenUsage,
  TokenUsageBreakdown,
} from "./generated/experimental/v2/index.ts";

// Turns, their input and their items.

export type { MessagePhase } from "./generated/experimental/index.ts";
export type {
  CodexErrorInfo,
  CommandAction,
  CommandExecutionStatus,
  DynamicToolCallStatus,
  FileUpdateChange,
  McpToolCallStatus,
  PatchApplyStatus,
  PatchChangeKind,
  ReviewTarget,
  TextElement,
  ThreadItem,
  Turn,
  TurnError,
  TurnItemsView,
  TurnPlanStep,
  TurnPlanStepStatus,
  TurnStartParams,
  TurnStartResponse,
  TurnStatus,
  TurnSteerParams,
  TurnSteerResponse,
  UserInput,
} from "./generated/experimental/v2/index.ts";

// Settings of a thread or turn.

export type {
  CollaborationMode,
  ModeKind,
  MultiAgentMode,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  Settings,
} from "./generated/experimental/index.ts";
export type {
  ApprovalsReviewer,
  AskForApproval,
  Model,
  SandboxMode,
  SandboxPolicy,
} from "./generated/experimental/v2/index.ts";

// Approvals, user input, elicitation, permissions.

export type { ReviewDecision } from "./generated/experimental/index.ts";
export type {
  CommandExecutionApprovalDecision,
  CommandExecutionApprovalKind,
  CommandExecutionRequestApprovalParams,
  CommandExecutionRequestApprovalResponse,
  ExecPolicyAmendment,
  FileChangeApprovalDecision,
  FileChangeRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  GrantedPermissionProfile,
  McpElicitationSchema,
  McpServerElicitationAction,
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
  NetworkApprovalContext,
  NetworkPolicyAmendment,
  PermissionGrantScope,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  RequestPermissionProfile,
  ToolRequestUserInputAnswer,
  ToolRequestUserInputOption,
  ToolRequestUserInputParams,
  ToolRequestUserInputQuestion,
  ToolRequestUserInputResponse,
} from "./generated/experimental/v2/index.ts";

// Tools that the client implements.

export type {
  DynamicToolCallOutputContentItem,
  DynamicToolCallParams,
  DynamicToolCallResponse,
  DynamicToolFunctionSpec,
  DynamicToolNamespaceSpec,
  DynamicToolNamespaceTool,
  DynamicToolSpec,
} from "./generated/experimental/v2/index.ts";

// The account.

export type { Account, RateLimitSnapshot } from "./generated/experimental/v2/index.ts";
