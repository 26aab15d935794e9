/** What can't be replayed to a reader who comes with a cursor. A pure decision. */
import { type ControlFrame, formatCursor, type Position } from "@signalbox/contract";
import type { Journal } from "../journal/journal.ts";

/** A gap, and the position to go on after. */
export interface Gap {
  readonly frame: Extract<ControlFrame, { type: "gap" }>;
  readonly to: number;
}

/**
 * The gap between a cursor and what the journal can give; undefined when there is none. Another
 * epoch, or a position that was never given out, can't be compared with ours: the reader must look
 * at the present state and go on from the head. Trimmed events are gone, those after them are not.
 */
export function findGap(
  journal: Pick<Journal, "epoch" | "head" | "trimmed">,
  after: Position,
): Gap | undefined {
  const { epoch, head, trimmed } = journal;
  const gap = (reason: Gap["frame"]["reason"], to: number): Gap => ({
    frame: {
      type: "gap",
      reason,
      from: formatCursor(after),
      to: formatCursor({ epoch, seq: to }),
    },
    to,
  });
  if (after.epoch !== epoch || after.seq > head) return gap("epoch_changed", head);
  if (after.seq < trimmed) return gap("retention", trimmed);
  return undefined;
}
