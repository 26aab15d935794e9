/** Addresses of what can be read: `signalbox://sessions`, and below it each session and its pages. */
import { SignalboxError } from "@signalbox/contract";

/** What an address stands for. */
export type ResourceAddress =
  | { readonly kind: "sessions"; readonly cursor: string | undefined }
  | { readonly kind: "session"; readonly session: string }
  | {
      readonly kind: "transcript" | "events";
      readonly session: string;
      /** Cursor the page begins after; undefined for the beginning. */
      readonly after: string | undefined;
    };

/** The address of the list of sessions. */
export const sessionsUri = "signalbox://sessions";

/** Writes an address. A session is named by its id or handle. */
export function toUri(address: ResourceAddress): string {
  switch (address.kind) {
    case "sessions":
      return withQuery(sessionsUri, "cursor", address.cursor);
    case "session":
      return sessionUri(address.session);
    case "transcript":
    case "events":
      return withQuery(`${sessionUri(address.session)}/${address.kind}`, "after", address.after);
  }
}

/** Reads an address. Throws `invalid_request` for anything else, saying what there is. */
export function parseUri(uri: string): ResourceAddress {
  const [, path = "", query = ""] = /^signalbox:\/\/([^?#]*)(?:\?([^#]*))?$/.exec(uri) ?? [];
  const [root, session, kind, ...more] = path.split("/").map(decode);
  const search = new URLSearchParams(query);
  const only = (name?: string) => [...search.keys()].every((key) => key === name);
  if (root === "sessions" && more.length === 0) {
    if (session === undefined && only("cursor")) {
      return { kind: "sessions", cursor: search.get("cursor") ?? undefined };
    }
    if (session !== undefined && session !== "") {
      if (kind === undefined && only()) return { kind: "session", session };
      if ((kind === "transcript" || kind === "events") && only("after")) {
        return { kind, session, after: search.get("after") ?? undefined };
      }
    }
  }
  throw new SignalboxError(
    "invalid_request",
    `There is nothing to read at ${uri}. There is ${sessionsUri}{?cursor}, ${sessionsUri}/{sessionId}, and below a session transcript{?after} and events{?after}.`,
  );
}

function sessionUri(session: string): string {
  return `${sessionsUri}/${encodeURIComponent(session).replace(/^%40/, "@")}`;
}

function withQuery(uri: string, name: string, value: string | undefined): string {
  return value === undefined ? uri : `${uri}?${name}=${encodeURIComponent(value)}`;
}

/** What can't be decoded names nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
