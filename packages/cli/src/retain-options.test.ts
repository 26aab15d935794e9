import { expect, test } from "vitest";
import { parseDays, parseSize } from "./retain-options.ts";

test("days are read as milliseconds, sizes as bytes, and forever as no limit", () => {
  expect(parseDays("7")).toBe(604_800_000);
  expect(parseDays("0.5")).toBe(43_200_000);
  expect(parseSize("500MB")).toBe(500_000_000);
  expect(parseSize("1.5 GiB")).toBe(1_610_612_736);
  expect([parseDays("forever"), parseSize("forever")]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test("anything else is refused with what to write instead", () => {
  for (const text of ["", "0", "-1", "x", "1d", "Infinity", "NaN", "1e3"]) {
    expect(() => parseDays(text), text).toThrow(/number of days/);
  }
  for (const text of ["", "0MB", "5", "5XB", "MB", "-5MB", "5MBs", "0.1 constructor"]) {
    expect(() => parseSize(text), text).toThrow(/size with its unit/);
  }
});
