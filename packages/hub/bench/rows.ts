/** Events as a busy hub has them: deltas of ten threads in turn, with every fiftieth event of no thread. */
import type { NewEvent } from "../src/journal/event.ts";

/** Makes so many. */
export function makeRows(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const threadId = `01990000-0000-7000-8000-0000000000${10 + (i % 10)}`;
    const turnId = `01990000-0000-7000-8000-0000000001${10 + (i % 10)}`;
    const context = { threadId, turnId };
    const params = { ...context, itemId: `msg_${i}`, delta: "some words of a text " };
    return {
      type: `app_server.${i % 7 === 0 ? "item.completed" : "item.agent_message.delta"}`,
      threadId: i % 50 === 0 ? null : threadId,
      at: 1_767_225_600_000 + i,
      payload: JSON.stringify({
        source: "app_server",
        signalType: "notification",
        eventType: "app_server.item.agent_message.delta",
        method: "item/agentMessage/delta",
        receivedAt: "2026-01-01T00:00:00.000Z",
        context,
        params,
        session: { id: threadId, title: "New chat", projectId: null },
      }),
    };
  });
}

/** Cuts a list into lists of so many. */
export function split<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size));
  return batches;
}
