/** What the app-server tells without expecting an answer. */
import type { ServerNotificationTypes } from "./generated/methods.ts";

/**
 * Every notification of this version of codex. A running app-server may send others: they are to
 * be passed on as they are.
 */
export type ServerNotificationMethod = keyof ServerNotificationTypes;

/** The params of a notification. */
export type NotificationParams<M extends ServerNotificationMethod> = ServerNotificationTypes[M];

/** A notification as it stands on the wire, discriminated by `method`. */
export type ServerNotification<M extends ServerNotificationMethod = ServerNotificationMethod> = {
  [Method in M]: {
    method: Method;
    params: NotificationParams<Method>;
    /** When the app-server emitted it, in Unix milliseconds. Not a sequence number. */
    emittedAtMs?: number;
  };
}[M];
