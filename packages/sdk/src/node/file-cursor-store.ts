/** Cursors in a file, so that a program's next process goes on where this one was. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseCursor, SignalboxError } from "@signalbox/contract";
import { z } from "zod";
import type { CursorStore } from "../stream/cursor/cursor-store.ts";

const content = z.strictObject({ cursors: z.record(z.string(), z.string()) });

/**
 * Keeps cursors in a JSON file, made (0600, with its folder) at the first save. Whatever happens, the
 * file is whole: what is written goes to a file beside it, is flushed to the disk, and takes its
 * place in one step. Saves that come while one is written are written together, once. One process
 * for one file: two would overwrite each other's keys.
 *
 * `load` rejects with `invalid_cursor` when the file holds something else; a file that can't be read
 * or written rejects with the error of the system.
 */
export function fileCursorStore(path: string): CursorStore {
  return new FileCursorStore(resolve(path));
}

class FileCursorStore implements CursorStore {
  readonly #path: string;
  #cursors: Promise<Map<string, string>> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async load(key: string): Promise<string | undefined> {
    return (await this.#read()).get(key);
  }

  async save(key: string, cursor: string): Promise<void> {
    (await this.#read()).set(key, cursor);
    // One write goes on, one waits and takes along whatever is set until it begins.
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      const written = this.#write();
      this.#writing = written.catch(() => undefined);
      return written;
    });
    await this.#next;
  }

  #read(): Promise<Map<string, string>> {
    this.#cursors ??= readCursors(this.#path).catch((error: unknown) => {
      // Somebody may mend the file: the next call looks again.
      this.#cursors = undefined;
      throw error;
    });
    return this.#cursors;
  }

  async #write(): Promise<void> {
    const cursors = await this.#read();
    const text = `${JSON.stringify({ cursors: Object.fromEntries(cursors) }, null, 2)}\n`;
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const beside = `${this.#path}.${process.pid}.tmp`;
    try {
      await writeWhole(beside, text);
      await rename(beside, this.#path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await flushFolder(folder);
  }
}

async function readCursors(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
  try {
    const { cursors } = content.parse(JSON.parse(text));
    for (const cursor of Object.values(cursors)) parseCursor(cursor);
    return new Map(Object.entries(cursors));
  } catch (error) {
    throw new SignalboxError(
      "invalid_cursor",
      `${path} is not a file of cursors. Delete it to start from now, or give another path.`,
      { cause: error },
    );
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

// The rename itself is on the disk once its folder is. Where folders can't be opened (Windows), the
// system sees to it.
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}
