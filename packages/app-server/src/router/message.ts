/** What app-server can say on a connection, told apart by shape alone (JSON-RPC without the `jsonrpc` member). */
import type { RequestId, ServerNotification, ServerRequest } from "@signalbox/protocol";
import type { Weight } from "./event-log.ts";

/**
 * A notification as it stood on the wire. `recovered` marks one that app-server never sent: this
 * client found the fact by reading the thread after a connection was lost.
 */
export type Notification = ServerNotification & { recovered?: true };

/** A question app-server asks; `id` is its own, counted afresh by each process. */
export type Request = ServerRequest;

/** Whatever belongs to a turn, a thread or the connection, in wire order. Unknown methods pass through raw. */
export type Message = Notification | Request;

export type Response =
  | { id: RequestId; result: unknown }
  | { id: RequestId; error: { code: number; message: string; data?: unknown } };

export function isRequest(message: Message): message is Request {
  return "id" in message;
}

/** Deltas repeat what the completed item will carry whole, so they are what gives way first. */
export function isDelta(message: Message): boolean {
  const { method } = message;
  return method.endsWith("elta") || method === "item/mcpToolCall/progress";
}

/** A turn's end and the questions of a turn are never given up. */
function isEssential(message: Message): boolean {
  return message.method === "turn/completed" || "id" in message;
}

/** How much a message matters to a consumer that can't keep up. */
export function weigh(message: Message): Weight {
  return isEssential(message) ? "essential" : isDelta(message) ? "delta" : "plain";
}
