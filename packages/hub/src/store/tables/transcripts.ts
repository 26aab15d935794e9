/** Transcripts, as they are shown. */
export const transcripts = `
  -- An entry each. turn_at (the same for all entries of a turn), turn_id and ordinal are its place.
  -- partial_since is the event from which on its text is to be read in deltas; NULL when content has
  -- it. anchor names the entry it was put behind.
  CREATE TABLE transcript_entry (
    thread_id TEXT NOT NULL,
    turn_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    turn_at INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    role TEXT NOT NULL,
    type TEXT NOT NULL,
    content TEXT NOT NULL,
    details TEXT,
    started_at INTEGER,
    completed_at INTEGER,
    status TEXT NOT NULL CHECK (status IN ('streaming', 'complete', 'canceled', 'error')),
    anchor TEXT,
    partial_since INTEGER,
    PRIMARY KEY (thread_id, turn_id, message_id)
  ) STRICT;
  CREATE INDEX transcript_order
    ON transcript_entry (thread_id, turn_at, turn_id, ordinal, message_id);
  CREATE INDEX transcript_partial ON transcript_entry (thread_id)
    WHERE partial_since IS NOT NULL;

  -- Threads of which codex took turns back, until it was asked which ones are left.
  CREATE TABLE transcript_reverted (
    thread_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
