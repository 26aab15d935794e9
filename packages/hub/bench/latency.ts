/**
 * From a line that codex writes to ten sockets, through the journal: how much later an event arrives
 * than over a bare relay, which sends the lines on as they are. Both run beside each other in turns.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, median } from "../../../bench/measure.ts";
import { ClientProcess } from "./client-process.ts";

const rate = 2000;
const sockets = 10;
/** A second's worth for each round. */
const perRound = rate * sockets;
const rounds = 5;

export async function run(): Promise<Figure[]> {
  using folder = openFolder();
  const ages = { ours: [] as number[][], floor: [] as number[][] };
  for (let round = 0; round < rounds; round += 1) {
    ages.floor.push(await measure("relay", [folder.source], "/"));
    const home = join(folder.path, `home-${round}`);
    ages.ours.push(await measure("hub", [home, folder.source], "/api/stream?v=1"));
  }
  const at = (share: number, lists: number[][]) => lists.map((list) => percentile(list, share));
  return [0.5, 0.99].map((share) => {
    const floor = at(share, ages.floor);
    const ours = at(share, ages.ours);
    const whole = `${median(ours).toFixed(2)} ms, the relay ${median(floor).toFixed(2)} ms`;
    return {
      name: `line to ${sockets} sockets at ${rate} events/s, added at p${share * 100} (${whole})`,
      unit: "ms",
      ours: median(ours.map((age, round) => age - floor[round]!)),
      floor: 0,
      bar: { most: share === 0.5 ? 2 : 10 },
    };
  });
}

async function measure(program: string, args: readonly string[], path: string): Promise<number[]> {
  using server = new ClientProcess(program, args);
  using client = new ClientProcess("timing-client");
  const { port, token } = await server.told<{ port: number; token: string }>();
  await client.ask({ do: "open", port, token, path, count: sockets });
  // What comes first pays for the compiler.
  await client.ask({ do: "take", count: perRound / 2 });
  return await client.ask<number[]>({ do: "take", count: perRound });
}

/** The value below which a share of the others lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)]!;
}

/** A folder with a program that stands in for codex. */
export function openFolder(lines = rate) {
  const path = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  const source = join(path, "codex");
  const program = join(import.meta.dirname, "programs", "line-source.ts");
  writeFileSync(
    source,
    `#!/bin/sh\nBENCH_RATE=${lines} exec "${process.execPath}" "${program}" "$@"\n`,
  );
  chmodSync(source, 0o755);
  return { path, source, [Symbol.dispose]: () => rmSync(path, { recursive: true, maxRetries: 5 }) };
}
