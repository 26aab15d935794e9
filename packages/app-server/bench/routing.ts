/** Lines to routed events, read by one consumer a turn, against splitting and parsing the same bytes. */
import { StringDecoder } from "node:string_decoder";
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import { MessageRouter } from "../src/router/message-router.ts";
import { LineSplitter } from "../src/transport/line-splitter.ts";
import { deltaChunks, threadIdOfTurn, turnIdOfTurn } from "./wire.ts";

const EVENTS = 200_000;

export async function run(): Promise<Figure[]> {
  return [
    await measure("lines to routed events, 1 turn", 1),
    await measure("lines to routed events, 50 turns interleaved", 50),
  ];
}

async function measure(name: string, turns: number): Promise<Figure> {
  const chunks = deltaChunks(EVENTS, turns);
  const rates = await compareRates(
    EVENTS,
    () => route(chunks, turns),
    () => splitAndParse(chunks),
  );
  return { name, unit: "events/s", ...rates, bar: { least: 0.8 } };
}

/** Chunks arrive one an event-loop turn, as from a pipe, and consumers read in between. */
async function route(chunks: Buffer[], turns: number): Promise<void> {
  const router = new MessageRouter();
  const splitter = new LineSplitter(64 * 1024 * 1024, (line, bytes) => router.receive(line, bytes));
  let read = 0;
  const consumers = Array.from({ length: turns }, async (_, turn) => {
    const stream = router.turns.watch(threadIdOfTurn(turn), turnIdOfTurn(turn)).open().stream;
    for (let n = 0; n < EVENTS / turns; n++) {
      await stream.next();
      read += 1;
    }
  });
  for (const chunk of chunks) {
    splitter.push(chunk);
    await nextTurnOfLoop();
  }
  await Promise.all(consumers);
  if (read !== EVENTS) throw new Error(`Only ${read} of ${EVENTS} events were read.`);
}

async function splitAndParse(chunks: Buffer[]): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let parsed = 0;
  for (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (JSON.parse(line)) parsed += 1;
    await nextTurnOfLoop();
  }
  if (parsed !== EVENTS) throw new Error(`Only ${parsed} of ${EVENTS} lines were parsed.`);
}
