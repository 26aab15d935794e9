import { setImmediate as nextLoop } from "node:timers/promises";
import {
  type ControlFrame,
  createTypeMatcher,
  matchesThread,
  type StreamEvent,
} from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import { EventLog } from "../journal/event-log.ts";
import { Projections } from "../journal/projection.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { Fanout } from "./fanout.ts";
import { createFilter, type FilterRequest } from "./filter.ts";
import type { FrameFormat } from "./frame-format.ts";
import { type ReaderLimits, StreamReader } from "./reader.ts";
import type { StreamSink } from "./sink.ts";

/** One line for each frame. */
const lines: FrameFormat = {
  name: "lines",
  overhead: 1,
  write: (into, start, frame) => start + into.write(`${frame}\n`, start),
};

/** A connection whose other end reads when it is told to. */
class SlowSink implements StreamSink {
  readonly format = lines;
  readonly events: StreamEvent[] = [];
  readonly controls: ControlFrame[] = [];
  buffered = 0;
  mostBuffered = 0;
  failure: unknown;
  /** Reads at once. */
  open = false;
  #waiting: (() => void)[] = [];

  write(events: Buffer): void {
    for (const line of events.toString().trimEnd().split("\n")) {
      this.events.push(JSON.parse(line) as StreamEvent);
    }
    this.#take(events.length);
  }

  control(frame: ControlFrame): void {
    this.controls.push(frame);
    this.#take(JSON.stringify(frame).length);
  }

