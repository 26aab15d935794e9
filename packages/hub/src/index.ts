// The hub

// Its guard, for another server beside it
export { type GuardedOptions, serveGuarded } from "./http/guarded.ts";
export type { HttpServer } from "./http/server.ts";
export { type Hub, startHub } from "./hub.ts";
export type { HubOptions } from "./hub-options.ts";
// Beside a hub: its home, who holds it, and its log
export { lastEventAt } from "./journal/last-event.ts";
export type { RetentionLimits } from "./journal/retention.ts";
export type { LogOptions } from "./log.ts";
export { asideOf, rotateLog } from "./log-file.ts";
export type { Deadlines } from "./requests/kind.ts";
export type { RuntimeKind } from "./runtime/runtime.ts";
export { type SharedAppServer, sharedAppServer } from "./runtime/shared/shared-app-server.ts";
export { isSocketPathShort } from "./runtime/shared/socket.ts";
export { stopSharedRuntime } from "./runtime/shared/stop-shared-runtime.ts";
export type { AuditLimits } from "./store/audit-log.ts";
export { type Home, homeAt, openHome } from "./store/home.ts";
export { type HomeHolder, livingHolder } from "./store/home-holder.ts";
export { isAlive } from "./store/process-stamp.ts";
export type { ReaderLimits } from "./stream/reader.ts";
