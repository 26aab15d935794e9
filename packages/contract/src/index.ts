// Operations as commands

export type {
  Command,
  CommandField,
  CommandOption,
  ModeFlag,
  Positional,
  ValueKind,
} from "./cli/command.ts";
export { toCommandLine } from "./cli/command-line.ts";
export { commandOf, commandsOf } from "./cli/commands-of.ts";
// Errors: one base, one table of codes, one table of categories

// Which methods of app-server are passed on
export {
  type MethodAccess,
  methodAccess,
  methodAccesses,
  methodsByAccess,
} from "./app-server/method-access.ts";
export {
  type CategorySurface,
  categoryOfHttpStatus,
  categoryTable,
  type ErrorCategory,
  errorCategories,
  isErrorCategory,
} from "./errors/category.ts";
export {
  type CodeRow,
  codeTable,
  type ErrorCode,
  isErrorCode,
  type StatusWord,
  statusWords,
} from "./errors/code.ts";
export {
  type ErrorBody,
  errorBody,
  fromErrorBody,
  httpStatusOf,
  toErrorBody,
  toSignalboxError,
} from "./errors/error-body.ts";
export {
  type ErrorDetails,
  isSignalboxError,
  SignalboxError,
  type SignalboxErrorOptions,
} from "./errors/signalbox-error.ts";
// The operations as tools of the Model Context Protocol
export {
  type McpToolCall,
  type McpToolResult,
  toToolCall,
  toToolFailure,
  toToolResult,
} from "./mcp/tool-call.ts";
export {
  type McpTool,
  type McpToolAnnotations,
  type ObjectSchema,
  operationField,
  toolDescriptionLimit,
  toolNameLimit,
  toolsOf,
} from "./mcp/tools.ts";
// The HTTP interface as a document
export { type OpenApiDocument, toOpenApi } from "./openapi/open-api.ts";
export type { OperationObject, ParameterObject } from "./openapi/operation-object.ts";
// How an operation is defined
export {
  commonErrors,
  defineOperation,
  type Example,
  type ExampleWorld,
  type FailureExample,
  type HttpBinding,
  type InputOf,
  type Intent,
  type Operation,
  type OutputOf,
  type ParsedInputOf,
  pathFields,
  type SuccessExample,
} from "./operation/define-operation.ts";
export { exampleIds } from "./operation/example-ids.ts";
export { fingerprintOf } from "./operation/fingerprint.ts";

// What is derived from it
export {
  fromHttpRequest,
  type HttpRequest,
  type InputIssue,
  parseInput,
  type ReceivedRequest,
  type Route,
  routesOf,
  toHttpRequest,
  toInputIssues,
} from "./operation/http-request.ts";
export {
  idempotencyHeader,
  maxKeyLength,
  parseIdempotencyKey,
  takesIdempotencyKey,
} from "./operation/idempotency-key.ts";
export {
  type SdkMethod,
  type SdkMethods,
  type SdkPath,
  type SessionMethods,
  toSdkPath,
} from "./operation/sdk-path.ts";
export {
  fromSurfaceHeader,
  operationHeader,
  type Surface,
  surfaceHeader,
  surfaces,
  versionHeader,
} from "./operation/surface.ts";
export { actorHeader, fromActorHeader, toActorHeader } from "./operations/actor-header.ts";
export { type AuditEntry, auditEntry } from "./operations/audit.ts";
export { type FoundThread, maxPreviewLength } from "./operations/discovery.ts";
export { dynamicTool, toolCallResponse, toolContentItem } from "./operations/fields.ts";
export {
  type Firing,
  type FiringCause,
  type FiringDelay,
  type FiringState,
  firing,
  type GuardName,
  type GuardVerdict,
} from "./operations/firing.ts";
export type { LoginForm } from "./operations/login-form.ts";
export {
  type Ambiguity,
  type Message,
  type MessageOverrides,
  type MessageState,
  message,
  messageStates,
  type QueueHold,
  queueHold,
  queueLimit,
  type SendMode,
  sendModes,
} from "./operations/message.ts";
export { type Notice, type NoticeKind, notice, noticeKinds } from "./operations/notice.ts";
// The operations
export {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  type Operations,
  operations,
} from "./operations/operations.ts";
export { type Policy, type PolicyRule, policy, policyRule } from "./operations/policy.ts";
export { type Project, project } from "./operations/projects.ts";
export {
  type ParsedRequestAnswer,
  type RequestAnswer,
  requestAnswer,
} from "./operations/request-answer.ts";
export { type RequestRecord, requestRecord } from "./operations/request-record.ts";
export {
  type SessionSummary,
  sessionControls,
  sessionSummary,
  type TranscriptEntry,
  thread,
  threadItem,
  threadTurn,
  transcriptEntry,
  transcriptRoles,
  transcriptStatuses,
} from "./operations/session.ts";
export {
  type ConfigurableField,
  configurableFields,
  instructionsLimit,
} from "./operations/session-start.ts";
export {
  settingsDepthLimit,
  settingsKeyLimit,
  settingsSizeLimit,
} from "./operations/settings-fields.ts";
export {
  type Subscription,
  type SubscriptionWord,
  subscription,
  subscriptionWhens,
  subscriptionWords,
} from "./operations/subscription.ts";
export { transcriptTextLimit } from "./operations/transcript.ts";
export {
  type Trigger,
  type TriggerDefinition,
  type TriggerGuards,
  trigger,
  triggerDefinition,
  triggerGuards,
} from "./operations/trigger.ts";
export {
  type ShownAction,
  type TriggerAction,
  triggerAction,
} from "./operations/trigger-action.ts";
export {
  type EventCondition,
  eventCondition,
  eventPath,
  type TriggerWhen,
  triggerWhen,
  turnEnds,
} from "./operations/trigger-when.ts";

// The stream
export { type ClientFrame, clientFrame, parseClientFrame } from "./stream/client-frame.ts";
export { formatCursor, type Position, parseCursor } from "./stream/cursor.ts";
export {
  type AppServerSignal,
  appServerSignal,
  type NotificationSignal,
  type RequestSignal,
  type StreamEvent,
  streamEvent,
} from "./stream/event.ts";
export { type EventPage, eventPage } from "./stream/event-page.ts";
export {
  type ExpiryReason,
  expiryReasons,
  type HubEvent,
  type HubEventName,
  type HubEventPayload,
  hubEvents,
  type OpenRequest,
  openRequest,
  type RequestOutcome,
  type RequestResolution,
  requestOutcomes,
  requestResolution,
  updatedFields,
} from "./stream/hub-event.ts";
export { type RequestKind, requestKinds } from "./stream/request-kind.ts";
export {
  bearerSubprotocolPrefix,
  type ControlFrame,
  controlFrames,
  eventsPath,
  isControlFrame,
  parseServerFrame,
  type ServerFrame,
  streamPath,
  streamProtocol,
  streamSubprotocol,
} from "./stream/server-frame.ts";
export {
  broadcastTypes,
  createTypeMatcher,
  isBroadcastType,
  matchesThread,
  typePattern,
  typePatterns,
} from "./stream/type-filter.ts";
export {
  pendingApproval,
  pendingToolCall,
  pendingToolInput,
  type ViewName,
  type ViewPayload,
  viewEvents,
} from "./stream/view.ts";