  drained(): Promise<void> {
    if (this.buffered === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  fail(error: unknown): void {
    this.failure = error;
  }

  drain(): void {
    this.buffered = 0;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #take(bytes: number): void {
    this.buffered += bytes;
    this.mostBuffered = Math.max(this.mostBuffered, this.buffered);
    if (this.open) this.drain();
  }

  get seqs(): number[] {
    return this.events.map((event) => event.seq);
  }

  get controlTypes(): string[] {
    return this.controls.map((frame) => frame.type);
  }
}

const everything: FilterRequest = { threadId: null, types: null, legacy: false };
const limits: ReaderLimits = { highWater: 400, lowWater: 100, pageEvents: 3, pageSize: 300 };

function setUp(request: FilterRequest = everything) {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const log = new EventLog(journal, new Projections(database, journal, [], () => {}));
  const sink = new SlowSink();
  const fanout = new Fanout(journal.head);
  log.onAppended((events) => fanout.deliver(events));
  const source = { journal, fanout, limits, isHidden: () => false };
  const reader = new StreamReader(source, sink, createFilter(request));
  return { journal, log, sink, reader, source, [Symbol.dispose]: () => database.close() };
}

function facts(count: number, type = "a.fact", threadId: string | null = null): NewEvent[] {
  return Array.from({ length: count }, (_, i) => toNewEvent(type, threadId, { i }, 1));
}

async function settle(sink: SlowSink, reader: StreamReader): Promise<void> {
  sink.open = true;
  do {
    sink.drain();
    await nextLoop();
  } while (reader.mode === "replay");
}

test("a reader starts live, after the head", async () => {
  using t = setUp();
  await t.log.append(facts(2));
  const late = new StreamReader(t.source, new SlowSink(), createFilter(everything));
  expect(late.cursor).toBe(`${t.journal.epoch}:2`);
  expect(late.mode).toBe("live");
  expect(t.sink.seqs).toEqual([1, 2]);
});

test("replay comes first, oldest first, then caught_up, then live", async () => {
  using t = setUp();
  t.sink.open = true;
  await t.log.append(facts(7));
  t.sink.events.length = 0;
  t.reader.moveTo({ epoch: t.journal.epoch, seq: 2 });
  expect(t.reader.mode).toBe("replay");
  await settle(t.sink, t.reader);
  await t.log.append(facts(1));
  expect(t.sink.seqs).toEqual([3, 4, 5, 6, 7, 8]);
  expect(t.sink.controls).toEqual([{ type: "caught_up", seq: 7 }]);
});

test("a reader that does not drain leaves live mode, costs no more, and comes back without a loss", async () => {
  using t = setUp();
  for (let i = 0; i < 200; i += 1) await t.log.append(facts(5));
  expect(t.reader.mode).toBe("replay");
  const lagging = { type: "lagging", seq: t.sink.seqs.at(-1)!, head: t.sink.seqs.at(-1)! + 5 };
  expect(t.sink.controls).toEqual([lagging]);
  const page = limits.pageSize + 200;
  expect(t.sink.mostBuffered).toBeLessThan(limits.highWater + page);
  await settle(t.sink, t.reader);
  expect(t.sink.seqs).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(t.sink.mostBuffered).toBeLessThan(limits.highWater + page);
  expect(t.sink.controlTypes).toEqual(["lagging", "caught_up"]);
});

test("a slow reader delays no other one", async () => {
  using t = setUp();
  const fast = new SlowSink();
  fast.open = true;
  const other = new StreamReader(t.source, fast, createFilter(everything));
  for (let i = 1; i <= 100; i += 1) {
    await t.log.append(facts(1));
    expect(fast.seqs.at(-1)).toBe(i);
  }
  expect(t.reader.mode).toBe("replay");
  expect(other.mode).toBe("live");
});

test("a cursor of another epoch, or from the future, is a gap up to the head", async () => {
  using t = setUp();
  t.sink.open = true;
  await t.log.append(facts(4));
  for (const after of [
    { epoch: "other", seq: 1 },
    { epoch: t.journal.epoch, seq: 9 },
  ]) {
    t.sink.events.length = 0;
    t.sink.controls.length = 0;
    t.reader.moveTo(after);
    await settle(t.sink, t.reader);
    expect(t.sink.controls).toEqual([
      {
        type: "gap",
        reason: "epoch_changed",
        from: `${after.epoch}:${after.seq}`,
        to: `${t.journal.epoch}:4`,
      },
      { type: "caught_up", seq: 4 },
    ]);
    expect(t.sink.events).toEqual([]);
  }
});

test("trimmed events are a gap, and what is left comes after it", async () => {
  using t = setUp();
  t.sink.open = true;
  await t.log.append(facts(6));
  await t.journal.trim(4);
  t.sink.events.length = 0;
  t.reader.moveTo({ epoch: t.journal.epoch, seq: 1 });
  await settle(t.sink, t.reader);
  expect(t.sink.controls[0]).toMatchObject({ type: "gap", reason: "retention" });
  expect(t.sink.controls[0]).toMatchObject({ to: `${t.journal.epoch}:4` });
  expect(t.sink.seqs).toEqual([5, 6]);
});

test("what is stored and not yet told is not replayed before the live readers have it", async () => {
  using t = setUp();
  t.sink.open = true;
  const stored = await t.journal.append(facts(3));
  t.reader.moveTo({ epoch: t.journal.epoch, seq: 0 });
  await nextLoop();
  expect(t.sink.seqs).toEqual([]);
  t.source.fanout.deliver(stored);
  await settle(t.sink, t.reader);
  expect(t.sink.seqs).toEqual([1, 2, 3]);
});

test("events that are let go of while a reader is behind are a gap", async () => {
  using t = setUp();
  for (let i = 0; i < 20; i += 1) await t.log.append(facts(1));
  const last = t.sink.seqs.at(-1)!;
  expect(last).toBeLessThan(15);
  await t.journal.trim(15);
  t.sink.controls.length = 0;
  await settle(t.sink, t.reader);
  expect(t.sink.controls[0]).toMatchObject({
    type: "gap",
    reason: "retention",
    to: `${t.journal.epoch}:15`,
  });
  expect(t.sink.seqs.slice(t.sink.seqs.indexOf(last) + 1)).toEqual([16, 17, 18, 19, 20]);
});

test("a filter set while a page is read applies from where delivery stands", async () => {
  using t = setUp({ threadId: null, types: ["nothing"], legacy: false });
  t.sink.open = true;
  await t.log.append(facts(4));
  t.reader.moveTo({ epoch: t.journal.epoch, seq: 1 });
  t.reader.setFilter(createFilter(everything));
  await settle(t.sink, t.reader);
  expect(t.sink.seqs).toEqual([2, 3, 4]);
});

test("a journal that can't be read ends the reader with the reason", async () => {
  const t = setUp();
  t.sink.open = true;
  await t.log.append(facts(3));
  t[Symbol.dispose]();
  t.reader.moveTo({ epoch: t.journal.epoch, seq: 0 });
  await nextLoop();
  expect(t.sink.failure).toBeInstanceOf(Error);
  expect(t.reader.mode).toBe("closed");
});

const named: FilterRequest = { threadId: null, types: ["*", "approval*"], legacy: false };

/** A question or its end, or a fact without views. */
function withViews(i: number): NewEvent {
  if (i % 3 === 0) return facts(1)[0]!;
  if (i % 3 === 1) {
    const method = "item/fileChange/requestApproval";
    const type = "app_server.request.item.file_change.request_approval";
    const context = { threadId: "t", turnId: "u" };
    const payload = { signalType: "request", method, context, requestId: `r${i}`, params: {} };
    return toNewEvent(type, "t", payload, 1);
  }
  const end = { requestId: `r${i}`, kind: "command_approval", outcome: "answered" };
  return toNewEvent("request.resolved", "t", { ...end, decision: "accept", scope: null }, 1);
}

const idOf = ({ seq, type }: StreamEvent) => `${seq} ${type}`;

test("a reader cut at any frame, also between an event and its view, misses nothing; only views of its cursor's event come again", async () => {
  using t = setUp(named);
  t.sink.open = true;
  await t.log.append(Array.from({ length: 30 }, (_, i) => withViews(i)));
  const all = t.sink.events.map(idOf);
  expect(all.length).toBe(50);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30, size: "max" }),
      async (cuts) => {
        const received: string[] = [];
        let cursor = 0;
        for (const frames of [...cuts, Number.POSITIVE_INFINITY]) {
          const sink = new SlowSink();
          const reader = new StreamReader(t.source, sink, createFilter(named));
          reader.moveTo({ epoch: t.journal.epoch, seq: cursor });
          await settle(sink, reader);
          reader.close();
          for (const event of sink.events.slice(0, frames)) {
            const isAgain = received.includes(idOf(event));
            // Only a view, and only of the event that the cursor names.
            if (isAgain)
              expect([event.type.startsWith("approval"), event.seq]).toEqual([true, cursor]);
            else received.push(idOf(event));
          }
          cursor = sink.events.slice(0, frames).at(-1)?.seq ?? cursor;
        }
        expect(received).toEqual(all);
      },
    ),
    { numRuns: 100 },
  );
});

