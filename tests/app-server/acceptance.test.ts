/** The table of what the client is accepted by, held against the tests it names. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

test("every point of the acceptance list is shown by tests that exist under the titles it gives", () => {
  const rows = read("docs/app-server-acceptance.md")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, number = ""]) => /^(\d+|\+)$/.test(number));
  expect(rows.map(([, number]) => number).filter((number) => number !== "+")).toEqual(
    Array.from({ length: 26 }, (_, n) => `${n + 1}`),
  );
  for (const [, , point, shown = ""] of rows) {
    const tests = [...shown.matchAll(/`([^`]+)`: (.+?)(?:<br>|$)/g)];
    expect([point, tests.length]).not.toEqual([point, 0]);
    for (const [, file = "", title = ""] of tests)
      expect([file, read(file).includes(`"${title}"`)]).toEqual([file, title !== ""]);
  }
});
