/** A short run of `npm run soak`; the long one is for people. */
import { expect, test } from "vitest";
import { victims } from "../faults/victims.ts";
import { soak } from "./soak.ts";

test.each(["private", "shared"] as const)(
  "hub and codex can be killed at random while sessions are spoken to and triggers fire: each message is taken once, in its order, or the hub says why not, and each time and event is acted on once (%s)",
  async (runtime) => {
    const report = await soak({
      seconds: 12,
      sessions: 6,
      seed: 7,
      runtime,
      rate: 6,
      killEvery: 4,
      victims,
    });
    expect(report.wrong).toEqual([]);
    expect(report.messages.ended.completed).toBeGreaterThan(0);
    expect(report.firings.ended["time done"]).toBeGreaterThan(0);
  },
  180_000,
);
