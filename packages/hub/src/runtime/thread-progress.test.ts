import { expect, test } from "vitest";
import type { StoredEvent } from "../journal/event.ts";
import { openDatabase } from "../store/database.ts";
import { ThreadProgress } from "./thread-progress.ts";

function event(type: string, threadId: string, params: object): StoredEvent {
  return { type, threadId, value: { params }, seq: 1, at: 1, payload: "" } as StoredEvent;
}

test("a thread is known as far as its last turn: its items while it runs, its end after", () => {
  const progress = new ThreadProgress(openDatabase(":memory:"));
  expect(progress.markOf("t")).toBeUndefined();
  const item = (turnId: string, id: string) =>
    progress.apply(event("app_server.item.completed", "t", { turnId, item: { id } }));
  progress.apply(event("app_server.turn.started", "t", { turn: { id: "u" } }));
  item("u", "a");
  item("another", "x");
  item("u", "b");
  expect(progress.markOf("t")).toEqual({ turnId: "u", ended: false, items: ["a", "b"] });
  expect(progress.unfinished()).toEqual(["t"]);
  progress.apply(event("app_server.turn.completed", "t", { turn: { id: "u" } }));
  expect(progress.markOf("t")).toEqual({ turnId: "u", ended: true, items: [] });
  expect(progress.unfinished()).toEqual([]);
});
