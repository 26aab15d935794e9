/** A short run of `npm run soak`; the long one is for people. */
import { expect, test } from "vitest";
import { victims } from "../faults/victims.ts";
import { soak } from "./soak.ts";

test.each(["private", "shared"] as const)(
  "hub and codex can be killed at random while sessions are spoken to, questions are answered and triggers fire: each message is taken once, in its order, or the hub says why not, each question ends once, and each time, event and webhook is acted on once (%s)",
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
    expect(report.firings.ended["Chime done"]).toBeGreaterThan(0);
    expect(report.firings.ended["Hook done"]).toBeGreaterThan(0);
    expect(report.questions.ended).not.toEqual({});
  },
  180_000,
);
