/** What a client's heap grows by over a million routed events, with readers and without. */
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import { MessageRouter } from "../../packages/app-server/src/router/message-router.ts";
import { LineSplitter } from "../../packages/app-server/src/transport/line-splitter.ts";
import type { Figure } from "../measure.ts";
import { captureOf, LINES_PER_TURN } from "./wire.ts";

const EVENTS = 1_000_000;
const TURNS = 50;

export async function run(): Promise<Figure[]> {
  return [
    await measure("heap growth over a million routed events, 50 turns read", "read"),
    await measure("heap growth over a million routed events, nobody watching", "ignore"),
  ];
}

async function measure(name: string, consumers: "read" | "ignore"): Promise<Figure> {
  const router = new MessageRouter();
  const splitter = new LineSplitter(64 * 1024 * 1024, (line, bytes) => router.receive(line, bytes));
  const { turns, chunks } = captureOf(TURNS, TURNS);
  const streams =
    consumers === "ignore"
      ? []
      : turns.map(({ threadId, turnId }) =>
          router.turns.watch(threadId, turnId).open({ late: true }),
        );
  const reading = streams.map(async (stream) => {
    for await (const _ of stream);
  });
  await pass(chunks, splitter);
  const before = heapInUse();
  for (let done = 0; done < EVENTS; done += TURNS * LINES_PER_TURN) await pass(chunks, splitter);
  const grown = (heapInUse() - before) / (1024 * 1024);
  await Promise.all([...streams.map((stream) => stream.return()), ...reading]);
  return { name, unit: "MiB", ours: Math.max(0, grown), floor: 0, bar: { most: 16 } };
}

async function pass(chunks: Buffer[], splitter: LineSplitter): Promise<void> {
  for (const chunk of chunks) {
    splitter.push(chunk);
    await nextTurnOfLoop();
  }
}

function heapInUse(): number {
  if (!globalThis.gc) throw new Error("Run this with --expose-gc, as `npm run bench` does.");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
