/** Queues keep their order, and start nothing while they are held, as they are after a turn that went wrong. */
import type { HubEventPayload, StreamEvent } from "@signalbox/contract";
import { marksIn } from "./marks.ts";
import type { MessageEvidence } from "./message-verdict.ts";

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeQueues(evidence: MessageEvidence): string[] {
  return [...outOfOrder(evidence), ...startedUnderHold(evidence.events)];
}

/**
 * Queued messages come into their thread in the order in which they began to wait, but for those that
 * somebody moved or said again.
 */
function outOfOrder({ sessions, speakers, caretaker, witness, events }: MessageEvidence): string[] {
  const places = new Map<string, number>();
  for (const { type, payload } of events) {
    if (type !== "message.created") continue;
    const { message } = payload as HubEventPayload<"message.created">;
    const [mark = ""] = marksIn(message.text);
    const isFree = speakers.touched.moved.has(mark) || caretaker.resent.has(message.messageId);
    if (message.mode === "queue" && !isFree) places.set(mark, places.size);
  }
  return sessions.flatMap((sessionId) => {
    const inOrder = witness.toldIn(sessionId).filter((mark) => places.has(mark));
    return inOrder.flatMap((mark, index) => {
      const before = inOrder[index - 1];
      const isFine = before === undefined || places.get(before)! < places.get(mark)!;
      return isFine ? [] : [`${before} waited behind ${mark}, and came before it.`];
    });
  });
}

/** What is known of a session's queue at a place in the journal. */
interface QueueState {
  /** Ids of those that wait. */
  waiting: readonly string[];
  /** Why it is held. */
  hold: string | undefined;
  /** The turn that went wrong while something waited, until the queue is held or goes on. */
  unheld: string | undefined;
}

function startedUnderHold(events: readonly StreamEvent[]): string[] {
  const queues = new Map<string, QueueState>();
  const cutsIn = new Set<string>();
  const wrong: string[] = [];
  for (const { type, threadId, payload } of events) {
    const fresh: QueueState = { waiting: [], hold: undefined, unheld: undefined };
    const queue = queues.get(threadId ?? "") ?? fresh;
    queues.set(threadId ?? "", queue);
    if (type === "queue.updated") {
      const { messageIds, hold } = payload as HubEventPayload<"queue.updated">;
      queue.waiting = messageIds;
      queue.hold = hold?.reason;
      if (hold !== null) queue.unheld = undefined;
      continue;
    }
    if (!type.startsWith("message.")) continue;
    const { messageId, mode } = (payload as HubEventPayload<"message.starting">).message;
    if (mode === "interject") cutsIn.add(messageId);
    const isStart = mode === "start" || mode === "queue" || mode === "interject";
    if (type === "message.failed" || type === "message.interrupted") {
      // Whoever cut in wanted the turn to end.
      const isHeld = queue.waiting.length > 0 && !queue.waiting.some((id) => cutsIn.has(id));
      if (isStart && isHeld && queue.hold === undefined) queue.unheld = messageId;
    } else if (type === "message.starting" && mode === "queue") {
      const why = queue.hold ?? (queue.unheld && `the end of ${queue.unheld}, which did not hold`);
      if (why !== undefined) wrong.push(`${messageId} was started under ${why}.`);
      queue.unheld = undefined;
    }
  }
  return wrong;
}
