/** Each promise of the guide to reliability is shown by tests that exist. */
import { expect, test } from "vitest";
import { expectTestsToExist } from "../acceptance-table.ts";
import { readGuide } from "./guide.ts";

const guide = readGuide("reliability");

test("every promise names what holds it, where it ends, and tests that exist under the titles it gives", () => {
  const rows = [...guide.matchAll(/^\| (\*\*.*) \|$/gm)].map(([, row = ""]) =>
    row.split("|").map((cell) => cell.trim()),
  );
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) expect(row.filter((cell) => cell !== "")).toHaveLength(4);
  expectTestsToExist(
    rows.map(([promise = "", , , tests = ""]) => ({
      id: promise,
      promise,
      shownBy: [...tests.matchAll(/`([^`]+)`: (.+?)(?:<br>|$)/g)].map(
        ([, file = "", title = ""]) => ({ file, title }),
      ),
    })),
  );
});
