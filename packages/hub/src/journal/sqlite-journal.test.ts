import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { describeJournal, readAll } from "../../fixtures/journal-conformance.ts";
import { openDatabase } from "../store/database.ts";
import { toNewEvent } from "./event.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

const folders: string[] = [];
function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
  folders.push(folder);
  return join(folder, "signalbox.db");
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const fact = (type: string) => toNewEvent(type, null, {}, 1);

describeJournal("SqliteJournal", async () => {
  const file = freshFile();
  let database = openDatabase(file);
  return {
    journal: new SqliteJournal(database),
    async reopen() {
      database.close();
      database = openDatabase(file);
      return new SqliteJournal(database);
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
});

test("a batch that can't be stored leaves no trace, and the next one that can goes on", async () => {
  const database = openDatabase(freshFile());
  const journal = new SqliteJournal(database);
  await journal.append([fact("a")]);
  database.exec("PRAGMA max_page_count = 1");
  const large = toNewEvent("b", "t", "x".repeat(100_000), 1);
  await expect(journal.append([fact("c"), large])).rejects.toMatchObject({
    code: "storage_unavailable",
    retryable: true,
  });
  expect(journal.head).toBe(1);
  database.exec("PRAGMA max_page_count = 1000000");
  await journal.append([fact("c"), large]);
  expect((await readAll(journal, { types: ["c", "b"] })).map((event) => event.seq)).toEqual([2, 3]);
  expect((await readAll(journal, { threadId: "t" })).map((event) => event.seq)).toEqual([3]);
  database.close();
});

test("a probe tells whether a batch could be stored", async () => {
  const file = freshFile();
  const database = openDatabase(file);
  const journal = new SqliteJournal(database);
  const stranger = openDatabase(file);
  stranger.exec("BEGIN IMMEDIATE");
  await expect(journal.probe()).rejects.toMatchObject({ code: "storage_unavailable" });
  stranger.exec("COMMIT");
  await journal.probe();
  stranger.close();
  database.close();
});

test("the epoch stays when the process died but the machine did not", async () => {
  const file = freshFile();
  const database = openDatabase(file);
  const journal = new SqliteJournal(database, { boot: "one", file: "f" });
  await journal.append([fact("a")]);
  database.close();
  const again = openDatabase(file);
  const after = new SqliteJournal(again, { boot: "one", file: "f" });
  expect([after.epoch, after.head]).toEqual([journal.epoch, 1]);
  again.close();
});

test("the epoch changes when the machine went down before the journal was closed", async () => {
  const file = freshFile();
  const database = openDatabase(file);
  const journal = new SqliteJournal(database, { boot: "one", file: "f" });
  await journal.append([fact("a")]);
  database.close();
  const again = openDatabase(file);
  const after = new SqliteJournal(again, { boot: "two", file: "f" });
  expect(after.epoch).not.toBe(journal.epoch);
  expect(after.head).toBe(1);
  again.close();
});

test("the epoch stays over a boot when the journal was closed well", async () => {
  const file = freshFile();
  const database = openDatabase(file);
  const journal = new SqliteJournal(database, { boot: "one", file: "f" });
  await journal.append([fact("a")]);
  journal.close();
  database.close();
  const again = openDatabase(file);
  expect(new SqliteJournal(again, { boot: "two", file: "f" }).epoch).toBe(journal.epoch);
  again.close();
});

test("the epoch changes when the file was put back from a copy", async () => {
  const file = freshFile();
  const first = openDatabase(file);
  const journal = new SqliteJournal(first);
  await journal.append([fact("a")]);
  journal.close();
  first.close();
  copyFileSync(file, `${file}.copy`);
  const second = openDatabase(file);
  await new SqliteJournal(second).append([fact("b")]);
  second.close();
  renameSync(`${file}.copy`, file);
  rmSync(`${file}-wal`, { force: true });
  const restored = openDatabase(file);
  expect(new SqliteJournal(restored).epoch).not.toBe(journal.epoch);
  restored.close();
});
