/**
 * How far a run has received. One object decides for every connection of the run what is new, what
 * came twice, and where to resume, so that reconnecting neither loses nor doubles an event.
 */
import { formatCursor, type Position } from "@signalbox/contract";

/** The place after which the next connection starts. */
export class Progress {
  #epoch: string | undefined;
  #seq = 0;
  // A view follows the event it derives from under the same seq, so one seq can bring several
  // types; a connection cut between them has to be resumed before that seq, not after it.
  #typesAtSeq: string[] = [];
  // The event of a cursor that was kept by hand was received; its views may not have been.
  #lacksViewsOnly = false;

  /** `mayLackViews`: of the event at `start` views may be missing, which the hub sends again. */
  constructor(start?: Position, { mayLackViews = false } = {}) {
    if (start === undefined) return;
    this.moveTo(start);
    this.#lacksViewsOnly = mayLackViews;
  }

  /** Whether any place is known yet. */
  get isKnown(): boolean {
    return this.#epoch !== undefined;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** The cursor to subscribe after: everything not received yet lies behind it. */
  get resumeAfter(): string | undefined {
    if (this.#epoch === undefined) return undefined;
    const isWhole = this.#typesAtSeq.length === 0 || this.#lacksViewsOnly;
    const seq = isWhole ? this.#seq : Math.max(0, this.#seq - 1);
    return formatCursor({ epoch: this.#epoch, seq });
  }

  /** Takes an event in. False when it was received before. */
  accept(event: { readonly seq: number; readonly type: string }): boolean {
    if (event.seq < this.#seq) return false;
    if (event.seq === this.#seq) {
      // A place that was not reached by an event of ours (a mark, a gap's end) is complete.
      const isWhole = this.#typesAtSeq.length === 0 && !this.#lacksViewsOnly;
      if (isWhole || this.#typesAtSeq.includes(event.type)) return false;
      this.#typesAtSeq.push(event.type);
      return true;
    }
    this.#reach(event.seq, [event.type]);
    return true;
  }

  /** Everything up to here has been delivered or did not concern this run. Never moves back. */
  complete(position: Position): void {
    if (position.epoch !== this.#epoch) {
      this.moveTo(position);
    } else if (position.seq >= this.#seq) {
      this.#reach(position.seq);
    }
  }

  /** Starts from here, wherever it was: the hub said that what lies before can't be had. */
  moveTo(position: Position): void {
    this.#epoch = position.epoch;
    this.#reach(position.seq);
  }

  #reach(seq: number, types: string[] = []): void {
    this.#seq = seq;
    this.#typesAtSeq = types;
    this.#lacksViewsOnly = false;
  }
}
