/**
 * Every error code Signalbox gives out. A code is permanent: programs compare it, so it is added
 * here and never renamed. `status` is the word an answer's body carries where clients of the
 * earlier HTTP interface look for one; elsewhere it is `error`.
 */
import type { ErrorCategory } from "./category.ts";

/** The words an error body's `status` can be. */
export const statusWords = [
  "error",
  "not_found",
  "deleted",
  "no_active_turn",
  "not_materialized",
  "reconciled",
  "conflict",
  "locked",
  "duplicate_name",
  "project_not_found",
  "project_not_empty",
  "not_materialized_sessions",
] as const;

/** The words an error body's `status` can be. */
export type StatusWord = (typeof statusWords)[number];

/** What a code means to every surface. */
export interface CodeRow {
  readonly category: ErrorCategory;
  /** Overrides the category's. */
  readonly retryable?: boolean;
  readonly status?: StatusWord;
  /** Overrides the HTTP status of the category, where HTTP has a word of its own for this. */
  readonly http?: 410 | 423 | 429;
}

/** Code to meaning. */
export const codeTable = {
  /** Something unforeseen in the hub; the cause is in its log, not in the answer. */
  internal_error: { category: "internal" },
  /** An input field is missing, unknown or of a wrong type; `details.issues` names each. */
  invalid_request: { category: "validation" },
  /** No tool of this name, or it does not do this operation; `details` says what there is. */
  mcp_route_error: { category: "validation" },
  /** The body is not JSON. */
  malformed_json: { category: "validation" },
  /** A stream cursor is not of the form `<epoch>:<seq>`. */
  invalid_cursor: { category: "validation" },
  /** A frame a client sent on the stream is not a known command. */
  invalid_command: { category: "validation" },
  /** The answer does not fit the question; `details.issues` names each field. */
  invalid_answer: { category: "validation" },
  /** Codex refused the parameters. */
  invalid_params: { category: "validation" },
  /** The request body is larger than the hub reads. */
  body_too_large: { category: "too_large" },
  /** The idempotency key was used for another write. */
  idempotency_conflict: { category: "conflict" },
  /** The token is missing or wrong. */
  unauthorized: { category: "auth" },
  /** Too many different wrong tokens came from one address; `details.retryAfterSeconds`. */
  too_many_attempts: { category: "auth", retryable: true, http: 429 },
  /** The request came from a web page of another origin. */
  foreign_origin: { category: "authority" },
  /** The Host header names something the hub is not known as. */
  foreign_host: { category: "authority" },
  /** No route has this method and path. */
  route_not_found: { category: "not_found", status: "not_found" },
  /** No project has this id. */
  project_not_found: { category: "not_found", status: "not_found" },
  /** Another project has this name, whatever its case; `details.projectId` says which. */
  duplicate_name: { category: "conflict", status: "duplicate_name" },
  /** There are as many projects as the hub keeps; `details.limit` says how many. */
  too_many_projects: { category: "conflict" },
  /** No trigger has this id. */
  trigger_not_found: { category: "not_found", status: "not_found" },
  /** No notice has this id, or it is kept no more. */
  notice_not_found: { category: "not_found", status: "not_found" },
  /** The trigger could set itself off without end; `details.sessionIds` is the way around. */
  self_loop: { category: "conflict" },
  /** There are as many triggers as the hub keeps; `details.limit` says how many. */
  too_many_triggers: { category: "conflict" },
  /** The trigger is not fired by webhooks, and so has no secret. */
  not_a_webhook: { category: "conflict" },
  /** A webhook's signature or time is missing, wrong or too old. */
  bad_signature: { category: "auth" },
  /** This delivery of a webhook came before. It was not done again. */
  webhook_replayed: { category: "conflict" },
  /** The trigger is paused. Nothing was done. */
  trigger_paused: { category: "conflict" },
  /** What a trigger posted was not taken; `details.status` is the HTTP status, where there was one. */
  post_failed: { category: "upstream" },
  /** Sessions of a project nobody has spoken in can't be archived; `details.sessionIds` says which. */
  not_materialized_sessions: { category: "conflict", status: "not_materialized_sessions" },
  /** Sessions are assigned to the project; `details.sessionCount` says how many. */
  project_not_empty: { category: "conflict", status: "project_not_empty" },
  /** The defaults can't be changed: the hub was started with them locked. */
  locked: { category: "conflict", status: "locked", http: 423 },
  /** The settings would be larger than the hub keeps; `details.limit` says what it keeps. */
  settings_too_large: { category: "too_large" },
  /** The hub keeps no such session; `details.near` names those with a similar name. A thread of codex that it does not keep is adopted by `sessions.resume`. */
  session_not_found: { category: "not_found", status: "not_found" },
  /** The session was deleted for good; `details.deletedAt` says when. */
  session_deleted: { category: "not_found", status: "deleted", http: 410 },
  /** The session is another client's: the hub only watches it. */
  session_attached: { category: "authority" },
  /** The session is the hub's own, so it can't be let go of. */
  session_owned: { category: "conflict" },
  /** Several sessions have this title; `details.candidates` says which. */
  ambiguous_selector: { category: "validation" },
  /** Another session has this handle; `details.sessionId` says which. */
  handle_taken: { category: "conflict", status: "conflict" },
  /** The hub runs this session for itself, so people do not change it. */
  system_session: { category: "authority" },
  /** Nobody has spoken in the session yet, so there is nothing to do this to. */
  not_materialized: { category: "conflict", status: "not_materialized" },
  /** No approval has this id. */
  approval_not_found: { category: "not_found", status: "not_found" },
  /** No question to the user has this id. */
  tool_input_not_found: { category: "not_found", status: "not_found" },
  /** No question of any kind has this id. */
  request_not_found: { category: "not_found", status: "not_found" },
  /** No tool call has this id. */
  tool_call_not_found: { category: "not_found", status: "not_found" },
  /** A turn is starting or running on the session. */
  session_busy: { category: "busy" },
  /** There is no turn to interrupt. */
  no_active_turn: { category: "conflict", status: "no_active_turn" },
  /** The session has no goal to change: give it an objective. */
  no_goal: { category: "validation" },
  /** A configuration file of sessions is wrong; `details` has its file, line and key. */
  invalid_config: { category: "validation" },
  /** A repository's configuration asks for more than a repository may; `details` has its file, line and key. */
  untrusted_config: { category: "authority" },
  /** No message has this id. */
  message_not_found: { category: "not_found", status: "not_found" },
  /** The message waits no more, so its place in the queue can't be changed; `details.state` says how far it is. */
  message_not_queued: { category: "conflict", status: "conflict" },
  /** A message that cuts in goes before those that only wait, so the order asked for can't be; `details.messageId` says which. */
  goes_first: { category: "conflict", status: "conflict" },
  /** As many messages wait in the session as may; `details.limit` says how many. */
  queue_full: { category: "busy" },
  /** The session has no turn with this id. */
  turn_not_found: { category: "not_found", status: "not_found" },
  /** The turn named is not the one that runs. */
  turn_mismatch: { category: "conflict" },
  /** A session's tools are fixed when it is created. */
  catalog_fixed: { category: "conflict" },
  /** The skills of a program do not fit the tools the session was created with; `details` names them. */
  catalog_mismatch: { category: "conflict" },
  /** Codex is in a state that does not allow this now. */
  invalid_state: { category: "conflict" },
  /** The configuration was changed since the version named: read it again. */
  config_conflict: { category: "conflict", status: "conflict" },
  /** Codex needs a login for this, or another kind of login. */
  auth_required: { category: "auth" },
  /** No MCP server of this name is configured. */
  mcp_server_not_found: { category: "not_found", status: "not_found" },
  /** No login with this id is under way. */
  login_not_found: { category: "not_found", status: "not_found" },
  /** The operation is off: the hub was started without what allows it; the message names it. */
  operation_disabled: { category: "authority" },
  /** The hub does not pass this method of app-server on; `details.reason` says why not. */
  method_denied: { category: "authority" },
  /** Another process holds the thread for writing. */
  writer_conflict: { category: "conflict" },
  /** The question was answered before; `details.resolution` says how. */
  already_resolved: { category: "conflict", status: "reconciled" },
  /** The question ended without an answer, so it can't be answered any more. */
  not_eligible: { category: "conflict", status: "reconciled" },
  /** Another process has taken this tool call; `details.claimant` says which. */
  in_flight: { category: "conflict", status: "conflict" },
  /** This claim does not hold the tool call: it was released, or another one holds it. */
  claim_not_held: { category: "conflict", status: "conflict" },
  /** The program that calls and the hub mean different things by the operation; `details` has both versions. */
  version_skew: { category: "conflict" },
  /** Codex does not know this method, or not in this version. */
  method_not_supported: { category: "unsupported" },
  /** Codex failed to do what it was asked. */
  codex_error: { category: "upstream" },
  /** Codex did not answer a read in time. */
  codex_timeout: { category: "timeout" },
  /** Codex, or the hub before it, has more to do than it takes on. Nothing was done. */
  overloaded: { category: "unavailable" },
  /** No codex binary where it was looked for. */
  codex_not_found: { category: "unavailable", retryable: false },
  /** The codex found is older than the hub can work with. */
  codex_too_old: { category: "unavailable", retryable: false },
  /** Codex ended, or said nothing usable, as it was started. */
  codex_start_failed: { category: "unavailable" },
  /** Codex is not running, or is starting. Nothing was done. */
  runtime_unavailable: { category: "unavailable" },
  /** The answer to a write was lost: it may or may not have been done. Look before repeating it. */
  outcome_unknown: { category: "ambiguous" },
  /** The hub can't write to its database now. */
  storage_unavailable: { category: "unavailable" },
  /** The hub is shutting down. */
  hub_closing: { category: "unavailable" },
  /** Another hub runs on the same home folder. */
  home_in_use: { category: "conflict" },
  /** The database was written by a newer program. */
  store_too_new: { category: "unsupported" },
  /** The address to listen on can't be had. */
  listen_failed: { category: "unavailable", retryable: false },
  /** An async handler was given to a client made for sync ones. */
  async_handler: { category: "validation" },
  /** No connection to the hub. */
  hub_unreachable: { category: "unavailable" },
  /** The hub did not answer in the time the caller gave. */
  deadline_exceeded: { category: "timeout" },
  /** A turn that was waited for ended, and the agent said nothing in it. */
  no_reply: { category: "upstream" },
  /** What the hub answered does not fit this contract. */
  invalid_response: { category: "upstream" },
  /** The caller's abort signal ended the call. */
  aborted: { category: "aborted" },
} as const satisfies Record<string, CodeRow>;

/** A code of this version. A newer peer may send others. */
export type ErrorCode = keyof typeof codeTable;

/** Whether a value is a code of this version. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(codeTable, value);
}
