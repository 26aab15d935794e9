/**
 * Lines to routed events, against splitting and parsing the same bytes. An event is routed when it
 * waits in the stream of its turn; each stream is read, whole, when its turn is over. What reading one
 * by one as they come costs on top is the readers' own: it is shown beside, without a bar.
 */
import { StringDecoder } from "node:string_decoder";
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import type { EventStream } from "../../packages/app-server/src/router/event-stream.ts";
import type { Message } from "../../packages/app-server/src/router/message.ts";
import { MessageRouter } from "../../packages/app-server/src/router/message-router.ts";
import type { TurnRecord } from "../../packages/app-server/src/router/turn-record.ts";
import { LiveThreads } from "../../packages/app-server/src/supervision/live-threads.ts";
import { LineSplitter } from "../../packages/app-server/src/transport/line-splitter.ts";
import { compareRates, type Figure } from "../measure.ts";
import { captureOf, LINES_PER_TURN, type WireTurn } from "./wire.ts";

const TURNS = 600;

export async function run(): Promise<Figure[]> {
  return [
    await measure("lines to routed events, 1 turn at a time", 1, readWhole, { least: 0.8 }),
    await measure("lines to routed events, 50 turns interleaved", 50, readWhole, { least: 0.8 }),
    await measure("the same, 1 turn at a time, read one by one", 1, readOneByOne),
    await measure("the same, 50 turns interleaved, read one by one", 50, readOneByOne),
  ];
}

type Reader = (record: TurnRecord) => Promise<number>;

function readWhole(record: TurnRecord): Promise<number> {
  const stream = record.open();
  return record.ended.then(() => countAll(stream));
}

async function countAll(stream: EventStream<Message>): Promise<number> {
  let read = 0;
  for (let batch = await stream.take(); batch; batch = await stream.take()) read += batch.length;
  return read;
}

async function readOneByOne(record: TurnRecord): Promise<number> {
  let read = 0;
  for await (const _ of record.open()) read += 1;
  return read;
}

async function measure(
  name: string,
  abreast: number,
  reader: Reader,
  bar?: Figure["bar"],
): Promise<Figure> {
  const { turns, chunks } = captureOf(TURNS, abreast);
  const events = TURNS * LINES_PER_TURN;
  const rates = await compareRates(
    events,
    () => route(turns, abreast, chunks, events, reader),
    () => splitAndParse(chunks, events),
    { rounds: 15 },
  );
  return { name, unit: "events/s", ...rates, ...(bar && { bar }) };
}

/**
 * Chunks arrive one an event-loop turn, as from a pipe; readers run in between. A turn is watched from
 * shortly before it begins, as by the caller that starts it.
 */
async function route(
  turns: WireTurn[],
  abreast: number,
  chunks: Buffer[],
  events: number,
  reader: Reader,
): Promise<void> {
  const router = new MessageRouter();
  const threads = new LiveThreads();
  router.observe((message) => threads.observe(message));
  const splitter = new LineSplitter(64 * 1024 * 1024, (line, bytes) => router.receive(line, bytes));
  const reading: Promise<number>[] = [];
  const watchNext = () => {
    const turn = turns[reading.length];
    if (!turn) return;
    const record = router.turns.watch(turn.threadId, turn.turnId);
    reading.push(reader(record));
    void record.ended.then(watchNext);
  };
  for (let n = 0; n < 2 * abreast; n++) watchNext();
  for (const chunk of chunks) {
    splitter.push(chunk);
    await nextTurnOfLoop();
  }
  const read = (await Promise.all(reading)).reduce((sum, count) => sum + count, 0);
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
