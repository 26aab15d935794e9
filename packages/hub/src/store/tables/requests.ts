/** Questions codex asks, and who answers before people are asked. */
export const requests = `
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
