/** What a client's heap grows by over a million routed events, with readers and without. */
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import type { Figure } from "../../../bench/measure.ts";
import { MessageRouter } from "../src/router/message-router.ts";
import { LineSplitter } from "../src/transport/line-splitter.ts";
import { deltaChunks, threadIdOfTurn, turnIdOfTurn } from "./wire.ts";

const EVENTS = 1_000_000;
const BATCH = 50_000;
const TURNS = 50;

export async function run(): Promise<Figure[]> {
  return [
    await measure("heap growth over a million routed events, 50 turns read", true),
    await measure("heap growth over a million routed events, nobody reading", false),
  ];
}

async function measure(name: string, reading: boolean): Promise<Figure> {
  const router = new MessageRouter();
  const splitter = new LineSplitter(64 * 1024 * 1024, (line, bytes) => router.receive(line, bytes));
  const stop = new AbortController();
  if (reading) {
    for (let turn = 0; turn < TURNS; turn++) {
      const stream = router.turns.watch(threadIdOfTurn(turn), turnIdOfTurn(turn)).open().stream;
      void (async () => {
        for await (const _ of stream) if (stop.signal.aborted) return;
      })();
    }
  }
  const chunks = deltaChunks(BATCH, TURNS);
  await pass(chunks, splitter);
  const before = heapInUse();
  for (let done = 0; done < EVENTS; done += BATCH) await pass(chunks, splitter);
  const grown = (heapInUse() - before) / (1024 * 1024);
  stop.abort();
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
