import { expect, test } from "vitest";
import { type OperationName, operations } from "../index.ts";

const edit = { keyPath: "a", mergeStrategy: "replace", value: null };
const list = (length: number, item: unknown) => Array.from({ length }, () => item);

/** An input at its limit and one past it. */
const limits: readonly (readonly [OperationName, string, (size: number) => object, number])[] = [
  ["models.list", "models a page", (limit) => ({ limit }), 200],
  ["runtime.exec", "words of a command", (size) => ({ command: list(size, "a") }), 1000],
  [
    "runtime.exec",
    "milliseconds of a command",
    (timeoutMs) => ({ command: ["a"], timeoutMs }),
    600_000,
  ],
  ["config.batch_set", "edits", (size) => ({ edits: list(size, edit) }), 200],
  [
    "feedback.submit",
    "characters of a reason",
    (size) => ({ classification: "bug", includeLogs: false, reason: "a".repeat(size) }),
    10_000,
  ],
  [
    "mcp.oauth.login",
    "seconds of a login",
    (timeoutSecs) => ({ serverName: "a", timeoutSecs }),
    3600,
  ],
  ["sessions.watch", "events", (limit) => ({ sessionId: "a", limit }), 200],
  ["sessions.watch", "milliseconds", (timeoutMs) => ({ sessionId: "a", timeoutMs }), 25_000],
  ["sessions.wait", "milliseconds", (timeoutMs) => ({ sessionId: "a", timeoutMs }), 300_000],
  ["sessions.discover", "threads a page", (limit) => ({ limit }), 200],
  ["sessions.search", "characters", (size) => ({ query: "a".repeat(size) }), 500],
  ["app_server.call", "characters of a method", (size) => ({ method: "a".repeat(size) }), 200],
  ["account.login.cancel", "characters of an id", (size) => ({ loginId: "a".repeat(size) }), 200],
];

test.each(limits)("%s takes so many %s and not one more", (name, _what, input, limit) => {
  expect(operations[name].input.safeParse(input(limit)).error).toBeUndefined();
  expect(operations[name].input.safeParse(input(limit + 1)).success).toBe(false);
});

test("a setting can be null, false or a table, but not left out", () => {
  const set = (value: object) => operations["config.set"].input.safeParse({ ...edit, ...value });
  for (const value of [null, false, 0, "", [], { a: [{}] }]) {
    expect(set({ value }).data?.value).toEqual(value);
  }
  expect(set({ value: undefined }).error?.issues[0]?.path).toEqual(["value"]);
});
