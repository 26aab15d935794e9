/**
 * Everything a journal has, to one socket that asks for it, against reading the same rows bare and
 * sending them with `ws`, where what is buffered is bounded in the same way.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { WebSocket } from "ws";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import { createBareStream } from "../fixtures/bare-stream.ts";
import { encodeEvent } from "../src/journal/event.ts";
import { defaultLimits } from "../src/stream/reader.ts";
import { openBareServer } from "./bare-server.ts";
import { ClientProcess } from "./client-process.ts";
import { openFolder } from "./latency.ts";
import { makeRows, split } from "./rows.ts";

const events = 40_000;

export async function run(): Promise<Figure[]> {
  using folder = openFolder(0);
  const path = join(folder.path, "replay.db");
  await using hub = await createBareStream({}, 3_600_000, path);
  let bytes = 0;
  for (const rows of split(makeRows(events), 500)) {
    for (const { frame } of await hub.log.append(rows)) {
      const length = Buffer.byteLength(frame);
      bytes += length + (length < 126 ? 2 : 4);
    }
  }
  using bare = await openBareServer((socket) => void sendRows(path, socket));
  using client = new ClientProcess("counting-client");
  const ours = { port: hub.port, path: `/api/stream?v=1&after=${hub.journal.epoch}:0` };
  const floor = { port: bare.port, path: "/" };
  const replay = async (from: { port: number; path: string }) => {
    await client.ask({ do: "fetch", ...from, token: hub.token, bytes });
  };
  const rates = await compareRates(
    events,
    () => replay(ours),
    () => replay(floor),
    {
      clock: "cpu",
    },
  );
  return [
    {
      name: `replay of ${events} events to one socket`,
      unit: "events/s of computing",
      ...rates,
      bar: { least: 0.5 },
    },
  ];
}

interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly payload: string;
  readonly thread_id: string | null;
}

async function sendRows(path: string, socket: WebSocket): Promise<void> {
  const database = new DatabaseSync(path);
  const rows = database.prepare("SELECT * FROM event ORDER BY seq").iterate();
  for (const row of rows) {
    const { seq, at, type, payload, thread_id: threadId } = row as unknown as EventRow;
    const frame = encodeEvent(type, { seq, at, payload, threadId });
    if (socket.bufferedAmount < defaultLimits.lowWater) socket.send(frame);
    else await new Promise((resolve) => socket.send(frame, resolve));
  }
  database.close();
}
