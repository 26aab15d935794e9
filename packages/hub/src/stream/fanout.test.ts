import type { Writable } from "node:stream";
import { parseServerFrame } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as ws from "ws";
import { type NewEvent, StoredEvent, toNewEvent } from "../journal/event.ts";
import { type Chunk, chunkSize, toChunks } from "./chunks.ts";
import { Fanout, type LiveReader } from "./fanout.ts";
import { createFilter, type FilterRequest } from "./filter.ts";
import { createSseFormat, type FrameFormat, webSocketFormat } from "./frame-format.ts";

// What clients read with; the library exports it, its types don't.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

class Collector implements LiveReader {
  readonly chunks: Chunk[] = [];

  take(chunks: readonly Chunk[]): void {
    this.chunks.push(...chunks);
  }

  get seqs(): number[] {
    return this.chunks.flatMap(({ bytes }) => toSeqs(bytes));
  }
}

/** Reads messages as the library that clients use does. */
function toTexts(bytes: Buffer): string[] {
  const receiver = new Receiver({ isServer: false, skipUTF8Validation: false });
  const texts: string[] = [];
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(false);
    texts.push(data.toString());
  });
  receiver.write(bytes);
  return texts;
}

function toSeqs(bytes: Buffer): number[] {
  return toTexts(bytes).map((text) => (parseServerFrame(text) as { seq: number }).seq);
}

const filter = (threadId: string | null, types: string[] | null = null) =>
  createFilter({ threadId, types, legacy: false } satisfies FilterRequest);

function store(after: number, events: readonly NewEvent[]): StoredEvent[] {
  return events.map((event, i) => new StoredEvent(after + 1 + i, event));
}

const fact = (threadId: string | null, type = "a.fact", size = 0) =>
  toNewEvent(type, threadId, { text: "x".repeat(size) }, 1);

test("readers who want the same are given the very same bytes, whatever their number", () => {
  const fanout = new Fanout(0);
  const readers = Array.from({ length: 5 }, () => new Collector());
  for (const reader of readers) fanout.join(reader, filter("t"), webSocketFormat);
  fanout.deliver(store(0, [fact("t"), fact("t")]));
  expect(readers[0]!.chunks).toHaveLength(1);
  for (const { chunks } of readers) expect(chunks[0]!.bytes).toBe(readers[0]!.chunks[0]!.bytes);
});

test("a batch without a thread's events turns nothing into bytes for its readers", () => {
  const fanout = new Fanout(0);
  const own = new Collector();
  let wrapped = 0;
  const counting: FrameFormat = {
    ...webSocketFormat,
    write(...frame) {
      wrapped += 1;
      return webSocketFormat.write(...frame);
    },
  };
  for (let i = 0; i < 100; i += 1) fanout.join(new Collector(), filter(`other${i}`), counting);
  fanout.join(own, filter("t"), counting);
  fanout.deliver(store(0, [fact("t"), fact(null), fact("t")]));
  expect(own.seqs).toEqual([1, 3]);
  expect(wrapped).toBe(2);
  expect(fanout.position).toBe(3);
});

test("whoever has left is given nothing, and leaving twice takes out nobody else", () => {
  const fanout = new Fanout(0);
  const [gone, stays] = [new Collector(), new Collector()];
  const leave = fanout.join(gone, filter(null), webSocketFormat);
  leave();
  fanout.join(stays, filter(null), webSocketFormat);
  leave();
  fanout.deliver(store(0, [fact("t")]));
  expect([gone.seqs, stays.seqs]).toEqual([[], [1]]);
});

test("whatever is appended for whomever, each reader gets what its filter alone says", () => {
  const anyFilter = fc.record({
    threadId: fc.constantFrom(null, "t1", "t2"),
    types: fc.constantFrom(null, ["a.*"], ["runtime.*"], ["nothing"]),
    legacy: fc.boolean(),
  });
  const anyBatch = fc.array(
    fc.tuple(
      fc.constantFrom(null, "t1", "t2", "t3"),
      fc.constantFrom("a.fact", "b.fact", "runtime.started", "app_server.account.updated"),
    ),
    { minLength: 1, maxLength: 40, size: "max" },
  );
  fc.assert(
    fc.property(
      fc.array(anyFilter, { maxLength: 8, size: "max" }),
      fc.array(anyBatch, { maxLength: 6, size: "max" }),
      (requests, batches) => {
        const fanout = new Fanout(0);
        const filters = requests.map(createFilter);
        const readers = filters.map((wanted) => {
          const reader = new Collector();
          fanout.join(reader, wanted, webSocketFormat);
          return reader;
        });
        const all: StoredEvent[] = [];
        for (const batch of batches) {
          const events = store(
            all.length,
            batch.map(([threadId, type]) => fact(threadId, type)),
          );
          fanout.deliver(events);
          all.push(...events);
        }
        for (const [i, { chunks }] of readers.entries()) {
          const alone = toChunks(all, 0, filters[i]!, webSocketFormat);
          expect(Buffer.concat(chunks.map(({ bytes }) => bytes))).toEqual(
            Buffer.concat(alone.map(({ bytes }) => bytes)),
          );
        }
      },
    ),
  );
});

test("a chunk stays within its size unless one event alone is larger, and says after what it begins", () => {
  const sizes = [20_000, 20_000, 40_000, 200_000, 10];
  const events = store(
    7,
    sizes.map((size) => fact("t", "a.fact", size)),
  );
  const chunks = toChunks(events, 7, filter(null), webSocketFormat);
  expect(chunks.map(({ bytes, after }) => [after, toSeqs(bytes)])).toEqual([
    [7, [8, 9]],
    [9, [10]],
    [10, [11]],
    [11, [12]],
  ]);
  expect(chunks[0]!.bytes.length).toBeLessThanOrEqual(chunkSize);
});

test("a frame of any length is one whole text message", () => {
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
    const frame = `${"x".repeat(Math.max(0, length - 2))}${length < 2 ? "x".repeat(length) : "\u00e9"}`;
    const bytes = Buffer.alloc(length + webSocketFormat.overhead);
    const end = webSocketFormat.write(bytes, 0, frame, length, 1);
    expect(toTexts(bytes.subarray(0, end))).toEqual([frame]);
  }
});

test("a server-sent event has the cursor as its id", () => {
  const [chunk] = toChunks(store(4, [fact("t")]), 4, filter(null), createSseFormat("e1"));
  const data = '{"type":"a.fact","threadId":"t","payload":{"text":""},"seq":5,"at":1}';
  expect(chunk!.bytes.toString()).toBe(`id: e1:5\ndata: ${data}\n\n`);
});
