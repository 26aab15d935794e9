import { AppServerError } from "@signalbox/app-server";
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

test("an error that is not the client's is left as it is", () => {
  const error = new RangeError("x");
  expect(fromAppServerError(error)).toBe(error);
});
