/** Counts what handlers were given, and holds it against the hub's own journal. */
import { type EventPage, eventsPath, type StreamEvent } from "@signalbox/contract";

/** How what was handled compares with what there was. */
export interface Comparison {
  /** Events the journal has for the filter. */
  readonly journaled: number;
  /** Of those, the ones handled at least once. */
  readonly seen: number;
  /** Of those, the ones never handled. */
  readonly missed: number;
  /** Handled again after the first time. */
  readonly doubled: number;
  /** Handled, but nowhere in the journal. */
  readonly unknown: number;
}

/** What was handled, by position and type. */
export class Tally {
  readonly #handled = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #newest = 0;

  /** Notes one call of a handler. */
  note(event: StreamEvent): void {
    const key = keyOf(event);
    this.#handled.set(key, (this.#handled.get(key) ?? 0) + 1);
    this.#newest = Math.max(this.#newest, event.seq);
    for (const look of this.#waiting) look();
  }

  /** Resolves once an event at this position or later was handled, or the signal fires. */
  reached(seq: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#newest < seq && !signal.aborted) return;
        this.#waiting.delete(look);
        signal.removeEventListener("abort", look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener("abort", look);
      look();
    });
  }

  /** Compares with these events. Handled ones newer than the last of them do not count. */
  compare(journal: readonly StreamEvent[]): Comparison {
    const last = journal.at(-1)?.seq ?? 0;
    const keys = new Set(journal.map(keyOf));
    const handled = [...this.#handled].filter(([key]) => Number.parseInt(key, 10) <= last);
    const seen = handled.filter(([key]) => keys.has(key)).length;
    return {
      journaled: keys.size,
      seen,
      missed: keys.size - seen,
      doubled: handled.reduce((sum, [, times]) => sum + times - 1, 0),
      unknown: handled.length - seen,
    };
  }
}

/** The hub's journal after a cursor, as `GET /api/events` gives it, to its end. */
export async function readJournal(
  hub: { readonly url: string; readonly token: string },
  after: string,
): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for (let cursor: string | null = after; cursor !== null; ) {
    const query = new URLSearchParams({ after: cursor, limit: "1000" });
    const response = await fetch(`${hub.url}${eventsPath}?${query}`, {
      headers: { authorization: `Bearer ${hub.token}` },
    });
    if (!response.ok) {
      throw new Error(`The hub answered ${response.status} when asked for its journal.`);
    }
    const page = (await response.json()) as EventPage;
    events.push(...page.data);
    cursor = page.next;
  }
  return events;
}

function keyOf(event: { readonly seq: number; readonly type: string }): string {
  return `${event.seq} ${event.type}`;
}
