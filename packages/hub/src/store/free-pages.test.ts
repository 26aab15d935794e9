import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { giveBackPages } from "./free-pages.ts";

test("room that deleted rows left goes back to the disk bit by bit, but for what the next rows need", () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-pages-"));
  const path = join(folder, "signalbox.db");
  const database = openDatabase(path);
  const free = () => Number(database.prepare("PRAGMA freelist_count").get()!.freelist_count);
  database.exec(`
    CREATE TABLE filler (body BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
      INSERT INTO filler SELECT zeroblob(4000) FROM n;
    DELETE FROM filler;
  `);
  const before = free();
  expect(before).toBeGreaterThan(5000);
  giveBackPages(database);
  expect(before - free()).toBe(256);
  for (let i = 0; i < 100; i += 1) giveBackPages(database);
  expect(free()).toBe(4096);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  expect(statSync(path).size).toBeLessThan(4500 * 4096);
  database.close();
  rmSync(folder, { recursive: true });
});
