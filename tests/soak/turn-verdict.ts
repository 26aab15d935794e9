/** In a thread one turn runs at a time, and each ends once. */
import type { NotificationSignal, StreamEvent } from "@signalbox/contract";

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeTurns(events: readonly StreamEvent[]): string[] {
  const running = new Map<string, string>();
  const ended = new Set<string>();
  const wrong: string[] = [];
  for (const { type, threadId, payload } of events) {
    if (threadId === null) continue;
    const turnId = () => (payload as NotificationSignal & Turned).params.turn.id;
    if (type === "app_server.turn.started") {
      const other = running.get(threadId);
      if (other !== undefined) wrong.push(`${turnId()} began while ${other} ran.`);
      running.set(threadId, turnId());
    } else if (type === "app_server.turn.completed") {
      if (ended.has(turnId())) wrong.push(`${turnId()} ended twice.`);
      ended.add(turnId());
      if (running.get(threadId) === turnId()) running.delete(threadId);
    }
  }
  for (const turnId of running.values()) wrong.push(`${turnId} never ended.`);
  return wrong;
}

interface Turned {
  readonly params: { readonly turn: { readonly id: string } };
}
