/**
 * Room in the database file that deleted rows have left. Most of it is kept, since what comes next
 * needs it; what is beyond goes back to the disk, a little at a time, since pages must be moved for it.
 */
import type { DatabaseSync } from "node:sqlite";

/** Free pages that are kept at least: 16 MiB. */
const kept = 4096;
/** Of the file, one part in so many is kept. */
const keptShare = 8;
/** Pages given back at a time: 1 MiB, some milliseconds. */
const atATime = 256;

/** Gives some of the room back to the disk when there is much. */
export function giveBackPages(database: DatabaseSync): void {
  const free = pragma(database, "freelist_count");
  const excess = free - Math.max(kept, pragma(database, "page_count") / keptShare);
  if (excess >= 1) {
    database.exec(`PRAGMA incremental_vacuum(${Math.min(atATime, Math.floor(excess))})`);
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
