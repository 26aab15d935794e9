/** How long a hub takes to start on a journal of a million events, beside an empty one; and what idle sockets weigh. */
import { join } from "node:path";
import { type Figure, median } from "../../../bench/measure.ts";
import { SqliteJournal } from "../src/journal/sqlite-journal.ts";
import { openDatabase } from "../src/store/database.ts";
import { openHome } from "../src/store/home.ts";
import { ClientProcess } from "./client-process.ts";
import { openFolder } from "./latency.ts";
import { makeRows } from "./rows.ts";

const events = 1_000_000;
const idle = 200;
const rounds = 3;

export async function run(): Promise<Figure[]> {
  using folder = openFolder(0);
  const large = join(folder.path, "large");
  await fill(large);
  const took = { ours: [] as number[], floor: [] as number[] };
  let weight = 0;
  for (let round = 0; round < rounds; round += 1) {
    const empty = join(folder.path, `empty-${round}`);
    took.floor.push(await start(empty, folder.source));
    took.ours.push(
      await start(large, folder.source, async (hub, { port, token }) => {
        weight = await weigh(hub, port, token);
      }),
    );
  }
  const floor = median(took.floor);
  return [
    {
      name: `start on a journal of ${events} events (on an empty one ${floor.toFixed(0)} ms)`,
      unit: "ms",
      ours: median(took.ours),
      floor: 0,
      bar: { most: 1000 },
    },
    {
      name: `${idle} idle sockets`,
      unit: "MiB",
      ours: weight / 1024 ** 2,
      floor: 0,
      bar: { most: 30 },
    },
  ];
}

type Ready = { port: number; token: string; took: number };

// Killed at the end, so every start finds what a crash leaves.
async function start(
  home: string,
  source: string,
  use: (hub: ClientProcess, ready: Ready) => Promise<void> = async () => {},
): Promise<number> {
  using hub = new ClientProcess("hub", [home, source]);
  const ready = await hub.told<Ready>();
  await use(hub, ready);
  return ready.took;
}

async function weigh(hub: ClientProcess, port: number, token: string): Promise<number> {
  using client = new ClientProcess("timing-client");
  const before = await hub.ask<number>({});
  await client.ask({ do: "open", port, token, path: "/api/stream?v=1", count: idle });
  return (await hub.ask<number>({})) - before;
}

async function fill(home: string): Promise<void> {
  const database = openDatabase(openHome(home).database);
  const journal = new SqliteJournal(database);
  const rows = makeRows(10_000).map((row) => ({ ...row, at: Date.now() }));
  for (let stored = 0; stored < events; stored += rows.length) await journal.append(rows);
  journal.close();
  database.close();
}
