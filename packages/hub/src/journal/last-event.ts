/** Looks into the database of a hub from outside. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * When the newest event of the journal in this file was stored, in epoch milliseconds; undefined when
 * there is none. Reads only, also beside a hub that runs. Throws when the file is no hub's database.
 */
export function lastEventAt(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (database.prepare("PRAGMA user_version").get()?.user_version === 0) return undefined;
    const row = database.prepare("SELECT at FROM event ORDER BY seq DESC LIMIT 1").get();
    return row === undefined ? undefined : Number(row.at);
  } finally {
    database.close();
  }
}
