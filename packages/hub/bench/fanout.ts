/**
 * One hub to many sockets, against a bare `ws` server that turns each event into one frame and sends
 * it to as many. Batches come one in a turn of the event loop, as from codex. The sockets are in
 * another process; the computing of the process that writes is what counts, since on a machine with
 * few cores the reading takes turns with it.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextLoop } from "node:timers/promises";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import { StoredEvent } from "../src/journal/event.ts";
import { SqliteJournal } from "../src/journal/sqlite-journal.ts";
import { openDatabase } from "../src/store/database.ts";
import { Connections } from "../src/stream/connections.ts";
import { Fanout } from "../src/stream/fanout.ts";
import { defaultLimits } from "../src/stream/reader.ts";
import { StreamSockets } from "../src/stream/stream-sockets.ts";
import { openBareServer } from "./bare-server.ts";
import { ClientProcess } from "./client-process.ts";
import { makeRows, split } from "./rows.ts";

/** `events`: within what a reader that is live may have buffered, so that nobody falls behind. */
const cases = [
  { sockets: 1, batch: 1, events: 1000, repeats: 20 },
  { sockets: 1, batch: 16, events: 1000, repeats: 20 },
  { sockets: 50, batch: 1, events: 400, repeats: 1 },
  { sockets: 50, batch: 16, events: 400, repeats: 1 },
  { sockets: 500, batch: 1, events: 80, repeats: 1 },
  { sockets: 500, batch: 16, events: 80, repeats: 1 },
] as const;

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const one of cases) figures.push(await measure(one));
  return figures;
}

async function measure({
  sockets,
  batch,
  events,
  repeats,
}: (typeof cases)[number]): Promise<Figure> {
  const rows = makeRows(events);
  const bytes = rows.reduce((sum, row, i) => {
    const { length } = Buffer.from(new StoredEvent(i + 1, row).frame);
    return sum + length + (length < 126 ? 2 : 4);
  }, 0);
  using hub = await openStream(events);
  using bare = await openBareServer();
  using ours = new ClientProcess("counting-client");
  using floor = new ClientProcess("counting-client");
  const open = { do: "open", token: "", count: sockets };
  await ours.ask({ ...open, port: hub.port, path: "/?v=1", isGreeted: true });
  await floor.ask({ ...open, port: bare.port, path: "/", isGreeted: false });
  const batches = split(rows, batch);
  const bareBatches = split(
    rows.map((row, i) => ({ seq: i + 1, row })),
    batch,
  );
  const rates = await compareRates(
    events * sockets * repeats,
    () =>
      repeat(repeats, ours, bytes, async () => {
        for (const part of batches) {
          hub.deliver(part);
          await nextLoop();
        }
      }),
    () =>
      repeat(repeats, floor, bytes, async () => {
        for (const part of bareBatches) {
          for (const { seq, row } of part) {
            const frame = Buffer.from(new StoredEvent(seq, row).frame);
            for (const socket of bare.sockets) socket.send(frame, { binary: false });
          }
          await nextLoop();
        }
      }),
    { clock: "cpu" },
  );
  return {
    name: `fan-out to ${sockets} sockets, batches of ${batch}`,
    unit: "frames/s of computing",
    ...rates,
    bar: { least: 0.9 },
  };
}

async function repeat(
  times: number,
  client: ClientProcess,
  bytes: number,
  send: () => Promise<void>,
): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await client.ask({ do: "expect", bytes });
    const reached = client.told();
    await send();
    await reached;
  }
}

/** A stream that is given events which no journal has. */
async function openStream(events: number) {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const fanout = new Fanout(0);
  const connections = new Connections(3_600_000);
  const source = { journal, fanout, limits: defaultLimits, isHidden: () => false };
  const sockets = new StreamSockets(source, connections);
  const query = { threadId: null, types: null, legacy: false, after: undefined };
  const server = createServer();
  server.on("upgrade", (request, socket, head) => sockets.accept(request, socket, head, query));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    // Positions have as many digits as in the frames of the floor: each round counts anew from there.
    deliver(rows: ReturnType<typeof makeRows>) {
      const after = fanout.position % events;
      fanout.deliver(rows.map((row, i) => new StoredEvent(after + 1 + i, row)));
    },
    [Symbol.dispose]() {
      connections.close();
      server.closeAllConnections();
      server.close();
      database.close();
    },
  };
}
