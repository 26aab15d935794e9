/**
 * `hub.lock`: which process holds a home, and where its hub listens, for programs beside it to read.
 * The process is named with the time it began, so that a file a killed hub left behind never points
 * at a later process with the same id.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "./process-stamp.ts";
import { replaceFile } from "./replace-file.ts";

const homeHolder = z.object({
  pid: z.number().int().positive(),
  /** When the process began, as the system says it. */
  stamp: z.string().min(1),
  /** ISO time at which the home was taken. */
  startedAt: z.iso.datetime(),
  /** What it holds the home for. */
  purpose: z.enum(["hub", "runtime stop"]),
  /** Of Signalbox. */
  version: z.string(),
  /** Where the hub can be reached from this machine; null while it starts and once it ends. */
  url: z.url().nullable(),
});

/** The process that holds a home. */
export type HomeHolder = Readonly<z.output<typeof homeHolder>>;

/** The file, in a home folder. */
export function holderPath(folder: string): string {
  return join(folder, "hub.lock");
}

/** The process that holds this home now; undefined when none does, whatever the file says. */
export function livingHolder(folder: string): HomeHolder | undefined {
  try {
    const found = homeHolder.parse(JSON.parse(readFileSync(holderPath(folder), "utf8")));
    return isAlive(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the file. */
export function writeHolder(path: string, holder: HomeHolder): void {
  replaceFile(path, `${JSON.stringify(holder)}\n`);
}

/** The address for programs on this machine: one that listens everywhere is reached on loopback. */
export function reachableUrl(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
