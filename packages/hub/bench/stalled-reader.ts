/**
 * One reader that does not read, through a million events: what it costs the hub, and whether the
 * others notice. Two servers take turns window by window, one with the stalled reader, one without.
 */
import { join } from "node:path";
import { type Figure, median } from "../../../bench/measure.ts";
import { ClientProcess } from "./client-process.ts";
import { openFolder, percentile } from "./latency.ts";

const windows = 10;
const perWindow = 100_000;
/** Of each window, and all there is of one without the stalled reader. */
const timed = 25_000;
const warmUp = 150_000;
const rate = 40_000;

export async function run(): Promise<Figure[]> {
  using folder = openFolder(0);
  await using stalled = await open(join(folder.path, "stalled.db"), true);
  await using alone = await open(join(folder.path, "alone.db"), false);
  const withIt: number[] = [];
  const ratios: number[] = [];
  let rss = 0;
  for (let i = 0; i < windows; i += 1) {
    const without = await alone.window(timed);
    const beside = await stalled.window(perWindow);
    withIt.push(beside.p99);
    ratios.push(beside.p99 / without.p99);
    rss = beside.rss;
  }
  return [
    {
      name: `one stalled reader, ${windows * perWindow} events: growth of the hub`,
      unit: "MiB",
      ours: (rss - stalled.before) / 1024 ** 2,
      floor: 0,
      bar: { most: 32 },
    },
    {
      name: "the others' p99 beside a stalled reader, against none",
      unit: "ms",
      ours: median(withIt),
      floor: median(withIt) / median(ratios),
      bar: { most: 1.2 },
    },
  ];
}

async function open(database: string, hasStalled: boolean) {
  const server = new ClientProcess("stream-server", [database]);
  const client = new ClientProcess("timing-client");
  const { port, token } = await server.told<{ port: number; token: string }>();
  const path = "/api/stream?v=1";
  await client.ask({ do: "open", port, token, path, count: 1 });
  const window = async (count: number) => {
    const ages = client.ask<number[]>({ do: "take", count: timed });
    const rss = await server.ask<number>({ count, rate });
    return { rss, p99: percentile(await ages, 0.99) };
  };
  // What comes first pays for the compiler, and for a heap that grows to its working size.
  const { rss: before } = await window(warmUp);
  if (hasStalled) await client.ask({ do: "stall", port, token, path });
  return {
    before,
    window,
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}
