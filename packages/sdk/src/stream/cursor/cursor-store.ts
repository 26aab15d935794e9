/** Where a program keeps how far its handlers have come, so that its next process goes on from there. */

/**
 * Keeps one cursor for each key. A run loads once, before it connects, and saves as it goes; saves
 * of one key never overlap. Both may be sync or async.
 */
export interface CursorStore {
  /** The cursor saved last; undefined when there is none, and the run starts with what comes now. */
  load(key: string): Promise<string | undefined> | string | undefined;
  /** Keeps this cursor in place of the one before. */
  save(key: string, cursor: string): Promise<void> | void;
}

/** A store that lives as long as the program: a run that was stopped goes on from where it was. */
export function memoryCursorStore(): CursorStore {
  const cursors = new Map<string, string>();
  return {
    load: (key) => cursors.get(key),
    save: (key, cursor) => void cursors.set(key, cursor),
  };
}
