/** Finds the session that is meant: by its id, its handle or its title, in this order. */
import { ambiguousSelector, sessionNotFound } from "./session-errors.ts";
import type { SessionStore } from "./session-store.ts";

/** Sessions named when a title has several. */
const maxCandidates = 10;

/** Resolves what callers call sessions. */
export class Selectors {
  readonly #store: SessionStore;

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /**
   * The id of the session that is meant; a deleted session is found by its id only. A text that names
   * none comes back as it is, since it may be the id of a thread that the hub does not keep; but an
   * unknown `@handle` is `session_not_found`. Throws `ambiguous_selector` where several have the title.
   */
  resolve(given: string): string {
    const { names } = this.#store;
    if (this.#store.get(given) !== undefined) return given;
    if (given.startsWith("@")) {
      const named = names.byHandle(given);
      if (named === undefined) throw sessionNotFound(given, names);
      return named.sessionId;
    }
    const [first, ...others] = names.byTitle(given, maxCandidates + 1);
    if (first === undefined) return given;
    if (others.length > 0) throw ambiguousSelector(given, [first, ...others], maxCandidates);
    return first.sessionId;
  }
}
