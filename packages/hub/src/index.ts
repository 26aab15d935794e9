// The hub

export { type Hub, type HubOptions, startHub } from "./hub.ts";
export type { LogOptions } from "./log.ts";
export type { Deadlines } from "./requests/kind.ts";
export type { RuntimeKind } from "./runtime/create-runtime.ts";
export { stopSharedRuntime } from "./runtime/shared/stop-shared-runtime.ts";
export type { ReaderLimits } from "./stream/reader.ts";
