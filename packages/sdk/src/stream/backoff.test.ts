import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

const policy = { base: 100, cap: 1_000, stableAfter: 5_000 };
/** The ceiling itself instead of a random part of it. */
const almostOne = () => 1 - Number.EPSILON;

describe("Backoff", () => {
  it("doubles its ceiling with each failure, up to the cap", () => {
    const backoff = new Backoff(policy, almostOne);
    const waits = Array.from({ length: 6 }, () => backoff.next(0));
    expect(waits).toEqual([99, 199, 399, 799, 999, 999]);
  });

  it("starts again after a connection that lasted long enough, not after a short one", () => {
    const backoff = new Backoff(policy, almostOne);
    for (let failure = 0; failure < 5; failure += 1) backoff.next(0);
    expect(backoff.next(policy.stableAfter - 1)).toBe(999);
    expect(backoff.next(policy.stableAfter)).toBe(99);
  });

  it("takes any time from none to the ceiling", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(100),
        (random, failures) => {
          const backoff = new Backoff(policy, () => random);
          for (let failure = 0; failure < failures; failure += 1) backoff.next(0);
          const wait = backoff.next(0);
          expect(wait).toBe(Math.floor(random * Math.min(1_000, 100 * 2 ** failures)));
        },
      ),
    );
  });
});
