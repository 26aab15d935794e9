import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { StoredEvent } from "../journal/event.ts";
import { openDatabase } from "../store/database.ts";
import { ThreadProgress } from "./thread-progress.ts";

function event(type: string, threadId: string, params: object): StoredEvent {
  return { type, threadId, value: { params }, seq: 1, at: 1, payload: "" } as StoredEvent;
}

function completed(turnId: string, id: string): StoredEvent {
  return event("app_server.item.completed", "t", { turnId, item: { id } });
}

test("a thread is known as far as its last turn: its items while it runs, its end after", () => {
  const progress = new ThreadProgress(openDatabase(":memory:"));
  expect(progress.markOf("t")).toBeUndefined();
  const item = (turnId: string, id: string) => progress.apply(completed(turnId, id));
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

test("an item told again counts once, and the next turn begins with none", () => {
  const progress = new ThreadProgress(openDatabase(":memory:"));
  progress.apply(event("app_server.turn.started", "t", { turn: { id: "u" } }));
  for (const id of ["a", "a", "b"]) progress.apply(completed("u", id));
  expect(progress.markOf("t")).toEqual({ turnId: "u", ended: false, items: ["a", "b"] });
  progress.apply(event("app_server.turn.started", "t", { turn: { id: "v" } }));
  progress.apply(completed("u", "c"));
  expect(progress.markOf("t")).toEqual({ turnId: "v", ended: false, items: [] });
});

test("the last of a thousand items is noted with as little writing as the first, and all are known after a restart", () => {
  const home = mkdtempSync(join(tmpdir(), "signalbox-progress-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = join(home, "db");
  const database = openDatabase(path);
  // So that its log tells all that was written.
  database.exec("PRAGMA wal_autocheckpoint = 0");
  const progress = new ThreadProgress(database);
  progress.apply(event("app_server.turn.started", "t", { turn: { id: "u" } }));
  const ids = Array.from(
    { length: 1_000 },
    (_, index) => `item-${String(index).padStart(32, "0")}`,
  );
  const written = ids.map((id) => {
    const before = statSync(`${path}-wal`).size;
    progress.apply(completed("u", id));
    return statSync(`${path}-wal`).size - before;
  });
  const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
  expect(sum(written.slice(-100))).toBeLessThan(2 * sum(written.slice(0, 100)));
  database.close();
  const again = openDatabase(path);
  onTestFinished(() => again.close());
  expect(new ThreadProgress(again).markOf("t")?.items).toEqual(ids);
});
