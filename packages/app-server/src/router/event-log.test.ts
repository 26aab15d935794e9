import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import { EventLog, type LogBounds, type Weight } from "./event-log.ts";
import type { EventStream } from "./event-stream.ts";

type Fact = { n: number; weight: Weight };

function newLog(bounds: Partial<LogBounds> = {}): EventLog<Fact> {
  return new EventLog<Fact>(
    { events: 8, bytes: 1_000, gives: ["delta", "plain"], ...bounds },
    ({ weight }) => weight,
  );
}

const plain = (n: number): Fact => ({ n, weight: "plain" });
const delta = (n: number): Fact => ({ n, weight: "delta" });
const essential = (n: number): Fact => ({ n, weight: "essential" });

async function take(stream: EventStream<Fact>, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const { value } = await stream.next();
    if (value) taken.push(value.n);
  }
  return taken;
}

async function drain(stream: EventStream<Fact>): Promise<number[]> {
  const all: number[] = [];
  for await (const { n } of stream) all.push(n);
  return all;
}

describe("EventLog", () => {
  test("keeps everything for the first reader, however late it comes", async () => {
    const log = newLog();
    for (let n = 0; n < 5; n++) log.append(plain(n));
    log.end();
    expect(await drain(log.open())).toEqual([0, 1, 2, 3, 4]);
  });

  test("lets a reader wait for what is not there yet", async () => {
    const log = newLog();
    const reading = take(log.open(), 2);
    log.append(plain(1));
    log.append(plain(2));
    expect(await reading).toEqual([1, 2]);
  });

  test("a reader that starts now gets nothing of before", async () => {
    const log = newLog();
    log.append(plain(1));
    const stream = log.open({ from: "now" });
    log.append(plain(2));
    log.end();
    expect(await drain(stream)).toEqual([2]);
  });

  test("gives the last event of a stream with an end of its own, also to a reader that waits for it", async () => {
    const log = newLog();
    const ready = log.open();
    const waiting = log.open();
    const late = log.open({ late: true });
    const waited = drain(waiting);
    log.append(plain(1));
    await Promise.resolve();
    log.append(plain(2), 0, true);
    log.append(plain(3));
    expect(await waited).toEqual([1, 2]);
    expect(await drain(ready)).toEqual([1, 2]);
    expect(await take(late, 3)).toEqual([1, 2, 3]);
  });

  test("keeps to its bound again once what may not give way has been read", async () => {
    const log = newLog({ events: 8 });
    const stream = log.open();
    for (let n = 0; n < 40; n++) log.append(essential(n));
    expect(await take(stream, 40)).toHaveLength(40);
    for (let n = 40; n < 80; n++) log.append(delta(n));
    expect(log.size).toBeLessThanOrEqual(8);
  });

  test("gives what there is in batches, up to the end", async () => {
    const log = newLog();
    const stream = log.open({ first: plain(0) });
    for (let n = 1; n < 5; n++) log.append(plain(n), 0, n === 3);
    expect((await stream.take())?.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
    expect(await stream.take()).toBeUndefined();
    expect(stream.dropped).toBe(0);
  });

  test("ends with its reason, after everything that came before", async () => {
    const log = newLog();
    const stream = log.open();
    log.append(plain(1));
    log.end(new AppServerError("client_closed", "closed"));
    expect(await take(stream, 1)).toEqual([1]);
    await expect(stream.next()).rejects.toMatchObject({ code: "client_closed" });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("gives up deltas before plain events, the oldest first, and never an essential one", async () => {
    const log = newLog({ events: 4 });
    const stream = log.open();
    for (const event of [
      essential(0),
      delta(1),
      plain(2),
      delta(3),
      essential(4),
      plain(5),
      plain(6),
    ])
      log.append(event);
    log.end();
    const read = await drain(stream);
    expect(read).toContain(0);
    expect(read).toContain(4);
    expect(read).not.toContain(1);
    expect(read).not.toContain(3);
    expect(stream.dropped).toBe(7 - read.length);
  });

  test("gives way to the bound on bytes while few events are held, and takes them back when they are read", async () => {
    const log = newLog({ events: 1_000, bytes: 100 });
    const stream = log.open();
    for (let n = 0; n < 6; n++) log.append(delta(n), 30);
    expect(log.size).toBe(2);
    expect(await take(stream, 2)).toEqual([4, 5]);
    for (let n = 6; n < 9; n++) log.append(delta(n), 30);
    expect(await take(stream, 3)).toEqual([6, 7, 8]);
    expect(stream.dropped).toBe(4);
  });

  test("gives way to the bound on bytes as well", () => {
    const log = newLog({ bytes: 100 });
    for (let n = 0; n < 10; n++) log.append(delta(n), 30);
    expect(log.size).toBeLessThanOrEqual(3);
  });

  test("holds nothing that every reader has read", async () => {
    const log = newLog({ events: 10_000 });
    const stream = log.open();
    for (let n = 0; n < 1_000; n++) log.append(plain(n));
    await take(stream, 1_000);
    expect(log.size).toBeLessThan(512);
  });

  test("lets go of everything when the slowest reader leaves", async () => {
    const log = newLog({ events: 10_000 });
    const slow = log.open();
    for (let n = 0; n < 1_000; n++) log.append(plain(n));
    expect(log.size).toBe(1_000);
    await slow.return();
    expect(log.size).toBe(0);
  });

  test("a reader that leaves while it waits is done", async () => {
    const stream = newLog().open();
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test("every reader gets a subsequence in order, loses only what may be lost, and counts it", async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .constantFrom<Weight>("delta", "plain", "essential")
          .map((weight) => ({ append: weight })),
      },
      { weight: 4, arbitrary: fc.nat(2).map((reader) => ({ read: reader })) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 200, size: "max" }),
        fc.integer({ min: 2, max: 12 }),
        async (steps, events) => {
          const log = newLog({ events });
          const streams = [log.open(), log.open(), log.open()];
          const read: number[][] = [[], [], []];
          const written: Fact[] = [];
          const unread = (index: number) =>
            written.length - (read[index]?.length ?? 0) - (streams[index]?.dropped ?? 0);
          for (const action of steps) {
            if ("append" in action) {
              const fact = { n: written.length, weight: action.append };
              written.push(fact);
              log.append(fact);
            } else if (unread(action.read) > 0) {
              read[action.read]?.push(
                ...(await take(streams[action.read] as EventStream<Fact>, 1)),
              );
            }
          }
          log.end();
          for (const [index, stream] of streams.entries()) {
            const all = [...(read[index] ?? []), ...(await drain(stream))];
            expect(all).toEqual(all.toSorted((a, b) => a - b));
            expect(new Set(all).size).toBe(all.length);
            expect(all.length + stream.dropped).toBe(written.length);
            for (const { n, weight } of written)
              if (weight === "essential") expect(all).toContain(n);
          }
        },
      ),
    );
  });
});
