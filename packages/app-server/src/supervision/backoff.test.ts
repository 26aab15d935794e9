import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffDelay } from "./backoff.ts";

test("the wait is anywhere between nothing and a bound that doubles up to the maximum", () => {
  const options = { initialDelay: 100, maxDelay: 1_000 };
  expect([1, 2, 3, 4, 5, 6].map((attempt) => backoffDelay(attempt, options, () => 1))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = backoffDelay(attempt, options, () => random);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(1_000);
      },
    ),
  );
});
