import { type EventPage, formatCursor, parseCursor, type StreamEvent } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HandlerFailure } from "../../router/route.ts";
import type { ConnectionEvent } from "../connection-event.ts";
import type { ArrivedEvent } from "./event-order.ts";
import { ThreadOrder, type ThreadOrderOptions } from "./thread-order.ts";

const epoch = "e";

function eventOf(seq: number, threadId: string | null, type = "a"): StreamEvent {
  return { type, threadId, payload: null, seq, at: 0 };
}

function arrivedOf(event: StreamEvent, completes = event.seq): ArrivedEvent {
  const cursor = formatCursor({ epoch, seq: event.seq });
  return { event, cursor, reconnects: 0, size: 10, epoch, completes };
}

/** An order whose handlers wait until they are let go by seq. */
function orderWith(options: Partial<ThreadOrderOptions> = {}) {
  const gates = new Map<number, PromiseWithResolvers<void>>();
  const gate = (seq: number) => {
    const known = gates.get(seq) ?? Promise.withResolvers<void>();
    gates.set(seq, known);
    return known;
  };
  const began: number[] = [];
  const notices: ConnectionEvent[] = [];
  const failures: HandlerFailure[] = [];
  const stop = new AbortController();
  const order = new ThreadOrder({
    lanes: 16,
    limits: { events: 100, characters: 100_000 },
    signal: stop.signal,
    handle: async ({ event }) => {
      began.push(event.seq);
      await gate(event.seq).promise;
      return !stop.signal.aborted;
    },
    onHandled: () => undefined,
    tell: async (notice) => void notices.push(notice),
    readPage: () => Promise.reject(new Error("no pages here")),
    wantedTypes: () => undefined,
    onHandlerError: (failure) => void failures.push(failure),
    ...options,
  });
  /** Lets the handler of this seq end, and what follows from that happen. */
  const end = async (seq: number) => {
    gate(seq).resolve();
    for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
  };
  return { order, began, end, stop, notices, failures, gate };
}

