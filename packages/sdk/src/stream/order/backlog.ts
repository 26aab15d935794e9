/** What one thread is behind by, read from the hub page by page, as often as it takes. */
import {
  createTypeMatcher,
  type EventPage,
  formatCursor,
  type Position,
  type StreamEvent,
} from "@signalbox/contract";
import type { HandlerErrorListener } from "../../router/route.ts";
import { Backoff, defaultBackoff } from "../backoff.ts";
import type { PageQuery, ReadPage } from "../event-pages.ts";
import { sleep } from "../sleep.ts";

/** Events of one page: what a lane takes back into memory at a time. */
const pageEvents = 64;

/** What reading needs. */
export interface BacklogOptions {
  readonly readPage: ReadPage;
  /** The patterns wanted now; undefined for every type. */
  readonly wantedTypes: () => readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly onHandlerError: HandlerErrorListener;
}

/** One thread's events after a position, in order; `page.cursor` says where they end. */
export interface BacklogPage {
  readonly events: readonly StreamEvent[];
  readonly page: EventPage;
}

/**
 * Reads the next page. Tries again, with growing pauses, until it succeeds; each failure is told.
 * Undefined when the run is stopped.
 */
export async function readBacklog(
  threadId: string,
  after: Position,
  options: BacklogOptions,
): Promise<BacklogPage | undefined> {
  const { readPage, wantedTypes, signal, onHandlerError } = options;
  const backoff = new Backoff(defaultBackoff);
  while (!signal.aborted) {
    const types = wantedTypes();
    const query: PageQuery = { threadId, after: formatCursor(after), types, limit: pageEvents };
    try {
      const page = await readPage(query, signal);
      const isWanted = createTypeMatcher(types);
      const events = page.data.filter(
        (event) => event.threadId === threadId && isWanted(event.type),
      );
      return { events, page };
    } catch (error) {
      if (signal.aborted) return undefined;
      onHandlerError({
        reason: "catch_up",
        error,
        handler: `ordering "thread" (${threadId})`,
        event: null,
      });
      await sleep(backoff.next(0), signal);
    }
  }
  return undefined;
}
