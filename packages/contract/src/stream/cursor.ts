/** A place in the journal that can be written down: `<epoch>:<seq>`. */
import { SignalboxError } from "../errors/signalbox-error.ts";

/** A place in one numbering of the journal. */
export interface Position {
  /** Names the numbering. Positions of different epochs can't be compared. */
  readonly epoch: string;
  /** Counts up by one from 1; 0 is before the first event. */
  readonly seq: number;
}

const form = /^([0-9a-z]{1,64}):(0|[1-9]\d{0,15})$/;

/** The cursor's text. */
export function formatCursor(position: Position): string {
  return `${position.epoch}:${position.seq}`;
}

/** The position a cursor names. Throws `invalid_cursor`. */
export function parseCursor(text: string): Position {
  const match = form.exec(text);
  const seq = Number(match?.[2]);
  if (match === null || !Number.isSafeInteger(seq)) {
    throw new SignalboxError(
      "invalid_cursor",
      `${JSON.stringify(text.slice(0, 80))} is not a cursor: it must be <epoch>:<seq>, as the hub gave it.`,
    );
  }
  return { epoch: match[1]!, seq };
}
