/**
 * `hub.log`: the log of a hub that runs in the background. Whoever starts the hub (`signalbox up`, a
 * service manager) leads its stderr there, so that what node itself says of a crash is in it too.
 * The hub keeps it bounded: past its limit it is copied to `hub.log.1` and emptied.
 */
import { chmodSync, copyFileSync, fstatSync, renameSync, statSync, truncateSync } from "node:fs";
import { pino } from "pino";

/** Bytes a log has when it is put aside; so both together stay below twice that and a little. */
export const logLimit = 8 * 1024 * 1024;

/** Where the part before is kept. */
export function asideOf(path: string): string {
  return `${path}.1`;
}

/**
 * Writes to stderr, at once. While stderr is the file at `path`, opened for appending, it is kept
 * below the limit and for its owner only.
 */
export function boundedStderr(path: string | undefined, limit = logLimit) {
  const stderr = pino.destination({ dest: 2, sync: true });
  if (path === undefined || !isStderr(path)) return stderr;
  chmodSync(path, 0o600);
  let size = statSync(path).size;
  return {
    write(line: string) {
      stderr.write(line);
      size += Buffer.byteLength(line);
      if (size < limit) return;
      size = rotateLog(path, limit);
    },
  };
}

/**
 * Copies a log of at least `limit` bytes aside, in place of the part before, and empties it; gives
 * its size then. Whoever appends to it goes on at its new beginning.
 */
export function rotateLog(path: string, limit = logLimit): number {
  try {
    const { size } = statSync(path);
    if (size < limit) return size;
    const copy = `${asideOf(path)}.new`;
    copyFileSync(path, copy);
    chmodSync(copy, 0o600);
    // In this order, so that who follows the log sees the part before once the log is empty.
    truncateSync(path);
    renameSync(copy, asideOf(path));
  } catch {
    // A full disk, or the file was taken away: logging goes on, and after as much again so does this.
  }
  return 0;
}

function isStderr(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return false;
  const stderr = fstatSync(2);
  return file.dev === stderr.dev && file.ino === stderr.ino;
}
