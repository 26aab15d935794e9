/** The table of what the client is accepted by, held against the tests it names. */
import { expect, test } from "vitest";
import { expectTestsToExist, readAcceptance } from "../acceptance-table.ts";

test("every point of the acceptance list is shown by tests that exist under the titles it gives", () => {
  const rows = readAcceptance("docs/app-server-acceptance.md", /^(\d+|\+)$/);
  expect(rows.map(({ id }) => id).filter((id) => id !== "+")).toEqual(
    Array.from({ length: 26 }, (_, n) => `${n + 1}`),
  );
  expectTestsToExist(rows);
});
