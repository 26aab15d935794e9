/**
 * The tables, as numbered steps. A step that has been released is never changed: the next change is
 * the next number. Times are epoch milliseconds where nothing else is said.
 */

/** One step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Events, their numbering, and who has read how far. */
const journal = `
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

/** Sessions, what new ones begin with, and the projects they stand in. */
const sessions = `
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

/** Transcripts, as they are shown. */
const transcripts = `
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

/** Questions codex asks, and who answers before people are asked. */
const requests = `
  -- A question is one message of one process of codex (process, rpc_id), whichever run of the hub
  -- heard it. params and paths (the files a file change is about) are JSON text. deadline_at is
  -- NULL where another client answers, verdict the JSON text of what a policy answers. claim_id and
  -- claimant: which process has taken a tool call to run the tool. answer is the JSON text of what
  -- was answered, to be given again if it was lost; answer_digest, by which the same answer given
  -- under a claim is known again. told and announced: whether the journal tells that
  -- it is asked, and how it ended.
  CREATE TABLE request (
    id TEXT PRIMARY KEY,
    process TEXT NOT NULL,
    rpc_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    thread_id TEXT,
    turn_id TEXT,
    item_id TEXT,
    params TEXT NOT NULL,
    paths TEXT,
    summary TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    deadline_at INTEGER,
    verdict TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'answering', 'resolved')),
    claim_id TEXT,
    claimant TEXT,
    answer TEXT,
    answer_digest TEXT,
    resolution TEXT,
    resolved_at INTEGER,
    told INTEGER NOT NULL DEFAULT 0,
    announced INTEGER NOT NULL DEFAULT 0,
    UNIQUE (process, rpc_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX request_unsettled ON request (state, announced)
    WHERE state <> 'resolved' OR announced = 0;
  CREATE INDEX request_thread ON request (thread_id, id);
  CREATE INDEX request_ended ON request (resolved_at) WHERE resolved_at IS NOT NULL;
  CREATE INDEX request_answered ON request (process, turn_id) WHERE answer IS NOT NULL;

  -- Policies, as JSON text, by session; '' holds the one of sessions that have none.
  CREATE TABLE policy (
    session_id TEXT PRIMARY KEY,
    policy TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** What people say to sessions. */
const messages = `
  -- A message each, whether it waits (place is its place in the queue) or went its way. process is the
  -- process of codex that was asked. overrides, error and ambiguity are JSON text.
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
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_under_way ON message (session_id, place)
    WHERE state IN ('queued', 'starting', 'accepted', 'ambiguous');
  CREATE INDEX message_session ON message (session_id, id);
  CREATE INDEX message_state ON message (state, id);
  CREATE INDEX message_age ON message (updated_at);
`;

/** What callers did, and what they must not do twice. */
const calls = `
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

/** What acts by itself. */
const triggers = `
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
  -- another. turn_id: the turn it began or steered. JSON text: cause, event, guards, result, error.
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
    due_at INTEGER NOT NULL,
    acted_at INTEGER,
    ended_at INTEGER,
    turn_id TEXT,
    UNIQUE (trigger_id, cause_key)
  ) STRICT;
  -- The few that wait or act.
  CREATE INDEX trigger_firing_open ON trigger_firing (state, target_id, number)
    WHERE state IN ('due', 'acting');
  CREATE INDEX trigger_firing_acted ON trigger_firing (trigger_id, acted_at)
    WHERE acted_at IS NOT NULL;
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

const inbox = `
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

/** All steps, in order from 1. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: [journal, sessions, transcripts, requests, messages, calls, triggers, inbox].join("\n"),
  },
];
