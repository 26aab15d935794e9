import { expect, expectTypeOf, test } from "vitest";
import {
  categoryOfHttpStatus,
  categoryTable,
  codeTable,
  type ErrorCategory,
  errorCategories,
  fromErrorBody,
  httpStatusOf,
  isSignalboxError,
  SignalboxError,
  toErrorBody,
  toSignalboxError,
} from "../index.ts";

test("every category has a status, an exit code, an RPC code and a close code of its kind", () => {
  expect(Object.keys(categoryTable).sort()).toEqual([...errorCategories].sort());
  for (const [category, row] of Object.entries(categoryTable)) {
    expect(row.http, category).toBeGreaterThanOrEqual(400);
    expect(row.exit, category).toBeGreaterThan(0);
    expect(row.exit, category).toBeLessThan(256);
    expect(
      row.close === 1009 || row.close === 1011 || row.close === 1013 || row.close >= 4000,
    ).toBe(true);
  }
});

test("exit codes and RPC codes tell categories apart", () => {
  const rows = Object.values(categoryTable);
  expect(new Set(rows.map((row) => row.exit)).size).toBe(rows.length);
  expect(new Set(rows.map((row) => row.rpc)).size).toBe(rows.length);
});

test.each([
  ["validation", 2],
  ["not_found", 4],
  ["busy", 5],
  ["authority", 7],
  ["upstream", 8],
] as const)(
  "codes that scripts know keep their meaning: %s is %d, and 1000 more in RPC",
  (category, exit) => {
    expect(categoryTable[category]).toMatchObject({ exit, rpc: 1_000 + exit });
  },
);

test("codes are lower_snake words", () => {
  for (const code of Object.keys(codeTable)) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
});

test("an error takes category, status word and retryable from its code", () => {
  const error = new SignalboxError("already_resolved", "It was answered before.");
  expect(error).toMatchObject({ category: "conflict", status: "reconciled", retryable: false });
  expectTypeOf(error.category).toEqualTypeOf<ErrorCategory>();
});

test("a code answers with its own HTTP status where HTTP has a word for it, else with its category's", () => {
  expect(httpStatusOf(new SignalboxError("locked", "The defaults are locked."))).toBe(423);
  expect(httpStatusOf(new SignalboxError("session_busy", "A turn runs."))).toBe(409);
  const newer = new SignalboxError("newer_code", "Who knows.", { category: "timeout" });
  expect(httpStatusOf(newer)).toBe(504);
});

test("an error survives its way over the wire", () => {
  const sent = new SignalboxError("session_busy", "A turn runs.", { details: { turnId: "t1" } });
  const body: unknown = JSON.parse(JSON.stringify(toErrorBody(sent)));
  expect(body).toEqual({
    status: "error",
    code: "session_busy",
    message: "A turn runs.",
    retryable: true,
    details: { turnId: "t1" },
  });
  const got = fromErrorBody(409, body);
  expect(toErrorBody(got)).toEqual(body);
  expect(got.category).toBe("busy");
});

test("a code of a newer hub keeps its name and takes its category from the HTTP status", () => {
  const error = fromErrorBody(409, {
    status: "too_hot",
    code: "too_hot",
    message: "Too hot.",
    retryable: true,
    details: {},
  });
  expect(error).toMatchObject({ code: "too_hot", category: "conflict", retryable: true });
});

test("a body that is not ours becomes invalid_response with the category of its status", () => {
  expect(fromErrorBody(502, "<html>Bad Gateway</html>")).toMatchObject({
    code: "invalid_response",
    category: "upstream",
  });
  expect(categoryOfHttpStatus(401)).toBe("auth");
  expect(categoryOfHttpStatus(418)).toBe("validation");
});

test("a foreign error becomes internal_error and its text stays out of the body", () => {
  const error = toSignalboxError(new Error("password=hunter2 at /home/me"));
  expect(error.code).toBe("internal_error");
  expect(JSON.stringify(toErrorBody(error))).not.toContain("hunter2");
  expect(error.cause).toBeInstanceOf(Error);
});

test("an error of another copy of this package is recognised by its fields", () => {
  const foreign = Object.assign(new Error("x"), {
    code: "session_not_found",
    category: "not_found",
    retryable: false,
  });
  expect(isSignalboxError(foreign)).toBe(true);
  expect(isSignalboxError(new Error("x"))).toBe(false);
  expect(isSignalboxError({ code: "x", category: "auth", retryable: true })).toBe(false);
});
