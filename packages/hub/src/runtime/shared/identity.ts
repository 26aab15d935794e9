/** Which process is the home's shared app-server, in a file that outlives the hub. */
import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { isAlive } from "../../store/process-stamp.ts";
import { replaceFile } from "../../store/replace-file.ts";

const identity = z.object({
  /** Unique for ever. */
  id: z.string(),
  pid: z.number().int().positive(),
  /** As `processStamp` gave it. */
  stamp: z.string(),
  codexPath: z.string(),
});

/** A process that was started as the home's shared app-server. */
export type Identity = z.output<typeof identity>;

/** The process the file names, if it is there still; undefined for any other content. */
export function livingIdentity(path: string): Identity | undefined {
  try {
    const found = identity.parse(JSON.parse(readFileSync(path, "utf8")));
    return isAlive(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the file, whole or not at all, for its owner only. */
export function writeIdentity(path: string, written: Identity): void {
  replaceFile(path, `${JSON.stringify(written)}\n`);
}

/** Removes the file, if it is there. */
export function removeIdentity(path: string): void {
  rmSync(path, { force: true });
}
