/** What a failed call to app-server means to those who called the hub. */
import {
  type AppServerError,
  type ErrorCode as AppServerErrorCode,
  isAppServerError,
  type RpcErrorBody,
} from "@signalbox/app-server";
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
  version_conflict: "config_conflict",
  auth_required: "auth_required",
  unknown_mcp_server: "mcp_server_not_found",
  rejected: "invalid_state",
  not_initialized: "codex_error",
  already_initialized: "codex_error",
  internal: "codex_error",
  turn_failed: "codex_error",
  turn_interrupted: "codex_error",
};

/**
 * The hub's error for one of the client's; anything else comes back as it is. The details have the
 * `method`, and of an error that codex itself answered its number and data as `rpc`.
 */
export function fromAppServerError(error: unknown): unknown {
  if (!isAppServerError(error)) return error;
  const code = error.ambiguous ? "outcome_unknown" : meanings[error.code];
  return new SignalboxError(code, messageOf(error), {
    cause: error,
    details: {
      ...(error.method === undefined ? {} : { method: error.method }),
      ...("rpc" in error ? { rpc: withoutMessage(error.rpc as RpcErrorBody) } : {}),
    },
  });
}

// Codex lists every method it has in this one: some kilobytes that help nobody.
function messageOf({ code, method, message }: AppServerError): string {
  if (code !== "unknown_method" || method === undefined) return message;
  return `The running codex does not know ${method}. GET /api/capabilities says what it knows.`;
}

function withoutMessage({ code, data }: RpcErrorBody): Omit<RpcErrorBody, "message"> {
  return data === undefined ? { code } : { code, data };
}
