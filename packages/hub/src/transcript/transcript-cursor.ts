/** A place in a transcript as text: it names the entry, so it holds while entries come and go around it. */
import { SignalboxError } from "@signalbox/contract";
import type { Place, TranscriptRow } from "./transcript-row.ts";

/** The cursor of an entry. Opaque to callers. */
export function toCursor({ place }: TranscriptRow): string {
  const { turnAt, turnId, ordinal, messageId } = place;
  return Buffer.from(JSON.stringify([turnAt, turnId, ordinal, messageId])).toString("base64url");
}

/**
 * The place a cursor names; `find` gives the place its entry has now, and where the entry is gone the
 * place it had is taken. Throws `invalid_cursor`.
 */
export function fromCursor(
  cursor: string | undefined,
  find: (turnId: string, messageId: string) => Place | undefined,
): Place | undefined {
  if (cursor === undefined) return undefined;
  const place = readPlace(cursor);
  return find(place.turnId, place.messageId) ?? place;
}

function readPlace(cursor: string): Place {
  const [turnAt, turnId, ordinal, messageId] = readList(cursor);
  if (
    Number.isSafeInteger(turnAt) &&
    typeof turnId === "string" &&
    Number.isSafeInteger(ordinal) &&
    typeof messageId === "string"
  ) {
    return { turnAt: turnAt as number, turnId, ordinal: ordinal as number, messageId };
  }
  throw new SignalboxError(
    "invalid_cursor",
    "This is no cursor of a transcript. Give the cursor or nextCursor of an earlier page.",
    { details: { cursor: cursor.slice(0, 200) } },
  );
}

function readList(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
