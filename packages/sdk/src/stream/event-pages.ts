/** The stream's events asked for page by page. */
import { type EventPage, eventsPath } from "@signalbox/contract";
import type { HttpSender } from "../call/http-sender.ts";
import { viewNames } from "./wanted-types.ts";

/** What a page is asked for with. */
export interface PageQuery {
  readonly threadId: string;
  /** Cursor the page begins after. */
  readonly after: string;
  /** Patterns; undefined for every type. A page may hold other types than these too. */
  readonly types: readonly string[] | undefined;
  readonly limit: number;
}

/** Reads one page. Rejects as a call does. */
export type ReadPage = (query: PageQuery, signal: AbortSignal) => Promise<EventPage>;

/** Characters of patterns that fit into a URL beside the rest. */
const longestTypes = 4_000;
/** Milliseconds. */
const pageDeadline = 30_000;

/** Reads pages from the hub that the sender sends to. */
export function createPageReader(sender: HttpSender): ReadPage {
  return async ({ threadId, after, types, limit }, signal) => {
    const query = new URLSearchParams({ threadId, after, limit: String(limit) });
    if (types !== undefined) query.set("types", fittingTypes(types));
    const path = `${eventsPath}?${query}`;
    const request = { name: "events page", isRead: true, method: "GET", path, body: undefined };
    const sent = { ...request, headers: new Headers() };
    // The contract's own tests hold the hub's answers to its schemas.
    return (await sender.send(sent, { signal, timeout: pageDeadline })) as EventPage;
  };
}

function fittingTypes(types: readonly string[]): string {
  const text = types.join();
  return text.length <= longestTypes ? text : ["*", ...viewNames].join();
}
