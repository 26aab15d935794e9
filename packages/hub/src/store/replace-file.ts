/** Writes files that somebody may read at any moment. */
import { renameSync, writeFileSync } from "node:fs";

/** Puts this text in place of what the file holds, whole or not at all, for its owner only. */
export function replaceFile(path: string, text: string): void {
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, path);
}
