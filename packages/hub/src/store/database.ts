/**
 * The hub's database file: one SQLite connection, opened and migrated. Everything durable that is
 * not the journal's own business goes through `transaction`.
 */
import { DatabaseSync } from "node:sqlite";
import { SignalboxError } from "@signalbox/contract";
import { migrations } from "./migrations.ts";

/** Opens (or makes) the database and brings its tables up to this program. Throws `store_too_new`. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // NORMAL: a commit survives the death of the process. What the death of the machine can take
    // back, the journal's epoch tells. Waiting for a lock stops everything, and only a stranger
    // would hold one, so it is short.
    // The first, since it can only be set while the file is empty; without it `giveBackPages` does nothing.
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA busy_timeout = 200;
      PRAGMA journal_size_limit = 67108864;
    `);
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs `work` in one transaction: all of it is stored, or, when it throws, none. Not nestable. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite ends the transaction itself on some failures, such as a full disk.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Whether an error says that something could not be stored now: SQLite's own, or `storage_unavailable`. */
export function isStorageError(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_SQLITE_ERROR" || code === "storage_unavailable";
}

/** What failed to be stored, as callers are told. */
export function cannotStore(cause: unknown): SignalboxError {
  return new SignalboxError(
    "storage_unavailable",
    `The hub can't write to its database: ${(cause as Error).message}. Make room on the disk or repair it; the hub tries again by itself.`,
    { cause },
  );
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare("PRAGMA user_version").get();
  return Number(row?.user_version);
}

function migrate(database: DatabaseSync, path: string): void {
  const newest = migrations.at(-1)!.version;
  const found = versionOf(database);
  if (found > newest) {
    throw new SignalboxError(
      "store_too_new",
      `The database ${path} has version ${found}, and this program knows ${newest} at most. ` +
        "It was written by a newer Signalbox: update this one, or use another home folder.",
      { details: { path, found, newest } },
    );
  }
  if (found === newest) return;
  transaction(database, () => {
    for (const { version, sql } of migrations) if (version > found) database.exec(sql);
    database.exec(`PRAGMA user_version = ${newest}`);
  });
}
