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

const events = 20_000;
const batchSizes = [16, 64, 256] as const;

export async function run(): Promise<Figure[]> {
  const rows = makeRows();
  const figures: Figure[] = [];
  for (const size of batchSizes) {
    const batches = split(rows, size);
    const rates = await compareRates(
      events,
      () => inFolder((folder) => appendToJournal(folder, batches)),
      () => inFolder((folder) => insertBare(folder, batches)),
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

/** Deltas of ten threads in turn, with every fiftieth event of no thread. */
function makeRows(): NewEvent[] {
  return Array.from({ length: events }, (_, i) => {
    const threadId = `01990000-0000-7000-8000-0000000000${10 + (i % 10)}`;
    const turnId = `01990000-0000-7000-8000-0000000001${10 + (i % 10)}`;
    const context = { threadId, turnId };
    const params = { ...context, itemId: `msg_${i}`, delta: "some words of a text " };
    return {
      type: `app_server.${i % 7 === 0 ? "item.completed" : "item.agent_message.delta"}`,
      threadId: i % 50 === 0 ? null : threadId,
      at: 1_767_225_600_000 + i,
      payload: JSON.stringify({
        source: "app_server",
        signalType: "notification",
        eventType: "app_server.item.agent_message.delta",
        method: "item/agentMessage/delta",
        receivedAt: "2026-01-01T00:00:00.000Z",
        context,
        params,
        session: { id: threadId, title: "New chat", projectId: null },
      }),
    };
  });
}

function split(rows: readonly NewEvent[], size: number): NewEvent[][] {
  const batches: NewEvent[][] = [];
  for (let i = 0; i < rows.length; i += size) batches.push(rows.slice(i, i + size));
  return batches;
}
