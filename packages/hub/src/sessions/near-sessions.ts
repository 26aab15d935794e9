/** Which sessions somebody may have meant who named one that is not there. */
import { distance } from "fastest-levenshtein";
import type { NamedSession, SessionNames } from "./session-names.ts";

/** Sessions looked at: those with a handle, and those that were changed last. */
const maxLooked = 1_000;
/** Sessions named in an answer. */
const maxNear = 3;
/** Characters of an id from which on its beginning is taken for one. */
const minIdPrefix = 8;

/**
 * At most three, the nearest first. A text with an `@` is held against handles only; any other
 * against titles and handles, and it may be the beginning of an id.
 */
export function nearSessions(names: SessionNames, given: string): NamedSession[] {
  const isHandle = given.startsWith("@");
  const wanted = plain(given);
  const found = new Map<string, { session: NamedSession; away: number }>();
  const consider = (session: NamedSession, away: number) => {
    if (away > tolerance(wanted)) return;
    const known = found.get(session.sessionId);
    if (known === undefined || away < known.away) found.set(session.sessionId, { session, away });
  };
  for (const session of names.withHandle(maxLooked)) {
    consider(session, apart(wanted, plain(session.handle!)));
  }
  if (!isHandle) {
    for (const session of names.newest(maxLooked)) {
      if (session.title !== "") consider(session, apart(wanted, plain(session.title)));
    }
    if (given.length >= minIdPrefix) {
      for (const session of names.byIdPrefix(given, maxNear)) consider(session, 0);
    }
  }
  return [...found.values()]
    .sort((a, b) => a.away - b.away)
    .slice(0, maxNear)
    .map(({ session }) => session);
}

function plain(name: string): string {
  return name.replace(/^@/, "").toLowerCase();
}

/** Edits from one to the other; a name that contains what is wanted is one edit away. */
function apart(wanted: string, name: string): number {
  if (wanted.length >= 3 && name.includes(wanted)) return wanted === name ? 0 : 1;
  return distance(wanted, name);
}

/** Edits at which a name is still like another: one, and one more for three characters each. */
function tolerance(wanted: string): number {
  return 1 + Math.floor(wanted.length / 3);
}
