// Codex for programs

// The client under it
export { type Answer, AppServerClient } from "./client/app-server-client.ts";
export type { FeedEvent, RuntimeEvent } from "./client/feed-event.ts";
export type { ClientOptions, LogEntry, RestartOptions } from "./client/options.ts";
export { Codex, type CodexOptions, type LoginOptions } from "./codex/codex.ts";
export type { GoalOptions, GoalResult, GoalRun } from "./codex/goal-run.ts";
export type { Input, InputPart } from "./codex/input.ts";
export type { Login, LoginOutcome } from "./codex/login.ts";
export type {
  ForkOptions,
  ResumeOptions,
  ThreadOptions,
  TurnOptions,
  WhenBusy,
} from "./codex/options.ts";
export type { Thread } from "./codex/thread.ts";
export type { Turn, TurnEventsOptions } from "./codex/turn.ts";
export type { TurnResult } from "./codex/turn-result.ts";
// Errors
export {
  AppServerError,
  type ErrorCategory,
  type ErrorCode,
  isAppServerError,
  RpcError,
  type RpcErrorBody,
} from "./errors.ts";
// Questions codex asks
export type { HandlerOptions, RequestContext, RequestHandler } from "./requests/request-broker.ts";
export { safeAnswer } from "./requests/safe-answers.ts";
export type { EventStream } from "./router/event-stream.ts";
export type { Feed, FeedOptions } from "./router/feed.ts";
export type { Message, Notification, Request } from "./router/message.ts";
export type { RouterCounters } from "./router/message-router.ts";
export { MINIMUM_CODEX_VERSION } from "./rpc/codex-version.ts";
export type { RuntimeInfo } from "./rpc/connection.ts";
export type { RequestOptions } from "./rpc/requester.ts";
// What happens in a session, in one small vocabulary
export {
  type RequestKind,
  requestKind,
  type SessionEvent,
  toSessionEvents,
} from "./session-events/session-event.ts";
export type { LiveThread, LiveThreads } from "./supervision/live-threads.ts";
export type { ClientState } from "./supervision/supervisor.ts";
export type { HeardSince, ThreadMark } from "./supervision/thread-mark.ts";
// Finding and speaking to the binary
export { type CodexBinary, findCodex, readCodexVersion } from "./transport/codex-binary.ts";
export type { StdioOptions } from "./transport/stdio-transport.ts";
