/** In which order the events of a run are handled, and how far handling has come. */
import type { Position, StreamEvent } from "@signalbox/contract";

/**
 * `global`: each event after the one before it is handled, as the hub counts them. `thread`: each
 * after the one before it of the same thread, threads side by side.
 */
export type Ordering = "global" | "thread";

/** An event on its way to its handlers. */
export interface ArrivedEvent {
  readonly event: StreamEvent;
  readonly cursor: string;
  readonly reconnects: number;
  /** Characters of its frame. */
  readonly size: number;
  readonly epoch: string;
  /**
   * With everything before it handled, this event handled means that everything up to here is. Its
   * own seq, or the one before where views of the same seq may follow.
   */
  readonly completes: number;
}

/** One run's way of handling events. */
export interface EventOrder {
  /** Hands on the next event. What it gives back is to be awaited before the one after it. */
  take(arrived: ArrivedEvent): Promise<void> | undefined;
  /** Everything the run gets up to here was taken, or did not concern it. */
  pass(position: Position): void;
  /** Resolves once everything taken is handled. */
  idle(): Promise<void>;
  /** Everything up to here is handled; undefined while no place is known. Never moves back in an epoch. */
  readonly handled: Position | undefined;
}
