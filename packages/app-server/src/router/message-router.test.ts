import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import type { EventStream } from "./event-stream.ts";
import type { Message } from "./message.ts";
import { MessageRouter } from "./message-router.ts";
import type { TurnRecord } from "./turn-record.ts";
import type { Reservation } from "./turn-registry.ts";

const gone = new AppServerError("transport_closed", "the process is gone");

const THREADS = 2;
const TURNS = 2;
/** Every thread has turns of its own. */
const turns = Array.from({ length: THREADS * TURNS }, (_, index) => ({
  threadId: `thread-${index % THREADS}`,
  turnId: `turn-${index}`,
}));

type Place = { threadId: string; turnId: string };

function say(router: MessageRouter, message: object): void {
  const line = JSON.stringify(message);
  router.receive(line, line.length);
}

/** The number a test event carries; the end of a turn has none. */
function tag(message: Message): number | "end" {
  if (message.method === "turn/completed") return "end";
  return (message.params as unknown as { n: number }).n;
}

const delta = (place: Place, n: number) => ({
  method: "item/agentMessage/delta",
  params: { ...place, itemId: "i", delta: "x", n },
});
const end = ({ threadId, turnId }: Place, status = "completed") => ({
  method: "turn/completed",
  params: { threadId, turn: { id: turnId, status, items: [], error: null } },
});

/** Takes what is there without waiting for more. */
async function takeReady(stream: EventStream<Message>, most: number): Promise<(number | "end")[]> {
  const taken: (number | "end")[] = [];
  for (let count = 0; count < most; count++) {
    const next = await Promise.race([stream.next(), Promise.resolve("nothing yet" as const)]);
    if (next === "nothing yet") throw new Error("asked for more than was said");
    if (next.done) break;
    taken.push(tag(next.value));
  }
  return taken;
}

/** Reads to the end, and tells how it ended. */
async function drain(stream: EventStream<Message>) {
  const taken: (number | "end")[] = [];
  try {
    for await (const message of stream) taken.push(tag(message));
    return { taken, error: undefined };
  } catch (error) {
    return { taken, error };
  }
}

/** A stream and where in `said` it began; `early` is the end of a turn that readers before used up. */
type Reader = {
  stream: EventStream<Message>;
  from: number;
  early: "end"[];
  read: (number | "end")[];
};

const dueTo = ({ early, from }: Reader, said: (number | "end")[]) => [
  ...early,
  ...said.slice(from),
];

/** What a turn's record must hold, kept by hand beside the router. */
class Expected {
  readonly place: Place;
  said: (number | "end")[] = [];
  isOver = false;
  record: TurnRecord | undefined;
  readers: Reader[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  hear(what: number | "end"): void {
    if (what === "end" && this.isOver) return;
    if (what === "end") this.isOver = true;
    this.said.push(what);
  }
}

const turn = fc.nat(turns.length - 1);
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("reserve" as const), thread: fc.nat(THREADS - 1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("attach" as const), turn }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("release" as const), thread: fc.nat(THREADS - 1) }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant("say" as const), turn }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("end" as const), turn }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("open" as const), turn }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      turn,
      reader: fc.nat(1),
      most: fc.integer({ min: 1, max: 20 }),
    }),
  },
);

