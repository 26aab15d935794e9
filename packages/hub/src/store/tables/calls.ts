/** What callers did, and what they must not do twice. */
export const calls = `
  -- Writes done under a caller's key. output is JSON text, NULL while the end is not known.
  CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    output TEXT,
    begun_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_age ON idempotency (begun_at);

  -- What was done at the hub. details is JSON text.
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT,
    source TEXT,
    surface TEXT NOT NULL,
    operation TEXT NOT NULL,
    session_id TEXT,
    outcome TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_session ON audit (session_id, id);
  CREATE INDEX audit_age ON audit (at);
`;
