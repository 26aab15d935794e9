/** The tables of what the hub and the SDK are accepted by, held against the tests they name. */
import { expect, test } from "vitest";
import { expectTestsToExist, readAcceptance } from "./acceptance-table.ts";

const document = "docs/hub-and-sdk-acceptance.md";
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);

test("every point of the hub and the SDK is shown by tests that exist under the titles it gives", () => {
  const rows = readAcceptance(document, /^\d+$/);
  expect(rows.map(({ id }) => id)).toEqual([...numbers(1, 19), "22"]);
  expectTestsToExist(rows);
});

test("every fault of an earlier system that could be one here is shown not to be", () => {
  const rows = readAcceptance(document, /^W\d+$/);
  const ids = [...numbers(1, 24), ...numbers(37, 55)].map((number) => `W${number}`);
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expectTestsToExist(rows);
});
