/** A folder in which a command leaves a trace when it is run: one of its own for each time it is asked for. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Asking } from "./marks.ts";

/** What a command begins with, by who decides about it; its last word is its trace. */
export const wordsOf = {
  allowed: ["mkdir", "-p"],
  forbidden: ["mkdir", "-v"],
  doubtful: ["mkdir"],
} satisfies Record<Asking, string[]>;

/** Taken away in the end. */
export class Yard implements AsyncDisposable {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(): Promise<Yard> {
    return new Yard(await mkdtemp(join(tmpdir(), "signalbox-soak-")));
  }

  /** The command that a request to the model is answered with. */
  commandFor(asking: Asking, request: number): string {
    return [...wordsOf[asking], join(this.#dir, `trace${request}`)].join(" ");
  }

  /** Names of all traces. */
  async traces(): Promise<Set<string>> {
    return new Set(await readdir(this.#dir));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** The trace that a command would leave. */
export function traceIn(command: string | null): string | undefined {
  return command?.match(/trace\d+/)?.[0];
}
