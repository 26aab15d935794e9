/**
 * What codex says that tells of messages: that one stands in a turn, and how turns ended. The facts of
 * it are put right behind, so that they are stored with what they follow from.
 */
import type { AppServerSignal } from "@signalbox/contract";
import type { NewEvent } from "../../journal/event.ts";
import type { MessageLog } from "./message-log.ts";
import type { Queue, QueueInput } from "./queue.ts";

/** What tells of messages in what codex says of a turn and its items. */
export interface ItemParams {
  readonly turnId?: string;
  readonly turn?: {
    readonly id?: string;
    readonly status?: string;
    readonly error?: { readonly message?: string } | null;
  };
  readonly item?: { readonly type?: string; readonly clientId?: string | null };
}

/** A batch with the facts about messages put behind the notices that tell of them. For `EventLog.append`. */
export function withMessageFacts(
  batch: readonly NewEvent[],
  log: Pick<MessageLog, "mayHave" | "queueOf" | "decide">,
): readonly NewEvent[] {
  // Queues as this batch leaves them, which the rows do not have yet.
  const changed = new Map<string, Queue>();
  let events: NewEvent[] | undefined;
  for (const [index, event] of batch.entries()) {
    events?.push(event);
    const { threadId, at } = event;
    if (threadId === null || !log.mayHave(threadId)) continue;
    const input = toInput(event);
    if (input === undefined) continue;
    const decided = log.decide(changed.get(threadId) ?? log.queueOf(threadId), input, at);
    changed.set(threadId, decided.queue);
    if (decided.events.length === 0) continue;
    events ??= batch.slice(0, index + 1);
    events.push(...decided.events);
  }
  return events ?? batch;
}

function toInput({ type, payload }: NewEvent): QueueInput | undefined {
  switch (type) {
    case "app_server.turn.completed": {
      const { turn } = paramsOf(payload);
      if (turn?.id === undefined) return undefined;
      return {
        type: "turn_ended",
        turnId: turn.id,
        status: turn.status ?? "failed",
        error: turn.error?.message ?? null,
      };
    }
    case "app_server.item.started":
    case "app_server.item.completed": {
      // Most items are no message of ours, and may be long.
      if (!payload.includes('"userMessage"')) return undefined;
      const shown = shownIn(paramsOf(payload));
      return shown && { type: "shown", ...shown };
    }
    default:
      return undefined;
  }
}

/** The message that an item is, and its turn; undefined where the item is none of ours. */
export function shownIn({ turnId, item }: ItemParams) {
  if (item?.type !== "userMessage" || !item.clientId || turnId === undefined) return undefined;
  return { messageId: item.clientId, turnId };
}

function paramsOf(payload: string): ItemParams {
  return (JSON.parse(payload) as AppServerSignal<string, ItemParams>).params;
}
