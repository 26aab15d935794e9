/** What stands at an address, as JSON that says where the next page is. */
import { type EventPage, eventsPath, type Operation, operations } from "@signalbox/contract";
import type { HubCallOptions, HubCalls } from "../hub-calls.ts";
import { parseUri, type ResourceAddress, toUri } from "./address.ts";

/** Entries a page. */
export const pageSize = 50;

/**
 * The content of a resource. Lists have `next`, the address of the following page or null, and
 * `cursor` where a page ended, to go on from later. Rejects as operations do, and with
 * `invalid_request` for an address there is not.
 */
export async function readResource(
  uri: string,
  calls: HubCalls,
  options: HubCallOptions,
): Promise<unknown> {
  const address = parseUri(uri);
  const call = <Name extends keyof typeof operations>(
    name: Name,
    input: Readonly<Record<string, unknown>>,
  ) => calls.call(operations[name] as Operation, input, options);
  switch (address.kind) {
    case "sessions": {
      const { cursor } = address;
      const page = (await call("sessions.list", { limit: pageSize, cursor })) as SessionPage;
      return { data: page.data, next: nextOf({ kind: "sessions", cursor: more(page.nextCursor) }) };
    }
    case "session": {
      const found = (await call("sessions.get", { sessionId: address.session })) as Found;
      return found.session;
    }
    case "transcript": {
      const { session, after } = address;
      const input = { sessionId: session, limit: pageSize, after };
      const page = (await call("sessions.transcript.list", input)) as TranscriptPage;
      const next = more(page.nextCursor);
      const { sessionId, data, cursor } = page;
      return {
        sessionId,
        data,
        next: nextOf({ ...address, session: sessionId, after: next }),
        cursor,
      };
    }
    case "events": {
      const sessionId = await findSession(address.session, calls, options);
      const query = { threadId: sessionId, limit: pageSize, after: address.after };
      const { signal } = options;
      const page = (await calls
        .client(options.actor)
        .raw.request("GET", eventsPath, { query, signal })) as EventPage;
      const { data, next, cursor, gap } = page;
      const following = nextOf({ kind: "events", session: sessionId, after: more(next) });
      return { sessionId, data, next: following, cursor, ...(gap === undefined ? {} : { gap }) };
    }
  }
}

/** The id of the session that is named. Rejects as operations on it do. */
export async function findSession(
  session: string,
  calls: HubCalls,
  options: HubCallOptions,
): Promise<string> {
  // What is smallest of all that tells it.
  const operation = operations["sessions.controls.get"] as Operation;
  const { sessionId } = (await calls.call(operation, { sessionId: session }, options)) as {
    readonly sessionId: string;
  };
  return sessionId;
}

interface SessionPage {
  readonly data: readonly unknown[];
  readonly nextCursor: string | null;
}
interface TranscriptPage extends SessionPage {
  readonly sessionId: string;
  readonly cursor: string | null;
}
interface Found {
  readonly session: unknown;
}

function more(cursor: string | null): string | undefined {
  return cursor ?? undefined;
}

function nextOf(address: Exclude<ResourceAddress, { kind: "session" }>): string | null {
  const cursor = address.kind === "sessions" ? address.cursor : address.after;
  return cursor === undefined ? null : toUri(address);
}