test("views asked for anew come again from a cursor only with the event that has them", async () => {
  using t = setUp(named);
  t.sink.open = true;
  await t.log.append([withViews(1), ...facts(1)]);
  for (const [seq, expected] of [
    [0, ["1 app_server.request.item.file_change.request_approval", "1 approval", "2 a.fact"]],
    [1, ["1 approval", "2 a.fact"]],
    [2, []],
  ] as const) {
    t.sink.events.length = 0;
    t.reader.moveTo({ epoch: t.journal.epoch, seq });
    expect(t.reader.cursor).toBe(`${t.journal.epoch}:${seq}`);
    await settle(t.sink, t.reader);
    expect(t.sink.events.map(idOf)).toEqual(expected);
  }
});

type Command =
  | { do: "append"; count: number; type: string; threadId: string | null }
  | { do: "move"; back: number }
  | { do: "filter"; request: FilterRequest }
  | { do: "drain" }
  | { do: "wait"; loops: number };

const filterRequest = fc.record({
  threadId: fc.constantFrom(null, "t1", "t2"),
  types: fc.constantFrom(null, ["a.*"], ["a.fact", "b.fact"], ["runtime.*"], ["nothing"]),
  legacy: fc.constant(false),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      count: fc.integer({ min: 1, max: 6 }),
      type: fc.constantFrom("a.fact", "a.other", "b.fact", "runtime.started"),
      threadId: fc.constantFrom(null, "t1", "t2"),
    }),
  },
  fc.record({ do: fc.constant("move" as const), back: fc.nat({ max: 30 }) }),
  fc.record({ do: fc.constant("filter" as const), request: filterRequest }),
  { weight: 2, arbitrary: fc.constant({ do: "drain" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      loops: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

test("whatever is appended, asked for and drained in whatever order, nothing is missed and nothing doubled", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 80 }), async (commands) => {
      using t = setUp();
      const all: StreamEvent[] = [];
      t.log.onAppended((events) => {
        for (const { seq, type, threadId, at, value } of events) {
          all.push({ seq, type, threadId, at, payload: value });
        }
      });
      // Stretches of the stream, each with the filter that was in force.
      const stretches = [{ from: 0, request: everything }];
      const seqOf = (cursor: string) => Number(cursor.split(":")[1]);
      const pending: Promise<unknown>[] = [];
      const received: StreamEvent[][] = [];
      for (const step of commands) {
        switch (step.do) {
          case "append":
            // Not awaited, so that appends meet reads under way.
            pending.push(t.log.append(facts(step.count, step.type, step.threadId)));
            break;
          case "move": {
            received.push(t.sink.events.splice(0));
            const seq = Math.max(0, t.journal.head - step.back);
            const to = seqOf(t.reader.cursor);
            check(received, stretches, to, all);
            t.reader.moveTo({ epoch: t.journal.epoch, seq });
            const { request } = stretches.at(-1)!;
            stretches.splice(0, stretches.length, { from: seq, request });
            received.length = 0;
            break;
          }
          case "filter":
            stretches.push({ from: seqOf(t.reader.cursor), request: step.request });
            t.reader.setFilter(createFilter(step.request));
            break;
          case "drain":
            t.sink.drain();
            break;
          case "wait":
            for (let i = 0; i < step.loops; i += 1) await nextLoop();
            break;
        }
      }
      await Promise.all(pending);
      await settle(t.sink, t.reader);
      received.push(t.sink.events.splice(0));
      check(received, stretches, t.journal.head, all);
      expect(t.sink.failure).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

/** Holds what was received against what the filters say of each stretch up to `to`. */
function check(
  received: StreamEvent[][],
  stretches: { from: number; request: FilterRequest }[],
  to: number,
  all: StreamEvent[],
): void {
  const wanted = stretches.flatMap(({ from, request }, index) => {
    const end = stretches[index + 1]?.from ?? to;
    const matches = createTypeMatcher(request.types);
    return all.filter(
      (event) =>
        event.seq > from &&
        event.seq <= end &&
        matches(event.type) &&
        matchesThread(event, request.threadId),
    );
  });
  expect(received.flat()).toEqual(wanted);
}
