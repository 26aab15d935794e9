/** How much room the hub's database takes. */
import { statSync } from "node:fs";
import { homeAt } from "@signalbox/hub";

/** Bytes of the database and its write-ahead log; 0 where there is none. */
export function journalSize(home: string): number {
  const { database } = homeAt(home);
  return sizeOf(database) + walSize(home);
}

/** Bytes of the write-ahead log alone. */
export function walSize(home: string): number {
  return sizeOf(`${homeAt(home).database}-wal`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
