/** What one reader was told, and what is wrong with it. */
import { isDeepStrictEqual } from "node:util";
import type { StreamEvent } from "@signalbox/sdk";

/** What is wrong; empty lists where nothing is. */
export interface Faults {
  /** Positions in the journal that the reader was never told of. */
  readonly missed: number[];
  /** Positions it was told of more than once, or after a later one. */
  readonly doubled: number[];
  /** Positions where the journal holds something else than what it was told, or nothing. */
  readonly changed: number[];
}

/** Keeps every event a reader gets. */
export class Ledger {
  readonly events: StreamEvent[] = [];
  #waiting: { readonly seq: number; readonly resolve: () => void }[] = [];

  /** Position of the last event. */
  get last(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  note(event: StreamEvent): void {
    this.events.push(event);
    for (const { seq, resolve } of this.#waiting) if (event.seq >= seq) resolve();
    this.#waiting = this.#waiting.filter(({ seq }) => event.seq < seq);
  }

  /** Resolves when the reader has come to a position. */
  async reaches(seq: number): Promise<void> {
    if (this.last >= seq) return;
    await new Promise<void>((resolve) => this.#waiting.push({ seq, resolve }));
  }

  /** Holds what was told, after position `from`, against the journal. */
  compare(journal: readonly StreamEvent[], from: number): Faults {
    const stored = new Map(journal.map((event) => [event.seq, event]));
    const told = new Set<number>();
    const doubled: number[] = [];
    const changed: number[] = [];
    const head = journal.at(-1)?.seq ?? from;
    let last = from;
    for (const event of this.events) {
      // Told after the journal was read.
      if (event.seq > head) break;
      if (event.seq <= last) doubled.push(event.seq);
      last = Math.max(last, event.seq);
      told.add(event.seq);
      if (!isDeepStrictEqual(stored.get(event.seq), event)) changed.push(event.seq);
    }
    const missed = journal
      .map(({ seq }) => seq)
      .filter((seq) => seq > from && seq <= last && !told.has(seq));
    return { missed, doubled, changed };
  }
}
