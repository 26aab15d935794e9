/** What a failed call to app-server means to those who called the hub. */
import { type ErrorCode as AppServerErrorCode, isAppServerError } from "@signalbox/app-server";
import { type ErrorCode, SignalboxError } from "@signalbox/contract";

const meanings: Record<AppServerErrorCode, ErrorCode> = {
  codex_not_found: "codex_not_found",
  codex_too_old: "codex_too_old",
  codex_start_failed: "codex_start_failed",
  transport_closed: "runtime_unavailable",
  client_closed: "hub_closing",
  draining: "runtime_unavailable",
  timeout: "codex_timeout",
  aborted: "aborted",
  overloaded: "overloaded",
  queue_full: "overloaded",
  thread_busy: "session_busy",
  unknown_method: "method_not_supported",
  unsupported: "method_not_supported",
  experimental_required: "method_not_supported",
  invalid_params: "invalid_params",
  invalid_input: "invalid_params",
  message_too_large: "invalid_params",
  unknown_thread: "session_not_found",
  no_rollout: "session_not_found",
  no_active_turn: "no_active_turn",
  turn_mismatch: "turn_mismatch",
  writer_conflict: "writer_conflict",
  rejected: "invalid_state",
  not_initialized: "codex_error",
  already_initialized: "codex_error",
  internal: "codex_error",
  turn_failed: "codex_error",
  turn_interrupted: "codex_error",
};

/** The hub's error for one of the client's; anything else comes back as it is. */
export function fromAppServerError(error: unknown): unknown {
  if (!isAppServerError(error)) return error;
  const code = error.ambiguous ? "outcome_unknown" : meanings[error.code];
  return new SignalboxError(code, error.message, {
    cause: error,
    details: error.method === undefined ? {} : { method: error.method },
  });
}
