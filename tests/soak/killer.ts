/** Kills the hub, codex, or both, at random moments, and notes when the hub was away. */
import { setTimeout as wait } from "node:timers/promises";
import type { Signalbox } from "@signalbox/sdk";
import { pick } from "../faults/random.ts";
import { killCodex, type Victim } from "../faults/victims.ts";
import type { World } from "../sdk/world.ts";
import type { Span } from "./firing-verdict.ts";

export interface KillerOptions {
  readonly world: World;
  readonly box: Signalbox;
  readonly random: () => number;
  readonly seconds: number;
  /** Seconds between two kills, on average. */
  readonly killEvery: number;
  readonly victims: readonly Victim[];
  /** Told of each kill. */
  readonly onKill: (line: string) => void;
}

/** Longest time the hub is left dead, in ms. */
const longestAbsence = 12_000;

/** Kills now and then until the time is up. */
export async function killFor({
  world,
  box,
  random,
  seconds,
  killEvery,
  victims,
  onKill,
}: KillerOptions): Promise<{ kills: Record<string, number>; absences: Span[] }> {
  const kills: Record<string, number> = {};
  const absences: Span[] = [];
  const until = performance.now() + seconds * 1_000;
  for (;;) {
    const pause = random() * 2 * killEvery * 1_000;
    const left = until - performance.now();
    await wait(Math.max(0, Math.min(pause, left)));
    if (pause >= left) return { kills, absences };
    const victim = pick(random, victims);
    if (victim !== "hub") await killCodex(box);
    if (victim !== "codex") {
      const from = Date.now();
      await world.killHub();
      // Mostly it is back at once.
      await wait(random() < 0.7 ? 0 : random() * Math.min(longestAbsence, killEvery * 1_000));
      await world.startHub();
      absences.push({ from, to: Date.now() });
    }
    kills[victim] = (kills[victim] ?? 0) + 1;
    onKill(`${Math.round((until - performance.now()) / 1_000)} s left; killed ${victim}.`);
  }
}
