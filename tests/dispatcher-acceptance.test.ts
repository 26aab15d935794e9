/** The table of what the dispatcher is accepted by, held against the tests it names. */
import { expect, test } from "vitest";
import { expectTestsToExist, readAcceptance } from "./acceptance-table.ts";

test("every point of the dispatcher is shown by tests that exist under the titles it gives", () => {
  const rows = readAcceptance("docs/dispatcher-acceptance.md", /^\d+$/);
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 39 }, (_, n) => `${n + 1}`));
  expectTestsToExist(rows);
});
