/**
 * The hub's memory over the run. Sampled once a second from its own metrics; a process that has just
 * been started is left out for its first seconds, since it is still growing to its size. What is
 * compared are medians: of one window of the run, and of its last one. A median does not see the
 * collector's teeth.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { World } from "../sdk/world.ts";

/** One look. */
export interface MemorySample {
  /** Milliseconds since the run began. */
  readonly at: number;
  /** Milliseconds since this process of the hub was there. */
  readonly age: number;
  /** Bytes. */
  readonly resident: number;
  readonly heap: number;
}

/** Resident memory and heap in bytes, at first and at last. */
export interface MemoryFigures {
  readonly samples: number;
  readonly first: MemoryMedians;
  readonly last: MemoryMedians;
  /** Share by which the resident memory grew between the two; negative where it shrank. */
  readonly growth: number;
}

/** Medians of one window. */
export interface MemoryMedians {
  readonly resident: number;
  readonly heap: number;
}

/** Milliseconds a process has to come to its size. */
const youth = 5_000;

/** Samples until it is stopped. */
export class MemoryWatch {
  readonly samples: MemorySample[] = [];
  readonly #world: World;
  readonly #began = performance.now();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;

  constructor(world: World) {
    this.#world = world;
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#sample();
      await wait(1_000, undefined, { signal }).catch(() => {});
    }
  }

  async #sample(): Promise<void> {
    const { url, token, hubStartedAt } = this.#world;
    const headers = { authorization: `Bearer ${token}` };
    const text = await fetch(`${url}/metrics`, { headers })
      .then((response) => response.text())
      // The hub is away.
      .catch(() => undefined);
    if (text === undefined) return;
    const now = performance.now();
    this.samples.push({
      at: now - this.#began,
      age: now - hubStartedAt,
      resident: readMetric(text, "process_resident_memory_bytes"),
      heap: readMetric(text, "nodejs_heap_size_used_bytes"),
    });
  }
}

/** Compares the window from a fifth of the run to three tenths of it with its last tenth. */
export function toMemoryFigures(samples: readonly MemorySample[]): MemoryFigures {
  const end = samples.at(-1)?.at ?? 0;
  const grown = samples.filter(({ age }) => age >= youth);
  const within = (from: number, to: number) =>
    mediansOf(grown.filter(({ at }) => at >= from * end && at <= to * end));
  const first = within(0.2, 0.3);
  const last = within(0.9, 1);
  const growth = first.resident === 0 ? 0 : last.resident / first.resident - 1;
  return { samples: samples.length, first, last, growth };
}

function mediansOf(samples: readonly MemorySample[]): MemoryMedians {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  return {
    resident: median(samples.map(({ resident }) => resident)),
    heap: median(samples.map(({ heap }) => heap)),
  };
}

function readMetric(text: string, name: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}
