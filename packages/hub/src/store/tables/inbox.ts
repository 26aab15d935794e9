/** What triggers left for people and sessions. */
export const inbox = `
  -- recipient: the session whose inbox it is in; null for the operator's. told: the rest of it, as
  -- JSON text, which stays as it was told.
  CREATE TABLE inbox_notice (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    recipient TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    told TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inbox_notice_recipient ON inbox_notice (recipient, state, number);
`;
