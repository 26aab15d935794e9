/** A short run of `npm run faults`; the long one is for people. */
import { describe, expect, test } from "vitest";
import { killAtRandom } from "./random-kills.ts";

const nothing = { missed: [], doubled: [], changed: [] };

describe.each(["private", "shared"] as const)("with the %s runtime", (runtime) => {
  test("hub and codex can be killed at random moments: every event is told once, every turn and question ends once", async () => {
    const report = await killAtRandom({ kills: 12, seed: 5, runtime });
    expect(report).toMatchObject({
      ...nothing,
      replayed: nothing,
      openTurns: [],
      openRequests: [],
      gaps: 0,
    });
    expect(report.accepted).toBeGreaterThan(0);
  }, 120_000);
});
