/** Sessions, what new ones begin with, and the projects they stand in. */
export const sessions = `
  -- Everything a list shows of a session, so that it is answered without asking codex. controls and
  -- tools are JSON text, and so is queue_hold, which says why none of the queued messages is started. A deleted session stays as its tombstone.
  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    handle TEXT COLLATE NOCASE,
    title TEXT NOT NULL,
    controls TEXT NOT NULL,
    tools TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    authority TEXT NOT NULL CHECK (authority IN ('owned', 'attached')),
    system_owned INTEGER NOT NULL,
    status TEXT NOT NULL,
    archived INTEGER NOT NULL,
    cwd TEXT NOT NULL,
    preview TEXT NOT NULL,
    source TEXT NOT NULL,
    model_provider TEXT NOT NULL,
    materialized INTEGER NOT NULL,
    project_id TEXT,
    effort TEXT,
    active_turn_id TEXT,
    queued INTEGER NOT NULL,
    queue_hold TEXT,
    deleted_at INTEGER
  ) STRICT, WITHOUT ROWID;
  -- The order of lists.
  CREATE INDEX session_listed ON session (archived, updated_at, id) WHERE deleted_at IS NULL;
  -- The few that may run now.
  CREATE INDEX session_loaded ON session (status) WHERE status <> 'notLoaded';
  CREATE INDEX session_of_project ON session (project_id) WHERE project_id IS NOT NULL;
  -- By what people call them.
  CREATE UNIQUE INDEX session_handle ON session (handle) WHERE handle IS NOT NULL;
  CREATE INDEX session_titled ON session (title) WHERE deleted_at IS NULL;
  -- The few that are hidden.
  CREATE INDEX session_system ON session (id) WHERE system_owned = 1;

  -- Threads the hub watched and let go of: they are followed again only when somebody asks for it.
  CREATE TABLE thread_let_go (thread_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  -- What new sessions begin with: one row at most. controls is JSON text.
  CREATE TABLE session_defaults (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    controls TEXT NOT NULL
  ) STRICT;

  -- Groups of sessions. name_key is the name in the form in which it is unique; times are ISO.
  CREATE TABLE project (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    working_directory TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- How far the journal knows each thread.
  CREATE TABLE thread_progress (
    thread_id TEXT PRIMARY KEY,
    turn_id TEXT NOT NULL,
    ended INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX thread_unfinished ON thread_progress (thread_id) WHERE ended = 0;

  -- The completed items of each thread's last turn, while that runs.
  CREATE TABLE thread_progress_item (
    thread_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    PRIMARY KEY (thread_id, item_id)
  ) STRICT, WITHOUT ROWID;
`;
