/**
 * The names under which the app-server's messages travel as events, at run time and for the
 * compiler. `NotificationName` and `RequestName` are names without their prefix, as handlers are
 * registered (`item.started`); an event's type has it (`app_server.item.started`).
 *
 * The request family lies inside the notification family by prefix, so a prefix match on
 * `app_server.` gets both.
 */
import {
  type clientNotifications,
  type clientRequests,
  serverNotifications,
  serverRequests,
} from "./generated/methods.ts";
import type { MethodRow } from "./method-row.ts";
import { normalizeMethod } from "./normalize-method.ts";
import type { ServerNotificationMethod } from "./server-notification.ts";
import type { ServerRequestMethod } from "./server-request.ts";

const notificationPrefix = "app_server.";
const requestPrefix = "app_server.request.";

type Notifications = typeof serverNotifications;
type Requests = typeof serverRequests;
type Rows = Notifications & Requests & typeof clientRequests & typeof clientNotifications;

/**
 * What {@link normalizeMethod} makes of a method, to the compiler: the exact name for every method
 * this version of codex has, `string` for any other.
 */
export type NormalizedMethod<M extends string> = M extends keyof Rows
  ? Rows[M]["normalized"]
  : string;

/** The event type of a notification. */
export type EventName<M extends string> = `app_server.${NormalizedMethod<M>}`;

/** The event type of a server request. */
export type RequestEventName<M extends string> = `app_server.request.${NormalizedMethod<M>}`;

/** The names of the known notifications, such as `item.started`. */
export type NotificationName = NormalizedMethod<ServerNotificationMethod>;

/** The names of the known server requests, such as `item.tool.call`. */
export type RequestName = NormalizedMethod<ServerRequestMethod>;

/** The method of a notification's name; never for a name that no known notification has. */
export type NotificationMethodOf<Name extends string> = {
  [M in ServerNotificationMethod]: Notifications[M]["normalized"] extends Name ? M : never;
}[ServerNotificationMethod];

/** The method of a server request's name; never for a name that no known request has. */
export type RequestMethodOf<Name extends string> = {
  [M in ServerRequestMethod]: Requests[M]["normalized"] extends Name ? M : never;
}[ServerRequestMethod];

/** The event type of a notification: `app_server.` and its normalised method. */
export function toEventName<M extends string>(method: M): EventName<M> {
  return `${notificationPrefix}${normalizeMethod(method)}` as EventName<M>;
}

/** The event type of a server request: `app_server.request.` and its normalised method. */
export function toRequestEventName<M extends string>(method: M): RequestEventName<M> {
  return `${requestPrefix}${normalizeMethod(method)}` as RequestEventName<M>;
}

const notificationMethods = methodsByName(serverNotifications);
const requestMethods = methodsByName(serverRequests);

/** The method of a known notification, by its name without prefix; undefined for any other name. */
export function methodOfNotificationName<Name extends string>(
  name: Name,
): NotificationMethodOf<Name> | undefined {
  return notificationMethods.get(name) as NotificationMethodOf<Name> | undefined;
}

/** The method of a known server request, by its name without prefix; undefined for any other. */
export function methodOfRequestName<Name extends string>(
  name: Name,
): RequestMethodOf<Name> | undefined {
  return requestMethods.get(name) as RequestMethodOf<Name> | undefined;
}

function methodsByName(rows: Readonly<Record<string, MethodRow>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(rows).map(([method, row]) => [row.normalized, method]));
}