describe("ThreadOrder", () => {
  it("handles threads side by side, and the events of each one after another", async () => {
    const { order, began, end } = orderWith();
    void order.take(arrivedOf(eventOf(1, "t1")));
    void order.take(arrivedOf(eventOf(2, "t1")));
    void order.take(arrivedOf(eventOf(3, "t2")));
    void order.take(arrivedOf(eventOf(4, null)));
    void order.take(arrivedOf(eventOf(5, null)));
    expect(began).toEqual([1, 3, 4]);
    await end(4);
    expect(began).toEqual([1, 3, 4, 5]);
    await end(1);
    expect(began).toEqual([1, 3, 4, 5, 2]);
  });

  it("handles as many threads at a time as it has lanes, and one more when one is done", async () => {
    const { order, began, end } = orderWith({ lanes: 2 });
    for (const seq of [1, 2, 3]) void order.take(arrivedOf(eventOf(seq, `t${seq}`)));
    expect(began).toEqual([1, 2]);
    await end(2);
    expect(began).toEqual([1, 2, 3]);
  });

  it("lets threads take turns after each event, so that a busy one keeps no other waiting", async () => {
    const { order, began, end } = orderWith({ lanes: 1 });
    for (const seq of [1, 2, 3]) void order.take(arrivedOf(eventOf(seq, "busy")));
    void order.take(arrivedOf(eventOf(4, "other")));
    await end(1);
    expect(began).toEqual([1, 4]);
  });

  it("counts as handled only what has nothing unhandled before it, whatever is done after it", async () => {
    const { order, end } = orderWith();
    expect(order.handled).toBeUndefined();
    void order.take(arrivedOf(eventOf(5, "t1")));
    void order.take(arrivedOf(eventOf(6, "t2")));
    void order.take(arrivedOf(eventOf(7, "t3")));
    await end(6);
    await end(7);
    expect(order.handled).toEqual({ epoch, seq: 4 });
    await end(5);
    expect(order.handled).toEqual({ epoch, seq: 7 });
    order.pass({ epoch, seq: 9 });
    expect(order.handled).toEqual({ epoch, seq: 9 });
  });

  it("does not count as handled what was being handled when the run was stopped", async () => {
    const { order, end, stop } = orderWith();
    void order.take(arrivedOf(eventOf(5, "t1")));
    stop.abort();
    await end(5);
    expect(order.handled).toEqual({ epoch, seq: 4 });
  });

  it("asks to be waited for at its bound and not one before, and no longer once there is room", async () => {
    const { order, end } = orderWith({ limits: { events: 4, characters: 1_000 } });
    for (const seq of [1, 2, 3]) {
      expect(order.take(arrivedOf(eventOf(seq, `t${seq % 2}`)))).toBeUndefined();
    }
    const waiting = order.take(arrivedOf(eventOf(4, "t0")));
    expect(waiting).toBeInstanceOf(Promise);
    let isWaiting = true;
    void waiting?.then(() => {
      isWaiting = false;
    });
    await end(2);
    expect(isWaiting).toBe(false);
  });

  it("is bounded in characters as well", () => {
    const { order } = orderWith({ limits: { events: 100, characters: 20 } });
    expect(order.take(arrivedOf(eventOf(1, null)))).toBeUndefined();
    expect(order.take(arrivedOf(eventOf(2, null)))).toBeInstanceOf(Promise);
  });

  it("lets a stuck thread go at the bound, takes the others' events on, and reads the rest of it later", async () => {
    const all = Array.from({ length: 9 }, (_, index) => eventOf(index + 1, "stuck"));
    const asked: string[] = [];
    const page = Promise.withResolvers<EventPage>();
    const { order, began, end, notices } = orderWith({
      limits: { events: 4, characters: 1_000 },
      readPage: ({ after }) => {
        asked.push(after);
        return page.promise;
      },
    });
    for (const event of all.slice(0, 6)) {
      expect(order.take(arrivedOf(event))).toBeUndefined();
    }
    void order.take(arrivedOf(eventOf(10, "other")));
    expect(began).toEqual([1, 10]);
    await end(10);
    expect(order.handled).toEqual({ epoch, seq: 0 });
    expect(asked).toEqual([]);
    await end(1);
    expect(asked).toEqual(["e:1"]);
    expect(order.handled).toEqual({ epoch, seq: 1 });
    // The hub is ahead of what the stream has brought: 7 to 9 come again, and are passed over.
    page.resolve({ data: all.slice(1), next: null, cursor: "e:9" });
    await end(2);
    void order.take(arrivedOf(all[6]!));
    for (const seq of [3, 4, 5, 6, 7, 8, 9]) await end(seq);
    expect(began).toEqual([1, 10, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(notices).toMatchObject([
      { type: "lagging", threadId: "stuck", seq: 1, head: 4 },
      { type: "caught_up", threadId: "stuck", seq: 9 },
    ]);
    await order.idle();
    expect(order.handled).toEqual({ epoch, seq: 10 });
  });

  it("reads again after a failure, which it tells, and tells of what is gone before the events after it", async () => {
    const answers: (() => Promise<EventPage>)[] = [
      () => Promise.reject(new Error("away")),
      () =>
        Promise.resolve({
          data: [eventOf(4, "stuck")],
          next: null,
          cursor: "e:4",
          gap: { type: "gap", reason: "retention", from: "e:1", to: "e:3" },
        }),
    ];
    const { order, began, end, notices, failures, gate } = orderWith({
      limits: { events: 2, characters: 1_000 },
      readPage: () => answers.shift()!(),
    });
    for (const seq of [1, 2, 3, 4]) void order.take(arrivedOf(eventOf(seq, "stuck")));
    await end(1);
    gate(4).resolve();
    await order.idle();
    expect(began).toEqual([1, 4]);
    expect(failures).toMatchObject([{ reason: "catch_up" }]);
    expect(notices).toMatchObject([
      { type: "lagging" },
      { type: "gap", threadId: "stuck", reason: "retention", from: "e:1", to: "e:3" },
      { type: "caught_up" },
    ]);
  });

  it("ends the catching up of a thread when the hub has begun to number anew", async () => {
    const { order, end } = orderWith({
      limits: { events: 2, characters: 1_000 },
      readPage: async () => ({ data: [], next: null, cursor: "f:0" }),
    });
    for (const seq of [1, 2, 3]) void order.take(arrivedOf(eventOf(seq, "stuck")));
    await end(1);
    await order.idle();
    order.pass({ epoch: "f", seq: 0 });
    expect(order.handled).toEqual({ epoch: "f", seq: 0 });
  });

  it("handles every event once, in the order of its thread, never too many threads at a time, and never counts past an unhandled one", async () => {
    const frame = fc.record({
      threadId: fc.constantFrom("t1", "t1", "t1", "t2", "t3", null),
      hasView: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.scheduler(),
        async (frames, lanes, events, pageSize, scheduler) => {
          const journal = frames.map(({ threadId, hasView }, index) => {
            const event = eventOf(index + 1, threadId);
            return hasView ? [event, { ...event, type: "view" }] : [event];
          });
          const nameOf = ({ seq, type }: StreamEvent) => `${seq} ${type}`;
          const handled: StreamEvent[] = [];
          const names = new Set<string>();
          const running = new Set<string | null>();
          const check = () => {
            const upTo = order.handled?.seq ?? 0;
            for (const event of journal.slice(0, upTo).flat()) {
              expect(names).toContain(nameOf(event));
            }
          };
          const order = new ThreadOrder({
            lanes,
            limits: { events, characters: 1_000_000 },
            signal: new AbortController().signal,
            handle: async ({ event }) => {
              expect(running).not.toContain(event.threadId);
              running.add(event.threadId);
              expect(running.size).toBeLessThanOrEqual(lanes);
              await scheduler.schedule(Promise.resolve(), nameOf(event));
              running.delete(event.threadId);
              handled.push(event);
              names.add(nameOf(event));
              return true;
            },
            onHandled: check,
            tell: async () => undefined,
            readPage: async ({ threadId, after }) => {
              const from = parseCursor(after).seq;
              const data = journal
                .slice(from, from + pageSize)
                .flat()
                .filter((event) => event.threadId === threadId || event.threadId === null);
              const cursor = formatCursor({
                epoch,
                seq: Math.min(from + pageSize, journal.length),
              });
              await scheduler.schedule(Promise.resolve(), `page ${after}`);
              return { data, next: null, cursor };
            },
            wantedTypes: () => undefined,
            onHandlerError: ({ error }) => {
              throw error;
            },
          });
          const fed = (async () => {
            for (const group of journal) {
              for (const event of group) {
                // A view comes under the seq of its event, which is complete only with what follows.
                await order.take(arrivedOf(event, event.seq - 1));
                await scheduler.schedule(Promise.resolve(), "next frame");
              }
            }
            order.pass({ epoch, seq: journal.length });
            await order.idle();
          })();
          await scheduler.waitFor(fed);
          for (const threadId of ["t1", "t2", "t3", null]) {
            const mine = (event: StreamEvent) => event.threadId === threadId;
            expect(handled.filter(mine).map(nameOf)).toEqual(
              journal.flat().filter(mine).map(nameOf),
            );
          }
          expect(order.handled).toEqual({ epoch, seq: journal.length });
        },
      ),
      { numRuns: 100 },
    );
  });
});
