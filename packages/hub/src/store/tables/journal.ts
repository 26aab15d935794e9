/** Events, their numbering, and who has read how far. */
export const journal = `
  -- The journal. payload is JSON text.
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    thread_id TEXT,
    payload TEXT NOT NULL
  ) STRICT;

  -- The few events of no thread.
  CREATE INDEX event_threadless ON event (thread_id) WHERE thread_id IS NULL;

  -- Which blocks of positions hold events of a thread, so that its events are found without an
  -- index entry for every event.
  CREATE TABLE event_block (
    thread_id TEXT NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (thread_id, block)
  ) STRICT, WITHOUT ROWID;

  -- Every type the journal ever held, to turn prefixes into exact types.
  CREATE TABLE event_type (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  -- Bytes of the journal's payloads up to a position: one row.
  CREATE TABLE event_size (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL,
    through INTEGER NOT NULL
  ) STRICT;
  INSERT INTO event_size VALUES (1, 0, 0);

  -- The journal's numbering: one row.
  CREATE TABLE numbering (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    trimmed INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    boot TEXT NOT NULL,
    file TEXT NOT NULL
  ) STRICT;

  -- How far each projection has read the journal.
  CREATE TABLE projection (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
