import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Liveness } from "./liveness.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(after = 400) {
  const liveness = new Liveness(after);
  const seen = { heard: 0, isPaused: false, asked: 0, givenUp: 0 };
  liveness.watch({
    heard: () => seen.heard,
    isPaused: () => seen.isPaused,
    ask: () => {
      seen.asked += 1;
    },
    giveUp: () => {
      seen.givenUp += 1;
    },
  });
  return { liveness, seen };
}

test("nothing is asked while something is heard", () => {
  const { seen } = setUp();
  for (let beat = 0; beat < 20; beat += 1) {
    seen.heard += 1;
    vi.advanceTimersByTime(100);
  }
  expect(seen).toMatchObject({ asked: 0, givenUp: 0 });
});

test("silence is asked about once, counts as no answer from half of the time on, and is given up after all of it, once", () => {
  const { seen, liveness } = setUp();
  vi.advanceTimersByTime(100);
  expect(seen.asked).toBe(1);
  expect(liveness.isResponsive).toBe(true);
  vi.advanceTimersByTime(100);
  expect(liveness.isResponsive).toBe(false);
  vi.advanceTimersByTime(199);
  expect(seen.givenUp).toBe(0);
  vi.advanceTimersByTime(1);
  expect(seen).toMatchObject({ asked: 1, givenUp: 1 });
  vi.advanceTimersByTime(10_000);
  expect(seen).toMatchObject({ asked: 1, givenUp: 1 });
  expect(liveness.isResponsive).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("a late answer makes it responsive again, and the time begins anew", () => {
  const { seen, liveness } = setUp();
  vi.advanceTimersByTime(399);
  seen.heard += 1;
  vi.advanceTimersByTime(1);
  expect(liveness.isResponsive).toBe(true);
  vi.advanceTimersByTime(399);
  expect(seen).toMatchObject({ asked: 2, givenUp: 0 });
});

test("silence says nothing while the reading is held back", () => {
  const { seen } = setUp();
  seen.isPaused = true;
  vi.advanceTimersByTime(10_000);
  expect(seen).toMatchObject({ asked: 0, givenUp: 0 });
});

test("a time without an end never passes", () => {
  const { seen } = setUp(Number.POSITIVE_INFINITY);
  vi.advanceTimersByTime(1_000_000_000);
  expect(seen).toMatchObject({ asked: 0, givenUp: 0 });
});
