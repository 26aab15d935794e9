/** Which events a reader wants. The hub and the SDK decide with the same functions. */
import { z } from "zod";

/** One pattern: an exact type, or a prefix ending in `*`; `*` alone is every type. */
export const typePattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^*,\s]*\*?$/, "An exact type, or a prefix ending in *");

/** Up to 256 patterns. */
export const typePatterns = z.array(typePattern).min(1).max(256);

/** Compiles patterns into one test. Undefined or null: every type. */
export function createTypeMatcher(
  patterns: readonly string[] | null | undefined,
): (type: string) => boolean {
  if (patterns === null || patterns === undefined) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns
    .filter((pattern) => pattern.endsWith("*"))
    .map((pattern) => pattern.slice(0, -1));
  return (type) => exact.has(type) || prefixes.some((prefix) => type.startsWith(prefix));
}

/**
 * Types that concern every session, so a filter on one thread lets them through when they are of no
 * thread: the runtime's, the account's, the defaults', the default policy's, the projects', and the end of a session (which
 * names it in its payload).
 */
export const broadcastTypes: readonly string[] = [
  "runtime.*",
  "session.deleted",
  "session.detached",
  "defaults.updated",
  "policy.updated",
  "project.*",
  "app_server.account.*",
  "app_server.app.list.updated",
  "app_server.mcp_server.oauth_login.completed",
];

/** Whether an event without a thread reaches readers of one thread. */
export const isBroadcastType: (type: string) => boolean = createTypeMatcher(broadcastTypes);

/** Whether a filter on a thread (null: none) lets an event through. */
export function matchesThread(
  event: { readonly type: string; readonly threadId: string | null },
  threadId: string | null,
): boolean {
  if (threadId === null || event.threadId === threadId) return true;
  return event.threadId === null && isBroadcastType(event.type);
}
