/**
 * Finds the thread, turn and item that a message speaks of. This runs for every event, so nothing
 * here allocates or splits a path: a row of the table is one look-up, a place one comparison.
 */
import { serverNotifications, serverRequests } from "./generated/methods.ts";
import type { IdPlace, ServerNotificationRow } from "./method-row.ts";

/** A notification or server request, of this version of codex or any other. */
export interface Message {
  readonly method: string;
  readonly params?: unknown;
}

type Row = Pick<ServerNotificationRow, "threadId" | "turnId" | "itemId">;
type Fields = { readonly [key: string]: unknown };

const rows = new Map<unknown, Row>([
  ...Object.entries(serverNotifications),
  ...Object.entries(serverRequests),
]);

let lastMethod: unknown;
let lastRow: Row | undefined;

/** Events come in runs of one method, so the last look-up is most often the next one too. */
function rowOf(method: unknown): Row | undefined {
  if (method !== lastMethod) {
    lastMethod = method;
    lastRow = rows.get(method);
  }
  return lastRow;
}

/**
 * The thread a message belongs to, undefined when it names none. Known methods are read where the
 * table says, others by shape (`threadId`, `conversationId`, `thread.id`). Never throws, whatever
 * it is given; an empty string is no id.
 */
export function threadIdOf(message: Message): string | undefined {
  try {
    const params = message.params as Fields | null | undefined;
    const row = rowOf(message.method);
    if (row !== undefined) return idAt(params, row.threadId);
    return idIn(params?.threadId) ?? idIn(params?.conversationId) ?? idInside(params?.thread);
  } catch {
    return undefined;
  }
}

/**
 * The turn a message belongs to, undefined when it names none (as `serverRequest/resolved`, which
 * has a thread only). By shape: `turnId`, `turn.id`. Otherwise as {@link threadIdOf}.
 */
export function turnIdOf(message: Message): string | undefined {
  try {
    const params = message.params as Fields | null | undefined;
    const row = rowOf(message.method);
    if (row !== undefined) return idAt(params, row.turnId);
    return idIn(params?.turnId) ?? idInside(params?.turn);
  } catch {
    return undefined;
  }
}

/**
 * The item a message is about, undefined when it names none. The `callId` of a tool call is the id
 * of its item. By shape: `itemId`, `callId`, `item.id`. Otherwise as {@link threadIdOf}.
 */
export function itemIdOf(message: Message): string | undefined {
  try {
    const params = message.params as Fields | null | undefined;
    const row = rowOf(message.method);
    if (row !== undefined) return idAt(params, row.itemId);
    return idIn(params?.itemId) ?? idIn(params?.callId) ?? idInside(params?.item);
  } catch {
    return undefined;
  }
}

function idAt(params: Fields | null | undefined, place: IdPlace | null): string | undefined {
  switch (place?.at) {
    case undefined:
      return undefined;
    case "threadId":
      return idIn(params?.threadId);
    case "turnId":
      return idIn(params?.turnId);
    case "thread.id":
      return idInside(params?.thread);
    case "turn.id":
      return idInside(params?.turn);
    case "item.id":
      return idInside(params?.item);
    default:
      return idIn(params?.[place!.at]);
  }
}

function idInside(value: unknown): string | undefined {
  return idIn((value as { id?: unknown } | null | undefined)?.id);
}

function idIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
