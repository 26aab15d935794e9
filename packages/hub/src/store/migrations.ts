/**
 * The tables, as numbered steps. A step that has been released is never changed: the next change is
 * the next number.
 */

/** One step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** All steps, in order from 1. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
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

      -- Sessions the hub keeps. controls and tools are JSON text; times are epoch milliseconds.
      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        controls TEXT NOT NULL,
        tools TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- Questions Codex asks. run, generation and rpc_id name one message of one process.
      CREATE TABLE request (
        id TEXT PRIMARY KEY,
        run TEXT NOT NULL,
        generation INTEGER NOT NULL,
        rpc_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        method TEXT NOT NULL,
        thread_id TEXT,
        turn_id TEXT,
        item_id TEXT,
        params TEXT NOT NULL,
        summary TEXT NOT NULL,
        opened_at INTEGER NOT NULL,
        deadline_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'answering', 'resolved')),
        resolution TEXT,
        resolved_at INTEGER,
        announced INTEGER NOT NULL DEFAULT 0,
        UNIQUE (run, generation, rpc_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX request_unsettled ON request (state, announced)
        WHERE state <> 'resolved' OR announced = 0;
    `,
  },
  {
    version: 2,
    sql: `
      -- A question is one message of one process, whichever run of the hub heard it. answer is the
      -- JSON text of what was answered, to be given again if it was lost.
      CREATE TABLE request_by_process (
        id TEXT PRIMARY KEY,
        process TEXT NOT NULL,
        rpc_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        method TEXT NOT NULL,
        thread_id TEXT,
        turn_id TEXT,
        item_id TEXT,
        params TEXT NOT NULL,
        summary TEXT NOT NULL,
        opened_at INTEGER NOT NULL,
        deadline_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'answering', 'resolved')),
        resolution TEXT,
        resolved_at INTEGER,
        announced INTEGER NOT NULL DEFAULT 0,
        answer TEXT,
        UNIQUE (process, rpc_id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO request_by_process
        SELECT id, run || ':' || generation, rpc_id, kind, method, thread_id, turn_id, item_id,
          params, summary, opened_at, deadline_at, state, resolution, resolved_at, announced, NULL
        FROM request;
      DROP TABLE request;
      ALTER TABLE request_by_process RENAME TO request;
      CREATE INDEX request_unsettled ON request (state, announced)
        WHERE state <> 'resolved' OR announced = 0;
    `,
  },
  {
    version: 3,
    sql: `
      -- Writes done under a caller's key. output is JSON text, NULL while the end is not known.
      CREATE TABLE idempotency (
        key TEXT PRIMARY KEY,
        operation TEXT NOT NULL,
        input_hash TEXT NOT NULL,
        output TEXT,
        begun_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX idempotency_age ON idempotency (begun_at);
    `,
  },
  {
    version: 4,
    sql: `
      -- Which process has taken a tool call to run the tool, and a digest of the answer given under
      -- a claim, by which the same answer is known again.
      ALTER TABLE request ADD COLUMN claim_id TEXT;
      ALTER TABLE request ADD COLUMN claimant TEXT;
      ALTER TABLE request ADD COLUMN answer_digest TEXT;
    `,
  },
  {
    version: 5,
    sql: `
      -- Everything a list shows of a session, so that it is answered without asking codex. Times are
      -- epoch milliseconds. A deleted session stays as its tombstone.
      ALTER TABLE session ADD COLUMN authority TEXT NOT NULL DEFAULT 'owned'
        CHECK (authority IN ('owned', 'attached'));
      ALTER TABLE session ADD COLUMN system_owned INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN status TEXT NOT NULL DEFAULT 'notLoaded';
      ALTER TABLE session ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN cwd TEXT NOT NULL DEFAULT '';
      ALTER TABLE session ADD COLUMN preview TEXT NOT NULL DEFAULT '';
      ALTER TABLE session ADD COLUMN source TEXT NOT NULL DEFAULT 'unknown';
      ALTER TABLE session ADD COLUMN model_provider TEXT NOT NULL DEFAULT '';
      ALTER TABLE session ADD COLUMN materialized INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN project_id TEXT;
      ALTER TABLE session ADD COLUMN effort TEXT;
      ALTER TABLE session ADD COLUMN active_turn_id TEXT;
      ALTER TABLE session ADD COLUMN deleted_at INTEGER;
      UPDATE session SET updated_at = created_at;

      -- The order of lists.
      CREATE INDEX session_listed ON session (archived, updated_at, id) WHERE deleted_at IS NULL;
      -- The few that may run now.
      CREATE INDEX session_loaded ON session (status) WHERE status <> 'notLoaded';
      CREATE INDEX session_of_project ON session (project_id) WHERE project_id IS NOT NULL;
      -- The few that are hidden.
      CREATE INDEX session_system ON session (id) WHERE system_owned = 1;
    `,
  },
  {
    version: 6,
    sql: `
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
    `,
  },
  {
    version: 7,
    sql: `
      -- Bytes of the journal's payloads up to a position: one row.
      CREATE TABLE event_size (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        bytes INTEGER NOT NULL,
        through INTEGER NOT NULL
      ) STRICT;
      INSERT INTO event_size
        SELECT 1, coalesce(sum(octet_length(payload)), 0), coalesce(max(seq), 0) FROM event;
    `,
  },
  {
    version: 8,
    sql: `
      -- Transcripts, an entry each. turn_at (epoch milliseconds, the same for all entries of a turn),
      -- turn_id and ordinal are its place. partial_since is the event from which on its text is to be
      -- read in deltas; NULL when content has it. anchor names the entry it was put behind.
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
    `,
  },
  {
    version: 9,
    sql: `
      -- How far the journal knows each thread. items: JSON list of the completed items of its last turn.
      CREATE TABLE thread_progress (
        thread_id TEXT PRIMARY KEY,
        turn_id TEXT NOT NULL,
        ended INTEGER NOT NULL,
        items TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX thread_unfinished ON thread_progress (thread_id) WHERE ended = 0;
    `,
  },
  {
    version: 10,
    sql: `
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
    `,
  },
  {
    version: 11,
    sql: `
      -- The files a file change is about, as JSON text; and the ways questions are found.
      ALTER TABLE request ADD COLUMN paths TEXT;
      CREATE INDEX request_thread ON request (thread_id, id);
      CREATE INDEX request_ended ON request (resolved_at) WHERE resolved_at IS NOT NULL;
      CREATE INDEX request_answered ON request (process, turn_id) WHERE answer IS NOT NULL;

      -- Who answers before people are asked: JSON text by session, '' for the default.
      CREATE TABLE policy (
        session_id TEXT PRIMARY KEY,
        policy TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
