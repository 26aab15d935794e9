/** What a finished turn amounts to. */
import type {
  ThreadItem,
  ThreadTokenUsage,
  Turn,
  TurnError,
  TurnStatus,
} from "@signalbox/protocol";
import type { TurnRecord } from "../router/turn-record.ts";

export type TurnResult = {
  turnId: string;
  threadId: string;
  /** `completed`, `failed` or `interrupted`. */
  status: TurnStatus;
  /** True for `completed` only: a failed or interrupted turn is not a success. */
  ok: boolean;
  /** Why it failed or was interrupted, where codex says. */
  error: TurnError | null;
  /**
   * The answer: the last agent message of phase `final_answer`, else the last one without a phase;
   * commentary never counts. Empty text stays empty; null when there was no answer.
   */
  text: string | null;
  /** Completed items, in the order they were completed. */
  items: ThreadItem[];
  usage: ThreadTokenUsage | undefined;
  /** Unix seconds. */
  startedAt: number | null;
  completedAt: number | null;
  durationMs: number | null;
};

export function toTurnResult(record: TurnRecord, turn: Turn): TurnResult {
  const { items } = record;
  return {
    turnId: turn.id,
    threadId: record.threadId,
    status: turn.status,
    ok: turn.status === "completed",
    error: turn.error,
    text: finalText(items),
    items,
    usage: record.usage,
    startedAt: turn.startedAt,
    completedAt: turn.completedAt,
    durationMs: turn.durationMs,
  };
}

/** The answer among a turn's items, by the rule of `TurnResult.text`. */
export function finalText(items: readonly ThreadItem[]): string | null {
  let phaseless: string | null = null;
  let final: string | null = null;
  for (const item of items) {
    if (item.type !== "agentMessage") continue;
    if (item.phase === "final_answer") final = item.text;
    else if (item.phase === null || item.phase === undefined) phaseless = item.text;
  }
  return final ?? phaseless;
}
