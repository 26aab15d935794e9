/** How firings wait for codex: tried again at growing pauses, for ten minutes. */
import { expect, test } from "vitest";
import { delayAfterTry, delayLimit, delayUntried, isGivenUp, toGivenUp } from "./delays.ts";

const why = { code: "runtime_unavailable", message: "Codex is not running now." };

test("the second try comes as soon as codex is there, and each pause after it is twice the one before, a minute at most", () => {
  let delay = delayAfterTry(null, why, 1_000);
  expect(delay).toEqual({ since: 1_000, until: 601_000, tries: 1, nextAt: 1_000, ...why });
  const pauses: number[] = [];
  while (pauses.length < 9) {
    const now = delay.nextAt;
    delay = delayAfterTry(delay, why, now);
    pauses.push(delay.nextAt - now);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
  expect([delay.since, delay.until, delay.tries]).toEqual([1_000, 601_000, 10]);
});

test("what was not tried since codex was known to be away is tried as soon as it is there", () => {
  const delay = delayUntried(why, 5);
  expect(delay).toMatchObject({ since: 5, tries: 0, nextAt: 5 });
  expect(delayAfterTry(delay, why, 50)).toMatchObject({ since: 5, tries: 1, nextAt: 50 });
});

test("it is given up after ten minutes, and not a moment before", () => {
  const delay = delayUntried(why, 0);
  expect(isGivenUp(delay, delayLimit - 1)).toBe(false);
  expect(isGivenUp(delay, delayLimit)).toBe(true);
  expect(isGivenUp(null, delayLimit)).toBe(false);
  expect(toGivenUp(delay)).toEqual({
    code: "runtime_unavailable",
    message: "Codex could not take it for 10 minutes. Codex is not running now.",
  });
});
