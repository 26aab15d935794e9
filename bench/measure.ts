/** How our speed is told: each figure beside a bare floor that was measured in turn with it, in the same run. */

export type Figure = {
  name: string;
  unit: string;
  /** What this code does, and what the bare floor does with the same input. */
  ours: number;
  floor: number;
  /** The least (or, for `most`, the largest) share of the floor that is good enough; none for what is only shown. */
  bar?: { least: number } | { most: number };
};

/** The share of the floor, or for a bound without a floor (`floor` 0) the figure itself. */
export function shareOf({ ours, floor }: Figure): number {
  return floor === 0 ? ours : ours / floor;
}

export function meetsBar(figure: Figure): boolean {
  if (!figure.bar) return true;
  const share = shareOf(figure);
  return "least" in figure.bar ? share >= figure.bar.least : share <= figure.bar.most;
}

/** Timed runs of one workload in a row. */
const RUNS = 3;

/** How two workloads are compared. */
export type Comparison = {
  rounds?: number;
  /**
   * `wall`: time that passes. `cpu`: time this process computes, which leaves out what it waits for
   * and what other programs of the machine take: for work that shares the machine with its clients.
   */
  clock?: "wall" | "cpu";
};

/**
 * The rates of two workloads, in units a second, over rounds in which they take turns. The floor's is
 * the median; ours has to it the median of the rounds' ratios, so that a drift of the machine's speed
 * stays out of it. Each turn begins with an empty heap and one run that is not timed, and goes on for
 * some runs in a row: so each workload pays for its own garbage and none for the other's, nor for the
 * forced collection.
 */
export async function compareRates(
  units: number,
  ours: () => Promise<void> | void,
  floor: () => Promise<void> | void,
  { rounds = 5, clock = "wall" }: Comparison = {},
): Promise<{ ours: number; floor: number }> {
  const ratios: number[] = [];
  const floors: number[] = [];
  const rate = async (work: () => Promise<void> | void) => {
    globalThis.gc?.();
    await work();
    const started = now(clock);
    for (let run = 0; run < RUNS; run++) await work();
    return (units * RUNS) / ((now(clock) - started) / 1_000);
  };
  for (let round = 0; round < rounds; round++) {
    const ofFloor = await rate(floor);
    floors.push(ofFloor);
    ratios.push((await rate(ours)) / ofFloor);
  }
  return { ours: median(floors) * median(ratios), floor: median(floors) };
}

/** Milliseconds. */
function now(clock: "wall" | "cpu"): number {
  if (clock === "wall") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
