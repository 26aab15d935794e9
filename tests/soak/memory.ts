/**
 * The hub's memory over the run, always right after all garbage was collected (`memory-probe.ts`), so
 * that no collector's teeth are seen. A window early in the run, in ten minutes minute 2 to 4, is
 * compared with the last one of the same length, by medians. Where one process of the hub lived
 * throughout, all of its samples count: what it leaks shows. Where it was killed, only the first
 * sample of each process does, all of the same age: what a hub takes up from its history shows.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One look, after a collection. */
export interface MemorySample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly pid: number;
  /** Counts the looks at this process from 1. */
  readonly look: number;
  /** Bytes of the heap in use. */
  readonly heap: number;
  /** Bytes of the process. */
  readonly resident: number;
}

/** The two windows. */
export interface MemoryFigures {
  /** What was compared. */
  readonly of: "one process" | "processes of one age";
  readonly first: MemoryMedians;
  readonly last: MemoryMedians;
  /** Shares by which they grew between the two; negative where they shrank. */
  readonly growth: { readonly heap: number; readonly resident: number };
}

/** Medians of one window, in bytes. */
export interface MemoryMedians {
  readonly samples: number;
  readonly heap: number;
  readonly resident: number;
}

/** Shares of the run: where the windows begin, and how long they are. */
const windows = { first: 0.2, last: 0.8, length: 0.2 };

/**
 * The young generation has one size from the start: V8 makes it larger in one step, by some 60 MiB, at
 * the first burst that is large enough, whatever the hub holds.
 */
const youngSpace = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

/** The file that a hub's probe writes. */
export class MemoryLog implements AsyncDisposable {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(): Promise<MemoryLog> {
    return new MemoryLog(await mkdtemp(join(tmpdir(), "signalbox-memory-")));
  }

  /** What Node is started with for a hub that is looked at. */
  get nodeArguments(): string[] {
    const probe = new URL("./memory-probe.ts", import.meta.url);
    probe.searchParams.set("to", this.#file);
    return ["--expose-gc", ...youngSpace, "--import", probe.href];
  }

  /** Compares the windows of a span; undefined where one of them has no sample. */
  async compare(from: number, to: number): Promise<MemoryFigures | undefined> {
    const written = await readFile(this.#file, "utf8").catch(() => "");
    const lines = written.split("\n").filter((line) => line.endsWith("}"));
    const samples = lines.map((line) => JSON.parse(line) as MemorySample);
    return compareWindows(
      samples.filter(({ at }) => at >= from && at <= to),
      from,
      to,
    );
  }

  get #file(): string {
    return join(this.#dir, "samples.jsonl");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Compares the windows of a span; undefined where one of them has no sample. */
export function compareWindows(
  samples: readonly MemorySample[],
  from: number,
  to: number,
): MemoryFigures | undefined {
  const isOne = new Set(samples.map(({ pid }) => pid)).size === 1;
  const compared = isOne ? samples : samples.filter(({ look }) => look === 1);
  const within = (begin: number) => {
    const start = from + begin * (to - from);
    const end = start + windows.length * (to - from);
    return mediansOf(compared.filter(({ at }) => at >= start && at <= end));
  };
  const first = within(windows.first);
  const last = within(windows.last);
  if (first.samples === 0 || last.samples === 0) return undefined;
  return {
    of: isOne ? "one process" : "processes of one age",
    first,
    last,
    growth: {
      heap: last.heap / first.heap - 1,
      resident: last.resident / first.resident - 1,
    },
  };
}

function mediansOf(samples: readonly MemorySample[]): MemoryMedians {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  return {
    samples: samples.length,
    heap: median(samples.map(({ heap }) => heap)),
    resident: median(samples.map(({ resident }) => resident)),
  };
}
