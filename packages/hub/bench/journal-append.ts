/**
 * Appending to the journal, against bare `node:sqlite` inserts of the same rows into the same table
 * in batches of the same size. The two take turns within one run, so that both meet the same machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import type { NewEvent } from "../src/journal/event.ts";
import { SqliteJournal } from "../src/journal/sqlite-journal.ts";
import { openDatabase } from "../src/store/database.ts";
import { makeRows, split } from "./rows.ts";

const events = 20_000;
const batchSizes = [16, 64, 256] as const;

export async function run(): Promise<Figure[]> {
  const rows = makeRows(events);
  const figures: Figure[] = [];
  for (const size of batchSizes) {
    const batches = split(rows, size);
    const rates = await compareRates(
      events,
      () => inFolder((folder) => appendToJournal(folder, batches)),
      () => inFolder((folder) => insertBare(folder, batches)),
      { clock: "cpu", rounds: 15 },
    );
    figures.push({
      name: `journal append, batches of ${size}`,
      unit: "events/s",
      ...rates,
      bar: { least: 0.7 },
    });
  }
  return figures;
}

async function appendToJournal(folder: string, batches: readonly NewEvent[][]): Promise<void> {
  const database = openDatabase(join(folder, "ours.db"));
  const journal = new SqliteJournal(database);
  for (const batch of batches) await journal.append(batch);
  database.close();
}

function insertBare(folder: string, batches: readonly NewEvent[][]): void {
  const database = new DatabaseSync(join(folder, "floor.db"));
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE event (
      seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL,
      thread_id TEXT, payload TEXT NOT NULL
    ) STRICT;
  `);
  const insert = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?)");
  let seq = 0;
  for (const batch of batches) {
    database.exec("BEGIN");
    for (const event of batch) {
      seq += 1;
      insert.run(seq, event.at, event.type, event.threadId, event.payload);
    }
    database.exec("COMMIT");
  }
  database.close();
}

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
