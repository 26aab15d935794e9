// What the hub and the SDK speak of, from the contract
export {
  type AppServerSignal,
  type ControlFrame,
  type ErrorCode,
  isSignalboxError,
  type NotificationSignal,
  type RequestSignal,
  SignalboxError,
  type StreamEvent,
} from "@signalbox/contract";
// The client
export type { Call, CallInput, CallOptions, CallOutput } from "./call/call.ts";
export type {
  AfterHook,
  BeforeHook,
  ErrorHook,
  HookErrorListener,
  HookFailure,
  HookTarget,
  Middleware,
} from "./call/hooks.ts";
export type { HeaderProvider } from "./call/http-sender.ts";
export type { Methods } from "./call/methods.ts";
export type { RawOptions, RawRequests } from "./call/raw-requests.ts";
export type { AppServerCall, AppServerResult } from "./call/refined-methods.ts";
export type { RetryPolicy } from "./call/retry.ts";
export type { HandlerDecorator } from "./handlers/decorator.ts";
// Handlers and what they get
export type {
  EventOf,
  KnownEventType,
  NotificationSignalOf,
  PayloadOf,
  RequestSignalOf,
} from "./handlers/event-types.ts";
export type { Handler, HandlerMode, SyncResult } from "./handlers/handler-mode.ts";
export type {
  OnAppServer,
  OnAppServerRequest,
  OnEvent,
  OnEventPrefix,
  OnTurn,
  OnTurnStarted,
  TurnPhase,
} from "./handlers/registration.ts";
export type { SignalboxOptions } from "./options.ts";
export type { Plugin, PluginFailure } from "./plugins.ts";
// Routing
export { EventRouter, type EventRouterOptions } from "./router/event-router.ts";
export type {
  DispatchContext,
  FailureReason,
  HandlerContext,
  HandlerErrorListener,
  HandlerFailure,
  Route,
  StreamRouter,
} from "./router/route.ts";
export type { SessionScope } from "./session/session-scope.ts";
export { Signalbox } from "./signalbox.ts";
// Remote skills
export type { CatalogDifference } from "./skills/binding.ts";
export type {
  DynamicTool,
  SkillCatalog,
  SkillContext,
  SkillDefinition,
  SkillHandler,
} from "./skills/catalog.ts";
export type { IgnoredReason, SkillOutcome } from "./skills/outcome.ts";
export type {
  BindOptions,
  CloseSessionOptions,
  RegisterSkills,
  RemoteSkills,
  SkillLifecycleOptions,
  SkillSession,
  SkillSessionOptions,
} from "./skills/remote-skills.ts";
export { type SkillContentItem, type SkillResult, toDataUrl } from "./skills/result.ts";
export type {
  ArgumentIssue,
  JsonSchema,
  SkillInput,
  SkillSchema,
  StandardSchema,
} from "./skills/schema.ts";
export type { SendAndHandleOptions, SentAndHandled } from "./skills/send-and-handle.ts";
export type { SendOptions, ServeOptions, SessionSkills } from "./skills/session-skills.ts";
export type { SkillLifecycle } from "./skills/skill-lifecycle.ts";
export type { SkillCallRow, SkillSignal } from "./skills/tool-call.ts";
// The stream
export type { BackoffPolicy } from "./stream/backoff.ts";
export type { ConnectionTimes } from "./stream/connection.ts";
export type {
  ConnectionEvent,
  ConnectionListener,
  DisconnectReason,
} from "./stream/connection-event.ts";
export { type CursorStore, memoryCursorStore } from "./stream/cursor/cursor-store.ts";
export type { EventReader } from "./stream/event-reader.ts";
export type { InboxLimits } from "./stream/inbox.ts";
export type { Ordering } from "./stream/order/event-order.ts";
export type { Stream } from "./stream/stream.ts";
export type { EventsOptions, RunOptions, StreamOptions } from "./stream/stream-options.ts";
export type { WebSocketConstructor, WebSocketLike } from "./stream/web-socket.ts";
// Waiting
export type { TurnEnd } from "./wait/turn-watch.ts";
export type { TurnReply, TurnToWaitFor, UntilOptions, Wait, WaitOptions } from "./wait/wait.ts";
