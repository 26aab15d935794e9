/** Lines to routed events, read by one consumer a turn, against splitting and parsing the same bytes. */
import { StringDecoder } from "node:string_decoder";
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import { MessageRouter } from "../../packages/app-server/src/router/message-router.ts";
import { LiveThreads } from "../../packages/app-server/src/supervision/live-threads.ts";
import { LineSplitter } from "../../packages/app-server/src/transport/line-splitter.ts";
import { compareRates, type Figure } from "../measure.ts";
import { captureOf, LINES_PER_TURN, type WireTurn } from "./wire.ts";

const TURNS = 600;

export async function run(): Promise<Figure[]> {
  return [
    await measure("lines to routed events, 1 turn at a time", 1),
    await measure("lines to routed events, 50 turns interleaved", 50),
  ];
}

async function measure(name: string, abreast: number): Promise<Figure> {
  const { turns, chunks } = captureOf(TURNS, abreast);
  const events = TURNS * LINES_PER_TURN;
  const rates = await compareRates(
    events,
    () => route(turns, chunks, events),
    () => splitAndParse(chunks, events),
  );
  return { name, unit: "events/s", ...rates, bar: { least: 0.8 } };
}

/** Chunks arrive one an event-loop turn, as from a pipe, and consumers read in between. */
async function route(turns: WireTurn[], chunks: Buffer[], events: number): Promise<void> {
  const router = new MessageRouter();
  const threads = new LiveThreads();
  router.observe((message) => threads.observe(message));
  const splitter = new LineSplitter(64 * 1024 * 1024, (line, bytes) => router.receive(line, bytes));
  let read = 0;
  const consumers = turns.map(async ({ threadId, turnId }) => {
    const stream = router.turns.watch(threadId, turnId).open();
    for (let batch = await stream.take(); batch; batch = await stream.take()) read += batch.length;
  });
  for (const chunk of chunks) {
    splitter.push(chunk);
    await nextTurnOfLoop();
  }
  await Promise.all(consumers);
  if (read !== events) throw new Error(`Only ${read} of ${events} events were read.`);
}

async function splitAndParse(chunks: Buffer[], events: number): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let parsed = 0;
  for (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (JSON.parse(line)) parsed += 1;
    await nextTurnOfLoop();
  }
  if (parsed !== events) throw new Error(`Only ${parsed} of ${events} lines were parsed.`);
}
