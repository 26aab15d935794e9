import { describe, expect, test } from "vitest";
import {
  AppServerError,
  classifyRpcError,
  type ErrorCode,
  isAppServerError,
  RpcError,
} from "./errors.ts";

/** Messages as codex 0.169.0 writes them, all under -32600, and what they mean. */
const messages: readonly (readonly [string, ErrorCode])[] = [
  ["Not initialized", "not_initialized"],
  ["Already initialized", "already_initialized"],
  ["thread/search requires experimentalApi capability", "experimental_required"],
  ["thread/start.dynamicTools requires experimentalApi capability", "experimental_required"],
  ["askForApproval.granular requires experimentalApi capability", "experimental_required"],
  [
    "Invalid request: unknown variant `no/such`, expected one of `initialize`, `thread/start`",
    "unknown_method",
  ],
  ["Invalid request: unknown variant 'no/such', expected one of 'initialize'", "unknown_method"],
  [
    "Invalid request: unknown variant `sometimes`, expected one of `never`, `on-request`",
    "invalid_params",
  ],
  ["Invalid request: missing field `threadId`", "invalid_params"],
  ["Invalid request: invalid type: integer `7`, expected a string", "invalid_params"],
  ["thread not found: 00000000-0000-7000-8000-000000000002", "unknown_thread"],
  ["thread not loaded: 00000000-0000-7000-8000-000000000002", "unknown_thread"],
  ["conversation not found: 1", "unknown_thread"],
  ["invalid session id: urn:uuid", "unknown_thread"],
  ["invalid thread id: invalid character", "unknown_thread"],
  ["no rollout found for thread id 00000000-0000-7000-8000-000000000002", "no_rollout"],
  ["no active turn to steer", "no_active_turn"],
  ["no active turn to interrupt", "no_active_turn"],
  ["expected active turn id `a` but found `b`", "turn_mismatch"],
  ["thread 1 already has an active writer", "writer_conflict"],
  ["Server is draining; retry after reconnecting", "draining"],
  ["codex account authentication required to read rate limits", "auth_required"],
  ["chatgpt authentication required to read rate limits", "auth_required"],
  ["invalid cursor: nonsense", "invalid_params"],
  ["invalid login id: x", "invalid_params"],
  ["No MCP server named 'nope' found.", "unknown_mcp_server"],
  ["something nobody has a word for", "rejected"],
  ["", "rejected"],
];

describe("an error of app-server", () => {
  test.each(messages)("that says %j is %s", (message, code) => {
    const error = new RpcError("no/such", { code: -32600, message });
    expect(error.code).toBe(code);
    expect(error.message).toBe(`no/such: ${message}`);
    expect(error.rpc).toEqual({ code: -32600, message });
  });

  test("is overloaded, internal, an unknown method or invalid params by its number alone, whatever it says", () => {
    for (const message of ["Server overloaded; retry later.", "thread not found: 1", ""]) {
      expect(classifyRpcError("m", { code: -32001, message })).toBe("overloaded");
      expect(classifyRpcError("m", { code: -32603, message })).toBe("internal");
      expect(classifyRpcError("m", { code: -32601, message })).toBe("unknown_method");
      expect(classifyRpcError("m", { code: -32602, message })).toBe("invalid_params");
    }
  });

  test("is draining by its data, too, and by no other data", () => {
    const why = (data: unknown) => classifyRpcError("m", { code: -32600, message: "x", data });
    expect(why({ reason: "serverShuttingDown" })).toBe("draining");
    for (const data of [null, "serverShuttingDown", { reason: "other" }, [], 7])
      expect(why(data)).toBe("rejected");
  });

  test("of a write to the configuration is what its data says", () => {
    const why = (config_write_error_code: unknown) =>
      classifyRpcError("config/value/write", {
        code: -32600,
        message: "Invalid request: x",
        data: { config_write_error_code },
      });
    expect(why("configVersionConflict")).toBe("version_conflict");
    expect(why("configValidationError")).toBe("invalid_params");
    for (const other of ["configLayerReadonly", "newer", 7]) expect(why(other)).toBe("rejected");
  });

  test("may be tried again only where that can help", () => {
    const retryable = messages
      .filter(([message]) => new RpcError("no/such", { code: -32600, message }).retryable)
      .map(([, code]) => code);
    expect(retryable).toEqual(["draining"]);
    expect(new RpcError("m", { code: -32001, message: "" })).toMatchObject({
      retryable: true,
      category: "busy",
      ambiguous: false,
    });
  });
});

describe("an error of this package", () => {
  test("tells its code, category, method, cause and facts", () => {
    const cause = new Error("pipe");
    const error = new AppServerError("transport_closed", "It ended.", {
      cause,
      method: "turn/start",
      ambiguous: true,
      details: { path: "/codex" },
    });
    expect(error).toMatchObject({
      name: "AppServerError",
      code: "transport_closed",
      category: "connection",
      retryable: true,
      ambiguous: true,
      method: "turn/start",
      cause,
      details: { path: "/codex" },
    });
    expect(error).toBeInstanceOf(Error);
  });

  test("is recognised across copies of the package, and nothing else is", () => {
    const foreign = Object.assign(new Error("x"), {
      [Symbol.for("signalbox.app-server.error")]: true,
      code: "timeout",
    });
    expect(isAppServerError(new RpcError("m", { code: 1, message: "" }))).toBe(true);
    expect(isAppServerError(foreign)).toBe(true);
    for (const other of [new Error("x"), { code: "timeout" }, null, undefined, "timeout"])
      expect(isAppServerError(other)).toBe(false);
  });
});
