/** What acts by itself. */
export const triggers = `
  -- definition: JSON text, without what is secret. anchor: from when on an interval counts.
  -- next_due_at: its next time. idle_since, idle_turn_id: of one that waits for rest, since when the
  -- session rests and after which turn.
  CREATE TABLE trigger_definition (
    id TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    anchor INTEGER NOT NULL,
    next_due_at INTEGER,
    idle_since INTEGER,
    idle_turn_id TEXT
  ) STRICT, WITHOUT ROWID;

  -- What is secret of triggers. headers is JSON text.
  CREATE TABLE trigger_secret (
    trigger_id TEXT PRIMARY KEY,
    webhook TEXT,
    headers TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A row for each time a trigger's when came true: cause_key is what it is known by. target_id: the
  -- session it acts on. event: what set it off, until it ended. digest: tells the same act from
  -- another. message_id: of what its last try
  -- said; turn_id: the turn it began or steered. JSON text: cause, event, guards, result, error, delay.
  CREATE TABLE trigger_firing (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    trigger_id TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    cause_key TEXT NOT NULL,
    cause TEXT NOT NULL,
    depth INTEGER NOT NULL,
    state TEXT NOT NULL,
    action TEXT NOT NULL,
    event TEXT,
    guards TEXT NOT NULL,
    preview TEXT,
    digest TEXT,
    result TEXT NOT NULL,
    error TEXT,
    delay TEXT,
    due_at INTEGER NOT NULL,
    acted_at INTEGER,
    ended_at INTEGER,
    message_id TEXT,
    turn_id TEXT,
    UNIQUE (trigger_id, cause_key)
  ) STRICT;
  -- The few that wait or act.
  CREATE INDEX trigger_firing_open ON trigger_firing (state, target_id, number)
    WHERE ended_at IS NULL;
  CREATE INDEX trigger_firing_acted ON trigger_firing (trigger_id, acted_at)
    WHERE acted_at IS NOT NULL;
  CREATE INDEX trigger_firing_message ON trigger_firing (message_id) WHERE message_id IS NOT NULL;
  CREATE INDEX trigger_firing_turn ON trigger_firing (turn_id) WHERE turn_id IS NOT NULL;

  -- Deliveries of webhooks, by their sender's id. digest: of the body; sent_at: the newest time it
  -- was signed with, in seconds.
  CREATE TABLE trigger_delivery (
    trigger_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    firing_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (trigger_id, webhook_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX trigger_delivery_age ON trigger_delivery (received_at);
`;
