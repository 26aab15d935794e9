/** Reads the documents that say what a part is accepted by, and holds them against the tests they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** A line of such a table. */
export interface AcceptanceRow {
  readonly id: string;
  readonly promise: string;
  readonly shownBy: readonly { readonly file: string; readonly title: string }[];
}

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");

/** The lines of a document's tables whose first cell is an id, in order. */
export function readAcceptance(path: string, id: RegExp): readonly AcceptanceRow[] {
  return read(path)
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, first = ""]) => id.test(first))
    .map(([, first = "", promise = "", tests = ""]) => ({
      id: first,
      promise,
      shownBy: [...tests.matchAll(/`([^`]+)`: (.+?)(?:<br>|$)/g)].map(
        ([, file = "", title = ""]) => ({ file, title }),
      ),
    }));
}

/** Fails for a line that names no test, or one that is not in its file under that title. */
export function expectTestsToExist(rows: readonly AcceptanceRow[]): void {
  expect(rows.filter(({ shownBy }) => shownBy.length === 0).map(({ id }) => id)).toEqual([]);
  const missing = rows
    .flatMap(({ shownBy }) => shownBy)
    .filter(({ file, title }) => title === "" || !read(file).includes(`"${title}"`));
  expect(missing).toEqual([]);
}
