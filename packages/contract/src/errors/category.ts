/**
 * What kind of failure something is, and how each surface says so. One closed set and one table:
 * HTTP, command line, JSON-RPC (and so MCP) and WebSocket never decide for themselves.
 */

/** The closed set of failure kinds. */
export const errorCategories = [
  "internal",
  "validation",
  "auth",
  "not_found",
  "busy",
  "conflict",
  "authority",
  "upstream",
  "unavailable",
  "timeout",
  "ambiguous",
  "unsupported",
  "too_large",
  "aborted",
] as const;

/** One kind of failure. */
export type ErrorCategory = (typeof errorCategories)[number];

/** How one category looks on every surface. */
export interface CategorySurface {
  /** HTTP response status. */
  readonly http: number;
  /** Exit code of a command. 0 is success and is never used here. */
  readonly exit: number;
  /** JSON-RPC error code, also carried by a failed MCP tool call. Positive: outside the reserved range. */
  readonly rpc: number;
  /** WebSocket close code, used when the failure ends the connection. */
  readonly close: number;
  /** Whether the same call may succeed later, unless the code says otherwise. */
  readonly retryable: boolean;
}

/** Category to surface. `satisfies` makes a missing row or cell a compile error. */
export const categoryTable = {
  internal: { http: 500, exit: 1, rpc: 1000, close: 1011, retryable: false },
  validation: { http: 400, exit: 2, rpc: 1002, close: 4400, retryable: false },
  auth: { http: 401, exit: 3, rpc: 1003, close: 4401, retryable: false },
  not_found: { http: 404, exit: 4, rpc: 1004, close: 4404, retryable: false },
  busy: { http: 409, exit: 5, rpc: 1005, close: 4423, retryable: true },
  conflict: { http: 409, exit: 6, rpc: 1006, close: 4409, retryable: false },
  authority: { http: 403, exit: 7, rpc: 1007, close: 4403, retryable: false },
  upstream: { http: 502, exit: 8, rpc: 1008, close: 4502, retryable: false },
  unavailable: { http: 503, exit: 9, rpc: 1009, close: 1013, retryable: true },
  timeout: { http: 504, exit: 10, rpc: 1010, close: 4504, retryable: true },
  ambiguous: { http: 504, exit: 11, rpc: 1011, close: 4505, retryable: false },
  unsupported: { http: 501, exit: 12, rpc: 1012, close: 4501, retryable: false },
  too_large: { http: 413, exit: 13, rpc: 1013, close: 1009, retryable: false },
  aborted: { http: 499, exit: 130, rpc: 1014, close: 4499, retryable: false },
} as const satisfies Record<ErrorCategory, CategorySurface>;

/** Whether a value is one of the closed set. */
export function isErrorCategory(value: unknown): value is ErrorCategory {
  return typeof value === "string" && Object.hasOwn(categoryTable, value);
}

/**
 * The category of a failure of which only the HTTP status is known, such as the answer of a proxy
 * between client and hub. A 4xx without a row is `validation`, anything else `upstream`.
 */
export function categoryOfHttpStatus(status: number): ErrorCategory {
  switch (status) {
    case 401:
      return "auth";
    case 403:
      return "authority";
    case 404:
    case 410:
      return "not_found";
    case 408:
    case 504:
      return "timeout";
    case 409:
    case 423:
      return "conflict";
    case 413:
      return "too_large";
    case 429:
    case 503:
      return "unavailable";
    case 500:
      return "internal";
    case 501:
      return "unsupported";
    default:
      return status >= 400 && status < 500 ? "validation" : "upstream";
  }
}
