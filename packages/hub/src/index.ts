// The hub

export { type Hub, startHub } from "./hub.ts";
export type { HubOptions } from "./hub-options.ts";
export type { RetentionLimits } from "./journal/retention.ts";
export type { LogOptions } from "./log.ts";
export type { Deadlines } from "./requests/kind.ts";
export type { RuntimeKind } from "./runtime/create-runtime.ts";
export { stopSharedRuntime } from "./runtime/shared/stop-shared-runtime.ts";
export type { AuditLimits } from "./store/audit-log.ts";
export type { ReaderLimits } from "./stream/reader.ts";
