/** What people say to sessions. */
export const messages = `
  -- A message each, whether it waits (place is its place in the queue) or went its way. process is the
  -- process of codex that was asked, shown is 1 once codex told of the message in its turn. overrides,
  -- error and ambiguity are JSON text.
  CREATE TABLE message (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('start', 'steer', 'queue', 'interject', 'context')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'starting', 'accepted', 'ambiguous', 'completed',
      'failed', 'interrupted', 'canceled', 'refused')),
    place INTEGER,
    text TEXT NOT NULL,
    overrides TEXT NOT NULL,
    actor TEXT,
    process TEXT,
    turn_id TEXT,
    interrupts_turn_id TEXT,
    error TEXT,
    ambiguity TEXT,
    shown INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_under_way ON message (session_id, place)
    WHERE state IN ('queued', 'starting', 'accepted', 'ambiguous');
  CREATE INDEX message_session ON message (session_id, id);
  CREATE INDEX message_state ON message (state, id);
  CREATE INDEX message_age ON message (updated_at);
`;
