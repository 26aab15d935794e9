/**
 * Every way a call to app-server can fail, told apart by what it means for the caller.
 *
 * Two families share one base: what this process found (`AppServerError`) and what app-server
 * answered (`RpcError`, with the wire's own code, message and data). Recognise an error by its
 * `code`; `isAppServerError` works across copies of the package.
 */

/** What kind of trouble an error is; decides whether trying again can help. */
export type ErrorCategory =
  | "setup"
  | "connection"
  | "timeout"
  | "cancelled"
  | "busy"
  | "invalid"
  | "not_found"
  | "conflict"
  | "internal";

const errorKinds = {
  /** No codex binary where it was looked for. */
  codex_not_found: ["setup", false],
  /** The binary is older than the oldest version this client speaks to. */
  codex_too_old: ["setup", false],
  /** The process exited, or answered nothing usable, before the handshake was done. */
  codex_start_failed: ["setup", true],
  /** The connection ended before the answer came. */
  transport_closed: ["connection", true],
  /** `close()` was called. */
  client_closed: ["connection", false],
  /** A message passed the size limit of the transport. */
  message_too_large: ["invalid", false],
  /** The deadline passed before the answer came. */
  timeout: ["timeout", true],
  /** The caller's AbortSignal fired. */
  aborted: ["cancelled", false],
  /** The thread runs a turn already and the caller chose not to wait. */
  thread_busy: ["busy", true],
  /** A bounded queue of this client is full. */
  queue_full: ["busy", true],
  /** Options that contradict each other, or input of a wrong shape; nothing was sent. */
  invalid_input: ["invalid", false],
  /** The running codex does not know this method or parameter; nothing was sent. */
  unsupported: ["invalid", false],
  /** A turn ended as failed where only its text was asked for. */
  turn_failed: ["internal", false],
  /** A turn was interrupted where only its text was asked for. */
  turn_interrupted: ["cancelled", false],
  /** -32001: app-server's own queue was full; the request was not executed. */
  overloaded: ["busy", true],
  not_initialized: ["invalid", false],
  already_initialized: ["invalid", false],
  /** The method, field or variant needs `experimentalApi`. */
  experimental_required: ["invalid", false],
  unknown_method: ["invalid", false],
  invalid_params: ["invalid", false],
  unknown_thread: ["not_found", false],
  /** The thread was never written to disk (nobody spoke in it yet), or is gone. */
  no_rollout: ["not_found", false],
  no_active_turn: ["conflict", false],
  /** Another turn than the expected one is active. */
  turn_mismatch: ["conflict", false],
  /** Another process holds the thread for writing. */
  writer_conflict: ["conflict", false],
  /** The configuration was changed since the version the caller names. */
  version_conflict: ["conflict", false],
  /** Nobody is logged in, or not in the way this needs. */
  auth_required: ["invalid", false],
  /** No MCP server of this name is configured. */
  unknown_mcp_server: ["not_found", false],
  /** app-server is shutting down: reconnect, then try again. */
  draining: ["connection", true],
  /** -32603. */
  internal: ["internal", false],
  /** app-server refused the request for a reason this client has no word for; see `rpc`. */
  rejected: ["invalid", false],
} as const satisfies Record<string, readonly [ErrorCategory, boolean]>;

/** Permanent names of failures. */
export type ErrorCode = keyof typeof errorKinds;

/** What app-server put into a JSON-RPC error. */
export type RpcErrorBody = { code: number; message: string; data?: unknown };

export type ErrorDetails = {
  cause?: unknown;
  /** The app-server method the failing request named. */
  method?: string | undefined;
  /** True when the request was written and its answer lost: it may have been executed. */
  ambiguous?: boolean;
  /** Facts for a program: versions, paths, limits. Never a credential. */
  details?: Record<string, unknown>;
};

const brand = Symbol.for("signalbox.app-server.error");

/** The base of all errors of this package. */
export class AppServerError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later. Look at `ambiguous` before repeating a write. */
  readonly retryable: boolean;
  /** True when the request may or may not have been executed: its answer was lost. */
  readonly ambiguous: boolean;
  readonly method: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const [category, retryable] = errorKinds[code];
    this.code = code;
    this.category = category;
    this.retryable = retryable;
    this.ambiguous = details.ambiguous ?? false;
    this.method = details.method;
    this.details = details.details ?? {};
  }

  override get name(): string {
    return "AppServerError";
  }
}

/** An error that app-server sent as the answer to a request. */
export class RpcError extends AppServerError {
  /** The error exactly as it stood on the wire. */
  readonly rpc: RpcErrorBody;

  constructor(method: string, rpc: RpcErrorBody) {
    super(classifyRpcError(method, rpc), `${method}: ${rpc.message}`, { method });
    this.rpc = rpc;
  }

  override get name(): string {
    return "RpcError";
  }
}

/** True for an error of this package, whichever copy of it made the error. */
export function isAppServerError(error: unknown): error is AppServerError {
  return typeof error === "object" && error !== null && brand in error;
}

/**
 * The meaning of an error answer. app-server 0.169.0 sends -32600 for nearly everything, so the
 * meaning has to be read from the beginning of its message; -32001 is recognised by its number
 * alone, since it carries no data.
 */
export function classifyRpcError(method: string, { code, message, data }: RpcErrorBody): ErrorCode {
  if (code === -32001) return "overloaded";
  if (code === -32601) return "unknown_method";
  if (code === -32602) return "invalid_params";
  if (code === -32603) return "internal";
  if (fieldOf(data, "reason") === "serverShuttingDown") return "draining";
  const configError = fieldOf(data, "config_write_error_code");
  if (configError !== undefined) return configMeanings.get(configError) ?? "rejected";
  const unknownVariant = /^Invalid request: unknown variant [`']([^`']*)[`']/.exec(message);
  if (unknownVariant) return unknownVariant[1] === method ? "unknown_method" : "invalid_params";
  for (const [pattern, meaning] of meanings) if (pattern.test(message)) return meaning;
  return "rejected";
}

const meanings: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Not initialized/i, "not_initialized"],
  [/^Already initialized/i, "already_initialized"],
  [/requires experimentalApi capability/, "experimental_required"],
  [/^Invalid request:/, "invalid_params"],
  [/no rollout found/, "no_rollout"],
  [/^(thread|conversation) not (found|loaded)/i, "unknown_thread"],
  [/^invalid (session|thread|conversation) id/i, "unknown_thread"],
  [/no active turn/, "no_active_turn"],
  [/^expected active turn id/, "turn_mismatch"],
  [/already has an active writer/, "writer_conflict"],
  [/^Server is draining/, "draining"],
  [/authentication required/, "auth_required"],
  [/^invalid (cursor|login id)/, "invalid_params"],
  [/^No MCP server named/, "unknown_mcp_server"],
];

/** What a refused write of the configuration says of itself in its data. */
const configMeanings: ReadonlyMap<unknown, ErrorCode> = new Map<unknown, ErrorCode>([
  ["configVersionConflict", "version_conflict"],
  ["configValidationError", "invalid_params"],
]);

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
}
