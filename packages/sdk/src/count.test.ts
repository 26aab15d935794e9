import { expect, test } from "vitest";
import { checkCount } from "./count.ts";

test.each([1, 2, 1_000_000])("%d is a number of things", (value) => {
  expect(checkCount("lanes", value, "the threads handled at a time")).toBe(value);
});

test.each([0, -1, 1.5, Number.NaN, Infinity])("%d is refused by the option's name", (value) => {
  expect(() => checkCount("lanes", value, "the threads handled at a time")).toThrow(
    expect.objectContaining({
      code: "invalid_request",
      message: `lanes is ${value}: give a whole number from 1, the threads handled at a time.`,
    }),
  );
});
