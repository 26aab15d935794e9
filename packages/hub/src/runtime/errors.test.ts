import { AppServerError, RpcError } from "@signalbox/app-server";
import { httpStatusOf, type SignalboxError } from "@signalbox/contract";
import { expect, test } from "vitest";
import { fromAppServerError } from "./errors.ts";

test("each failure of a call keeps its meaning, and its cause", () => {
  const cause = new AppServerError("unknown_thread", "thread not found: x", {
    method: "turn/start",
  });
  expect(fromAppServerError(cause)).toMatchObject({
    code: "session_not_found",
    category: "not_found",
    message: "thread not found: x",
    details: { method: "turn/start" },
    cause,
  });
  expect(fromAppServerError(new AppServerError("overloaded", "x"))).toMatchObject({
    code: "overloaded",
    retryable: true,
  });
});

test("a write whose answer was lost is ambiguous, whatever lost it, and not to be repeated", () => {
  for (const code of ["timeout", "transport_closed", "aborted"] as const) {
    expect(fromAppServerError(new AppServerError(code, "x", { ambiguous: true }))).toMatchObject({
      code: "outcome_unknown",
      category: "ambiguous",
      retryable: false,
    });
  }
});

test("what codex itself answered keeps its number and its data", () => {
  const refuse = (data?: unknown) =>
    fromAppServerError(
      new RpcError("config/value/write", {
        code: -32600,
        message: "Configuration was modified since last read.",
        ...(data === undefined ? {} : { data }),
      }),
    );
  const data = { config_write_error_code: "configVersionConflict" };
  expect(refuse(data)).toMatchObject({
    code: "config_conflict",
    message: "config/value/write: Configuration was modified since last read.",
    details: { method: "config/value/write", rpc: { code: -32600, data } },
  });
  expect(refuse()).toMatchObject({ code: "invalid_state", details: { rpc: { code: -32600 } } });
});

test("a method that codex does not know is named, without the list of those it knows", () => {
  const message = "Invalid request: unknown variant `a/b`, expected one of `initialize`";
  expect(fromAppServerError(new RpcError("a/b", { code: -32600, message }))).toMatchObject({
    code: "method_not_supported",
    message: "The running codex does not know a/b. GET /api/capabilities says what it knows.",
  });
});

test.each([
  ["unknown variant", -32600, "Invalid request: unknown variant `a/b`, expected `c`", 501],
  ["no such method by number", -32601, "x", 501],
  ["experimental", -32600, "a/b requires experimentalApi capability", 501],
  ["a missing field", -32600, "Invalid request: missing field `x`", 400],
  ["bad params by number", -32602, "x", 400],
  ["a refusal", -32600, "turn is in progress", 409],
  ["no login", -32600, "codex account authentication required to read rate limits", 401],
  ["a failure", -32603, "x", 502],
  ["a full queue", -32001, "x", 503],
] as const)("%s has its HTTP status", (_, code, message, status) => {
  const error = fromAppServerError(new RpcError("a/b", { code, message }));
  expect(httpStatusOf(error as SignalboxError)).toBe(status);
});

test("an error that is not the client's is left as it is", () => {
  const error = new RangeError("x");
  expect(fromAppServerError(error)).toBe(error);
});
