/** Watching a session for a bounded time: its events, for those who can't hold a stream open. */
import {
  formatCursor,
  matchesThread,
  type OperationInput,
  type OperationOutput,
  parseCursor,
} from "@signalbox/contract";
import type { EventLog } from "../journal/event-log.ts";
import type { Roster } from "../sessions/roster.ts";
import { readEventPage } from "../stream/event-pages.ts";
import type { ReaderSource } from "../stream/reader.ts";
import { News } from "./news.ts";
import { Patience } from "./patience.ts";

/** What watching needs of the hub. */
export interface SessionWatchParts {
  readonly events: Pick<EventLog, "onAppended">;
  readonly roster: Roster;
  readonly source: Pick<ReaderSource, "journal" | "isHidden">;
  /** Fires when the hub ends. */
  readonly closing: AbortSignal;
}

type Output = OperationOutput<"sessions.watch">;

/** Watches sessions. */
export class SessionWatch {
  readonly #parts: SessionWatchParts;

  constructor(parts: SessionWatchParts) {
    this.#parts = parts;
  }

  /**
   * Gives what happened after the cursor and happens until there is as much as was asked for, or the
   * time is over. Throws `invalid_cursor`, `session_not_found`, `session_deleted`, `aborted` and
   * `hub_closing`; whichever way it ends, nothing listens any more.
   */
  async watch(input: OperationInput<"sessions.watch">, signal: AbortSignal): Promise<Output> {
    const { sessionId, after, types = null, limit, timeoutMs } = input;
    const { events, roster, source, closing } = this.#parts;
    const { journal } = source;
    roster.find(sessionId);
    let next = after ?? formatCursor({ epoch: journal.epoch, seq: journal.head });
    const data: Output["events"] = [];
    using news = new News(events, (event) => matchesThread(event, sessionId));
    using patience = new Patience(timeoutMs, { signal, closing });
    for (;;) {
      const coming = news.next;
      const page = await readEventPage(source, {
        threadId: sessionId,
        types,
        legacy: false,
        after: parseCursor(next),
        limit: limit - data.length,
      });
      data.push(...page.data);
      next = page.cursor;
      const answer = { sessionId, events: data, next };
      // What is missing must be known before anything else is asked.
      if (page.gap !== undefined) return { ...answer, timedOut: false, gap: page.gap };
      if (data.length >= limit) return { ...answer, timedOut: false };
      if (page.next !== null) continue;
      if (patience.isOver) return { ...answer, timedOut: true };
      await patience.until(coming);
    }
  }
}
