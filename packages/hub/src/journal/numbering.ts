/**
 * Whether positions can be trusted to continue. A process that dies loses no commit, but a machine
 * that dies may lose the last ones, and a file put back from a copy has an old end: then positions
 * that readers have seen would be given out twice. So the journal remembers on which boot and in
 * which file it runs and whether it was closed well, and takes a new epoch when in doubt.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { uptime } from "node:os";
import type { DatabaseSync } from "node:sqlite";

/** The numbering of an opened journal. */
export interface Numbering {
  readonly epoch: string;
  readonly trimmed: number;
}

/** What a journal remembers of its surroundings. */
export interface Surroundings {
  /** Names the boot of the machine. */
  readonly boot: string;
  /** Names the file. */
  readonly file: string;
}

/** The surroundings now. */
export function surroundingsOf(database: DatabaseSync): Surroundings {
  return { boot: bootId(), file: fileId(database.location()) };
}

/** Opens the numbering, which counts as not closed until `closeNumbering`. */
export function openNumbering(database: DatabaseSync, now: Surroundings): Numbering {
  const row = database.prepare("SELECT * FROM numbering WHERE id = 1").get();
  const trusted =
    row !== undefined && row.file === now.file && (row.closed === 1 || row.boot === now.boot);
  const epoch = trusted ? String(row.epoch) : newEpoch();
  const trimmed = Number(row?.trimmed ?? 0);
  // FULL, so that what was promised by the clean mark is not undone by the same loss of power.
  database.exec("PRAGMA synchronous = FULL");
  database
    .prepare(
      "INSERT OR REPLACE INTO numbering (id, epoch, trimmed, closed, boot, file) VALUES (1, ?, ?, 0, ?, ?)",
    )
    .run(epoch, trimmed, now.boot, now.file);
  database.exec("PRAGMA synchronous = NORMAL");
  return { epoch, trimmed };
}

/** Marks the numbering as whole: everything before this is on disk. */
export function closeNumbering(database: DatabaseSync): void {
  database.exec("PRAGMA synchronous = FULL");
  database.exec("UPDATE numbering SET closed = 1 WHERE id = 1");
}

function newEpoch(): string {
  return BigInt(`0x${randomBytes(8).toString("hex")}`).toString(36);
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Elsewhere the time of boot names it, to the minute, since clocks are adjusted.
    return `booted ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}

function fileId(path: string | null): string {
  if (path === null) return "memory";
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}
