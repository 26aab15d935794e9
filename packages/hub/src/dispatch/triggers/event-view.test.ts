import { eventCondition } from "@signalbox/contract";
import { expect, test } from "vitest";
import { holdsFor, valueAt } from "./event-view.ts";

const event = {
  type: "app_server.item.completed",
  threadId: "t",
  seq: 7,
  at: 1,
  payload: {
    params: { item: { type: "commandExecution", exitCode: 2, tags: ["a", 1] }, none: null },
  },
};

const holds = (condition: object) => holdsFor(event, [eventCondition.parse(condition)]);

test("paths lead into the event, into lists by number, and to nothing of the language's own", () => {
  expect(valueAt(event, "payload.params.item.tags.1")).toBe(1);
  expect(valueAt(event, "seq")).toBe(7);
  expect(valueAt(event, "payload.constructor")).toBeUndefined();
  expect(valueAt(event, "payload.params.item.type.length")).toBeUndefined();
  expect(valueAt(event, "payload.params.item.tags.9")).toBeUndefined();
});

const path = "payload.params.item.exitCode";
const missing = "payload.params.item.nothing";

test.each([
  [{ path, op: "eq", value: 2 }, true],
  [{ path, op: "eq", value: "2" }, false],
  [{ path, op: "ne", value: 0 }, true],
  [{ path: missing, op: "ne", value: 0 }, true],
  [{ path: missing, op: "eq", value: null }, false],
  [{ path: "payload.params.none", op: "eq", value: null }, true],
  [{ path, op: "gt", value: 1 }, true],
  [{ path, op: "gt", value: 2 }, false],
  [{ path, op: "lt", value: 3 }, true],
  [{ path: missing, op: "lt", value: 3 }, false],
  [{ path, op: "exists" }, true],
  [{ path: missing, op: "exists" }, false],
  [{ path: missing, op: "exists", value: false }, true],
  [{ path: "payload.params.none", op: "exists" }, true],
  [{ path: "payload.params.item.type", op: "contains", value: "Exec" }, true],
  [{ path: "payload.params.item.tags", op: "contains", value: 1 }, true],
  [{ path: "payload.params.item.tags", op: "contains", value: "1" }, false],
  [{ path: "payload.params.item.type", op: "matches", value: "command*" }, true],
  [{ path: "payload.params.item.type", op: "matches", value: "command" }, false],
])("%j is %s", (condition, expected) => {
  expect(holds(condition)).toBe(expected);
});

test("all conditions must hold", () => {
  const yes = eventCondition.parse({ path, op: "eq", value: 2 });
  const no = eventCondition.parse({ path, op: "eq", value: 3 });
  expect([holdsFor(event, []), holdsFor(event, [yes, no])]).toEqual([true, false]);
});

test.each([
  "",
  "payload.",
  ".payload",
  "params.item",
  "payload..x",
  "payload.a b",
  `payload${".a".repeat(13)}`,
])("the path %j is refused", (bad) => {
  expect(eventCondition.safeParse({ path: bad, op: "exists" }).success).toBe(false);
});

test("a path of twelve steps is taken", () => {
  const deep = `payload${".a".repeat(12)}`;
  expect(eventCondition.safeParse({ path: deep, op: "exists" }).success).toBe(true);
});
