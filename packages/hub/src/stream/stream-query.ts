/** What a reader asks for in the query of `/api/stream` and `/api/events`. */
import { type Position, parseCursor, SignalboxError, typePatterns } from "@signalbox/contract";
import type { FilterRequest } from "./filter.ts";

/** A reader's wish. */
export interface StreamQuery extends FilterRequest {
  /** Replay from here; undefined for live only. */
  readonly after: Position | undefined;
}

/** Reads `threadId`, `after`, `types` and `v`. Throws `invalid_request` naming the parameter, or `invalid_cursor`. */
export function parseStreamQuery(query: URLSearchParams): StreamQuery {
  refuseUnknown(query, ["threadId", "after", "types", "v"]);
  return { ...parseFilterQuery(query), legacy: parseVersion(query.get("v")) };
}

/** Reads `threadId`, `after`, `types` and `limit` of a page of events. Throws as `parseStreamQuery`. */
export function parseEventsQuery(query: URLSearchParams): StreamQuery & { readonly limit: number } {
  refuseUnknown(query, ["threadId", "after", "types", "limit"]);
  const text = query.get("limit") ?? "100";
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 1000) {
    throw invalid("limit", "Must be a whole number from 1 to 1000");
  }
  return { ...parseFilterQuery(query), legacy: false, limit };
}

function parseFilterQuery(query: URLSearchParams): Omit<StreamQuery, "legacy"> {
  const after = query.get("after");
  return {
    // An empty id has always meant no filter.
    threadId: query.get("threadId") || null,
    types: parseTypes(query.getAll("types")),
    after: after === null ? undefined : parseCursor(after),
  };
}

function parseTypes(texts: readonly string[]): readonly string[] | null {
  if (texts.length === 0) return null;
  const parsed = typePatterns.safeParse(texts.flatMap((text) => text.split(",")));
  if (parsed.success) return parsed.data;
  throw invalid("types", parsed.error.issues[0]!.message);
}

function parseVersion(version: string | null): boolean {
  if (version === null) return true;
  if (version === "1") return false;
  throw invalid("v", "This hub speaks version 1 of the stream");
}

function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw invalid(name, "Unknown parameter");
  }
}

function invalid(path: string, message: string): SignalboxError {
  return new SignalboxError("invalid_request", `${path}: ${message}`, {
    details: { issues: [{ path, message }] },
  });
}
