/** Handles: each is one session's, whatever the case of its letters. */
import { handleTaken } from "./session-errors.ts";
import type { SessionStore } from "./session-store.ts";

/** Throws `handle_taken` when another session has this handle. */
export function refuseTaken(store: SessionStore, handle: string, sessionId: string): void {
  const holder = store.names.byHandle(handle);
  if (holder !== undefined && holder.sessionId !== sessionId) {
    throw handleTaken(handle, holder.sessionId);
  }
}

/**
 * Keeps a handle free while a session that is to have it is being made or named at codex, so that the
 * end of it can't fail for its sake.
 */
export class Handles {
  readonly #store: SessionStore;
  readonly #held = new Set<string>();

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /**
   * Holds a handle until it is disposed; nothing for none. `sessionId`: the session that is to have it
   * and may have it now. Throws `handle_taken`.
   */
  hold(handle: string | null | undefined, sessionId = ""): Disposable {
    if (handle == null) return { [Symbol.dispose]() {} };
    refuseTaken(this.#store, handle, sessionId);
    const key = handle.toLowerCase();
    if (this.#held.has(key)) throw handleTaken(handle, null);
    this.#held.add(key);
    return { [Symbol.dispose]: () => void this.#held.delete(key) };
  }
}