describe("MessageRouter", () => {
  test("brings each reader the events of its turn, all since its thread was reserved, in order, and none of another; when all fails, everybody hears it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 120, size: "max" }),
        fc.nat(130),
        async (actions, failAt) => {
          const router = new MessageRouter();
          const expected = turns.map((place) => new Expected(place));
          const reservations: Reservation[][] = Array.from({ length: THREADS }, () => []);
          let n = 0;
          let failed = false;
          const isRecorded = (one: Expected) =>
            one.record !== undefined ||
            reservations.some(
              (open, thread) => open.length > 0 && one.place.threadId === `thread-${thread}`,
            );
          const forget = (thread: number) => {
            if (reservations[thread]?.length) return;
            for (const one of expected) {
              if (one.record || one.place.threadId !== `thread-${thread}`) continue;
              one.said = [];
              one.isOver = false;
            }
          };
          for (const [index, step] of actions.entries()) {
            if (index === failAt) {
              router.failAll(gone);
              failed = true;
            }
            const one = "turn" in step ? expected[step.turn] : undefined;
            switch (step.do) {
              case "reserve":
                reservations[step.thread]?.push(router.turns.reserve(`thread-${step.thread}`));
                break;
              case "release":
                reservations[step.thread]?.pop()?.release();
                forget(step.thread);
                break;
              case "attach": {
                const thread = step.turn % THREADS;
                const reservation = reservations[thread]?.pop();
                if (!one || !reservation) break;
                // Who holds a turn when all fails needs no second handle on it.
                if (failed && one.record) reservation.release();
                else one.record = reservation.attach(one.place.turnId);
                forget(thread);
                break;
              }
              case "say":
              case "end": {
                if (!one || failed) break;
                const heard = step.do === "end" ? "end" : n++;
                say(router, heard === "end" ? end(one.place) : delta(one.place, heard));
                if (isRecorded(one)) one.hear(heard);
                break;
              }
              case "open": {
                if (!one?.record) break;
                const oldest = Math.min(
                  ...one.readers.map(
                    ({ from, early, read }) => from + Math.max(0, read.length - early.length),
                  ),
                  one.readers.length === 0 ? 0 : one.said.length,
                );
                const stream = one.record.open({ late: true });
                const isUsedUp = one.isOver && one.said.indexOf("end") < oldest;
                one.readers.push({
                  stream,
                  from: oldest,
                  early: isUsedUp ? ["end"] : [],
                  read: [],
                });
                break;
              }
              case "read": {
                const reader = one?.readers[step.reader];
                if (!one || !reader) break;
                const left = dueTo(reader, one.said).length - reader.read.length;
                reader.read.push(...(await takeReady(reader.stream, Math.min(step.most, left))));
                break;
              }
            }
          }
          router.failAll(gone);
          for (const one of expected) {
            if (!one.record) continue;
            for (const reader of one.readers) {
              const { taken, error } = await drain(reader.stream);
              expect([...reader.read, ...taken]).toEqual(dueTo(reader, one.said));
              expect(error).toBe(one.isOver ? undefined : gone);
            }
            const outcome = await one.record.ended.then(
              () => "ended",
              (error) => error,
            );
            expect(outcome).toBe(one.isOver ? "ended" : gone);
          }
          for (const reservation of reservations.flat()) reservation.release();
          expect(router.turns.size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("holds nothing for turns that nobody watches or starts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(turn, fc.boolean()), { maxLength: 100, size: "max" }),
        (said) => {
          const router = new MessageRouter();
          for (const [index, isEnd] of said) {
            const place = turns[index] as Place;
            say(router, isEnd ? end(place) : delta(place, 0));
          }
          expect(router.turns.size).toBe(0);
          const reservation = router.turns.reserve("thread-0");
          for (const place of turns) say(router, delta(place, 1));
          expect(router.turns.size).toBe(TURNS);
          reservation.release();
          expect(router.turns.size).toBe(0);
        },
      ),
    );
  });

  test("gives a thread's subscriber that thread's messages, and one of everything all of them, in wire order, from when they came", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { maxLength: 60, size: "max" }),
        fc.nat(60),
        async (said, joinAt) => {
          const router = new MessageRouter();
          let everything: EventStream<Message> | undefined;
          let oneThread: EventStream<Message> | undefined;
          for (const [n, index] of said.entries()) {
            if (n === joinAt) {
              everything = router.subscribe();
              oneThread = router.subscribe("thread-1");
            }
            say(router, delta(turns[index] as Place, n));
          }
          everything ??= router.subscribe();
          oneThread ??= router.subscribe("thread-1");
          router.failAll(gone);
          const heard = [...said.keys()].filter((n) => n >= joinAt);
          expect(await drain(everything)).toEqual({ taken: heard, error: gone });
          expect(await drain(oneThread)).toEqual({
            taken: heard.filter((n) => (said[n] as number) % THREADS === 1),
            error: gone,
          });
          expect(await drain(router.subscribe())).toEqual({ taken: [], error: gone });
          expect(await drain(router.subscribe("thread-0"))).toEqual({ taken: [], error: gone });
        },
      ),
    );
  });

  test("brings serverRequest/resolved, which names no turn, to the turn that asked", async () => {
    const router = new MessageRouter();
    const [mine, other] = turns as [Place, Place];
    const stream = router.turns.watch(mine.threadId, mine.turnId).open({ late: true });
    const ask = (id: string | number, place: Place) => ({
      id,
      method: "item/tool/call",
      params: { ...place, callId: "c", tool: "t", arguments: {}, n: id },
    });
    const resolved = (requestId: string | number) => ({
      method: "serverRequest/resolved",
      params: { threadId: mine.threadId, requestId, n: `resolved ${requestId}` },
    });
    for (const message of [ask(0, mine), ask("0", other), resolved("0"), resolved(0), resolved(0)])
      say(router, message);
    router.failAll(gone);
    expect((await drain(stream)).taken).toEqual([0, "resolved 0"]);
    expect((await drain(router.unscoped())).taken).toEqual(["resolved 0"]);
  });

  test("remembers who asked past the end of the turn, up to a bound: not every question is told to be resolved", async () => {
    const router = new MessageRouter();
    const [mine] = turns as [Place];
    const record = router.turns.watch(mine.threadId, mine.turnId);
    const stream = record.open({ late: true });
    const asked = 5_000;
    for (let n = 0; n < asked; n++)
      say(router, { id: n, method: "item/tool/call", params: { ...mine, n } });
    say(router, end(mine));
    const resolved = (requestId: number) =>
      say(router, { method: "serverRequest/resolved", params: { requestId, n: -requestId } });
    resolved(asked - 1);
    resolved(1);
    router.failAll(gone);
    expect((await drain(stream)).taken.slice(-2)).toEqual(["end", 1 - asked]);
    expect((await drain(router.unscoped())).taken).toEqual([-1]);
  });

  test("keeps what belongs to no turn for its first reader, however late it comes", async () => {
    const router = new MessageRouter();
    for (let n = 0; n < 3; n++) say(router, { method: "account/updated", params: { n } });
    const stream = router.unscoped();
    say(router, { method: "future/thing", params: { n: 3 } });
    router.failAll(gone);
    expect(await drain(stream)).toEqual({ taken: [0, 1, 2, 3], error: gone });
  });

  test("follows every text by its shape alone, and counts and tells what has none", async () => {
    const skipped: string[] = [];
    const router = new MessageRouter((text) => skipped.push(text));
    const observed: string[] = [];
    router.observe(({ method }) => observed.push(method));
    const answer = router.pending.add("1");
    const senseless = [
      "",
      "{",
      "null",
      "7",
      "[]",
      "{}",
      '{"id":1}',
      '{"id":null,"result":1}',
      '{"id":{},"method":"m"}',
      '{"method":7}',
    ];
    for (const text of senseless) router.receive(text, text.length);
    say(router, { id: 1, result: "a number is no string" });
    say(router, { id: "1", result: "mine" });
    say(router, { id: "1", result: "again" });
    say(router, { method: "future/thing" });
    expect(await answer).toMatchObject({ result: "mine" });
    expect(router.counters).toEqual({ unreadable: 2, malformed: 8, unmatched: 2 });
    expect(skipped).toEqual(senseless);
    expect(observed).toEqual(["future/thing"]);
  });

  test("goes on when an observer can't follow a payload, and says so; deltas are not observed, taps get them", () => {
    const skipped: string[] = [];
    const router = new MessageRouter((text) => skipped.push(text));
    const observed: string[] = [];
    const tapped: string[] = [];
    router.observe(() => {
      throw new TypeError("no such field");
    });
    router.observe(({ method }) => observed.push(method));
    const leave = router.tap(({ method }) => tapped.push(method));
    say(router, { method: "turn/started", params: null });
    say(router, delta(turns[0] as Place, 0));
    leave();
    leave();
    say(router, { method: "thread/closed", params: {} });
    expect(observed).toEqual(["turn/started", "thread/closed"]);
    expect(tapped).toEqual(["turn/started", "item/agentMessage/delta"]);
    expect(skipped).toEqual(["turn/started", "thread/closed"]);
  });

  test("settles every request that waits with the error that ended the connection", async () => {
    const router = new MessageRouter();
    const waiting = [router.pending.add(1), router.pending.add("initialize")];
    router.failAll(gone);
    for (const outcome of await Promise.allSettled(waiting))
      expect(outcome).toEqual({ status: "rejected", reason: gone });
    expect(router.pending.size).toBe(0);
  });
});
