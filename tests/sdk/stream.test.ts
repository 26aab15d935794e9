/** The stream against a hub that cuts, doubles, hangs and refuses on demand. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Signalbox } from "@signalbox/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FaultyHub } from "./faulty-hub/commands.ts";
import { openFaultyWorld } from "./faulty-world.ts";

const world = await openFaultyWorld();
const { hub, connect } = world;

/** Collects what handlers get; `reached` resolves at the event of this seq and type. */
function collector(box: Signalbox, prefix = "") {
  const seen: string[] = [];
  const waiting = new Map<string, () => void>();
  box.onEventPrefix(prefix, (event) => {
    const name = `${event.seq} ${event.type}`;
    seen.push(name);
    waiting.get(name)?.();
  });
  const reached = (name: string) =>
    seen.includes(name)
      ? Promise.resolve()
      : new Promise<void>((resolve) => waiting.set(name, resolve));
  return { seen, reached };
}

const named = (events: readonly { seq: number; type: string }[]) =>
  events.map(({ seq, type }) => `${seq} ${type}`);

describe("runForever", () => {
  test("hands over each event once and in order, however often the socket is cut or events come twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.subarray(["view_x", "view_y"]), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (views, cutAfter, isDoubling) => {
          await hub.newEpoch("e1");
          const events = await hub.append(...views.flatMap((names) => ["a.b", ...names]));
          // Each connection gets two events at least beyond a repeated one, else it would never move on.
          await hub.tell({ do: "faults", faults: { cutAfter: cutAfter + 3, isDoubling } });
          const { box } = connect();
          const { seen, reached } = collector(box);
          const run = new AbortController();
          const running = box.stream.runForever({ cursor: "e1:0", signal: run.signal });
          await reached(named(events).at(-1)!);
          run.abort();
          await running;
          expect(seen).toEqual(named(events));
        },
      ),
      { numRuns: 25 },
    );
  });

  test("without a cursor starts with what comes now, and loses nothing to a cut before the first event", async () => {
    await hub.append("before.start");
    const { box, next } = connect({ stream: { times: { connectDeadline: 20 } } });
    const { seen, reached } = collector(box);
    const connected = next("connected");
    void box.stream.runForever({ signal: world.stop.signal });
    await connected;
    await hub.tell({ do: "faults", faults: { isHangingUpgrades: true } });
    const cut = next("disconnected");
    await hub.tell({ do: "cut" });
    await cut;
    await hub.append("while.away");
    await hub.tell({ do: "faults", faults: {} });
    await reached("2 while.away");
    expect(seen).toEqual(["2 while.away"]);
  });

  test("asks for exactly the types its handlers need, and for others as handlers come and go", async () => {
    const { box, next } = connect();
    box.onEvent("a.b", () => undefined);
    const connected = next("connected");
    const threadId = "01990000-0000-7000-8000-0000000000a1";
    void box.stream.runForever({ threadId, signal: world.stop.signal });
    await connected;
    const removal = box.onAppServerRequest("item.tool.call", () => undefined);
    await Promise.resolve();
    removal();
    await Promise.resolve();
    const late = collector(box, "late.");
    await Promise.resolve();
    // Its answer orders this after the subscriptions, which are frames of the same socket.
    const { subscriptions } = await settled(
      (report) => report.subscriptions.at(-1)?.types?.length === 2,
    );
    expect(subscriptions.slice(-4)).toEqual([
      { type: "subscribe", threadId, types: ["a.b"] },
      { type: "subscribe", threadId, types: ["a.b", "app_server.request.item.tool.call"] },
      { type: "subscribe", threadId, types: ["a.b"] },
      { type: "subscribe", threadId, types: ["a.b", "late.*"] },
    ]);
    await hub.append("late.one");
    void late;
  });

  test("ignores what an earlier filter lets through before its own is confirmed", async () => {
    const stray = { type: "a.stray", threadId: null, payload: null, seq: 900, at: 0 };
    await hub.tell({ do: "faults", faults: { beforeSubscribed: [stray] } });
    const events = await hub.append("a.b", "a.c");
    const { box } = connect();
    const { seen, reached } = collector(box);
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await reached("2 a.c");
    expect(seen).toEqual(named(events));
  });

  test("lets go of the socket when handlers fall behind, holds a bounded number of events, and loses none", async () => {
    const events = await hub.append(...Array.from({ length: 500 }, (_, index) => `a.${index}`));
    const { box, notices } = connect({
      stream: { inbox: { events: 20 }, backoff: { base: 1, cap: 5 } },
    });
    const seen: string[] = [];
    const done = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    box.onEventPrefix("a.", async ({ seq, type }) => {
      if (seq === 1) await gate.promise;
      // A macrotask for each event is what lets the socket outrun the handler.
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${seq} ${type}`);
      if (seq === 500) done.resolve();
    });
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    // While the handler waits at the first event, the socket is given up and stays so.
    await settled(
      (report) =>
        report.open === 0 &&
        report.connections > 0 &&
        notices.some(({ type }) => type === "disconnected"),
    );
    const lettingGo = notices.filter((notice) => notice.type === "disconnected");
    expect(lettingGo).toMatchObject([{ reason: "backpressure", retryIn: null }]);
    gate.resolve();
    await done.promise;
    expect(seen).toEqual(named(events));
    expect(notices.filter(({ type }) => type === "connected").length).toBeLessThan(80);
  });

  test("goes on when a handler throws, hangs past its deadline or rejects, and reports each once", async () => {
    await hub.append("a.throws", "a.hangs", "a.last");
    const { box, failures } = connect({ handlerDeadline: 20 });
    const last = Promise.withResolvers<void>();
    box.onEvent("a.throws", () => {
      throw new Error("fault");
    });
    box.onEvent("a.hangs", () => new Promise(() => undefined));
    box.onEvent("a.last", () => last.resolve());
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await last.promise;
    expect(failures.map(({ reason, handler }) => [reason, handler])).toEqual([
      ["threw", 'onEvent("a.throws")'],
      ["deadline", 'onEvent("a.hangs")'],
    ]);
  });

  test("reads and pings on while a handler takes its time", async () => {
    await hub.append("a.slow");
    const { box } = connect({ stream: { times: { pingInterval: 5, livenessDeadline: 150 } } });
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    box.onEvent("a.slow", () => {
      began.resolve();
      return gate.promise;
    });
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await began.promise;
    const { pings, connections } = await hub.tell({ do: "report" });
    // Twice the liveness deadline at least: only frames that are read keep the connection.
    const later = await settled((report) => report.pings >= pings + 60);
    expect(later.connections).toBe(connections);
    gate.resolve();
  });

  test("gives up a connection that falls silent, and resumes on a new one", async () => {
    const { box, next, notices } = connect({
      stream: { times: { pingInterval: 10, livenessDeadline: 150, connectDeadline: 1_000 } },
    });
    const { seen, reached } = collector(box);
    const connected = next("connected");
    void box.stream.runForever({ signal: world.stop.signal });
    await connected;
    const gone = next("disconnected");
    await hub.tell({ do: "faults", faults: { isSilent: true } });
    await gone;
    await hub.append("a.b");
    await hub.tell({ do: "faults", faults: {} });
    await reached("1 a.b");
    const reasons = notices
      .filter((notice) => notice.type === "disconnected")
      .map(({ reason }) => reason);
    expect(reasons[0]).toBe("silent");
    expect(seen).toEqual(["1 a.b"]);
  });

  test("gives up a connection that does not come about in time", async () => {
    await hub.tell({ do: "faults", faults: { isHangingUpgrades: true } });
    const { box, next, notices } = connect({ stream: { times: { connectDeadline: 20 } } });
    const gone = next("disconnected");
    void box.stream.runForever({ signal: world.stop.signal });
    await gone;
    expect(notices[0]).toMatchObject({
      reason: "connect_timeout",
      error: { code: "hub_unreachable" },
    });
    expect(notices[0]).toHaveProperty("retryIn", expect.any(Number));
  });

  test("tells of a gap in its place among the events, and the next event waits for who listens", async () => {
    await hub.append("a.old", "a.new");
    await hub.tell({ do: "faults", faults: { oldest: 2 } });
    const { box } = connect();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    box.onConnection(async (notice) => {
      if (notice.type !== "gap") return;
      log.push(`${notice.reason} ${notice.from} ${notice.to}`);
      told.resolve();
      await gate.promise;
      log.push("snapshot taken");
    });
    box.onEvent("a.new", () => {
      log.push("a.new");
      done.resolve();
    });
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await told.promise;
    await hub.tell({ do: "report" });
    expect(log).toHaveLength(1);
    gate.resolve();
    await done.promise;
    expect(log).toEqual(["retention e1:0 e1:1", "snapshot taken", "a.new"]);
  });

  test("goes on in a new epoch, whose positions are lower", async () => {
    await hub.append("a.1", "a.2", "a.3");
    const { box, notices } = connect();
    const { seen, reached } = collector(box);
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await reached("3 a.3");
    await hub.newEpoch("e2");
    await hub.append("b.1");
    await reached("1 b.1");
    expect(seen).toEqual(["1 a.1", "2 a.2", "3 a.3", "1 b.1"]);
    expect(notices.filter(({ type }) => type === "gap")).toMatchObject([
      { reason: "epoch_changed" },
    ]);
  });

  test("skips a frame it does not know and tells of it", async () => {
    const { box, next, notices } = connect();
    const { reached } = collector(box);
    const connected = next("connected");
    void box.stream.runForever({ signal: world.stop.signal });
    await connected;
    await hub.tell({ do: "send", text: '{"type":"of_next_year"}' });
    await hub.append("a.b");
    await reached("1 a.b");
    expect(notices.map(({ type }) => type)).toEqual(["connected", "unreadable"]);
  });

  test("tells of control frames to who asks for them, and never to handlers", async () => {
    await hub.append("a.b");
    const { box } = connect({ stream: { times: { pingInterval: 5, livenessDeadline: 5_000 } } });
    const { seen, reached } = collector(box);
    const frames: string[] = [];
    const ponged = Promise.withResolvers<void>();
    const remove = box.onControlFrame(({ type }) => {
      frames.push(type);
      if (type === "pong") ponged.resolve();
    });
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await reached("1 a.b");
    await ponged.promise;
    remove();
    remove();
    expect(frames.slice(0, 4)).toEqual(["ready", "subscribed", "caught_up", "pong"]);
    expect(seen).toEqual(["1 a.b"]);
  });

  test("rejects when its token is refused or its cursor is none", async () => {
    const { box } = connect({ token: "wrong" });
    await expect(box.stream.runForever()).rejects.toMatchObject({ code: "unauthorized" });
    const { box: good } = connect();
    await expect(good.stream.runForever({ cursor: "nonsense" })).rejects.toMatchObject({
      code: "invalid_cursor",
    });
  });

  test("waits for a hub that is not there yet", async () => {
    await hub.tell({ do: "faults", faults: { refuse: "hub_closing" } });
    const { box, next, notices } = connect();
    const { reached } = collector(box);
    const refused = next("disconnected");
    const connected = next("connected");
    void box.stream.runForever({ signal: world.stop.signal });
    await refused;
    await hub.tell({ do: "faults", faults: {} });
    await connected;
    await hub.append("a.b");
    await reached("1 a.b");
    expect(notices[0]).toMatchObject({ reason: "unreachable", error: { code: "hub_closing" } });
  });

  test("resolves at once when aborted while it sleeps, while it connects, and while a handler runs", async () => {
    await hub.append("a.b");
    const { box, next } = connect();
    const began = Promise.withResolvers<AbortSignal>();
    box.onEvent("a.b", (_event, { signal }) => {
      began.resolve(signal);
      return new Promise(() => undefined);
    });
    const handling = new AbortController();
    const running = box.stream.runForever({ cursor: "e1:0", signal: handling.signal });
    const handlerSignal = await began.promise;
    handling.abort("stop");
    await running;
    expect(handlerSignal.reason).toBe("stop");

    await hub.tell({ do: "faults", faults: { isHangingUpgrades: true } });
    const connecting = new AbortController();
    const opening = box.stream.runForever({ signal: connecting.signal });
    connecting.abort();
    await opening;

    await hub.tell({ do: "faults", faults: { refuse: "hub_closing" } });
    const sleepy = connect({ stream: { backoff: { base: 3_600_000, cap: 3_600_000 } } });
    const refused = sleepy.next("disconnected");
    const sleeping = new AbortController();
    const asleep = sleepy.box.stream.runForever({ signal: sleeping.signal });
    await refused;
    sleeping.abort();
    await asleep;

    const before = new AbortController();
    before.abort();
    await box.stream.runForever({ signal: before.signal });
    void next;
  });

  test("leaves nothing behind that would keep a program alive", async () => {
    await hub.tell({ do: "faults", faults: { refuse: "hub_closing" } });
    const program = new URL("./programs/aborted-while-asleep.ts", import.meta.url).pathname;
    const args = ["--conditions=@signalbox/source", program, hub.url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 10_000 });
    expect(stdout).toBe("resolved\n");
  });

  test("ends when the client is closed, and leaves no socket behind", async () => {
    const { box, next } = connect();
    const connected = next("connected");
    const running = box.stream.runForever();
    await connected;
    await box.close();
    await box.close();
    await running;
    await settled((report) => report.open === 0);
  });

  test("hands everything to an injected router, and goes on when that rejects", async () => {
    const events = await hub.append("a.b", "c.d");
    const seen: string[] = [];
    const done = Promise.withResolvers<void>();
    const { box, failures } = connect({
      streamRouter: {
        add: () => () => undefined,
        dispatch: async (event) => {
          seen.push(`${event.seq} ${event.type}`);
          if (event.seq === 2) done.resolve();
          else throw new Error("router fault");
        },
      },
    });
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await done.promise;
    expect(seen).toEqual(named(events));
    expect(failures).toMatchObject([{ reason: "router" }]);
    expect((await hub.tell({ do: "report" })).subscriptions.at(-1)).not.toHaveProperty("types");
  });

  test("is not held by an injected router that never settles, once aborted", async () => {
    await hub.append("a.b");
    const began = Promise.withResolvers<void>();
    const { box } = connect({
      streamRouter: {
        add: () => () => undefined,
        dispatch: () => {
          began.resolve();
          return new Promise(() => undefined);
        },
      },
    });
    const running = box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await began.promise;
    world.stop.abort();
    await running;
  });

  test("takes in handlers registered between its request to subscribe and the answer", async () => {
    const { subscriptions } = await hub.tell({
      do: "faults",
      faults: { isHoldingSubscriptions: true },
    });
    const { box } = connect();
    box.onEvent("a.b", () => undefined);
    void box.stream.runForever({ signal: world.stop.signal });
    await settled((report) => report.subscriptions.length > subscriptions.length);
    const { reached } = collector(box, "late.");
    await Promise.resolve();
    await hub.tell({ do: "faults", faults: {} });
    await settled((report) => report.subscriptions.at(-1)?.types?.includes("late.*") ?? false);
    await hub.append("late.one");
    await reached("1 late.one");
  });

  test("does not bring up the past for a handler registered later, not even after a cut", async () => {
    const { box, next } = connect();
    box.onEvent("rare", () => undefined);
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await next("connected");
    await hub.append("often", "often");
    const { seen, reached } = collector(box, "often");
    await settled((report) => report.subscriptions.at(-1)?.types?.includes("often*") ?? false);
    await hub.append("often");
    await reached("3 often");
    const cut = next("disconnected");
    await hub.tell({ do: "cut" });
    await cut;
    await hub.append("often");
    await reached("4 often");
    expect(seen).toEqual(["3 often", "4 often"]);
  });

  test("does not bring up the past after a cut before the late handler's first event either", async () => {
    const { box, next } = connect();
    box.onEvent("rare", () => undefined);
    void box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
    await next("connected");
    await hub.append("often", "often");
    const { seen, reached } = collector(box, "often");
    await settled((report) => report.subscriptions.at(-1)?.types?.includes("often*") ?? false);
    // The answer to the subscription is on the wire before this frame, which the client tells of.
    const unreadable = next("unreadable");
    await hub.tell({ do: "send", text: "{}" });
    await unreadable;
    const cut = next("disconnected");
    await hub.tell({ do: "cut" });
    await cut;
    await hub.append("often");
    await reached("3 often");
    expect(seen).toEqual(["3 often"]);
  });
});

describe("events", () => {
  test("gives the same events to a loop, with cuts between, and closes when the loop is left", async () => {
    const events = await hub.append("a.1", "b.1", "a.2", "a.3", "a.4", "a.5");
    await hub.tell({ do: "faults", faults: { cutAfter: 3 } });
    const { box } = connect();
    const seen: string[] = [];
    const reader = box.stream.events({ cursor: "e1:0", types: ["a.*"], signal: world.stop.signal });
    for await (const event of reader) {
      seen.push(`${event.seq} ${event.type}`);
      if (event.type === "a.5") break;
    }
    expect(seen).toEqual(named(events).filter((name) => name.includes("a.")));
    expect(reader.cursor).toBe("e1:6");
    await settled((report) => report.open === 0);
  });

  test("gives nothing more once aborted, not even what was received", async () => {
    await hub.append("a.1", "a.2", "a.3");
    const { box, next } = connect();
    const caughtUp = await hub.tell({ do: "report" });
    const reader = box.stream.events({ cursor: "e1:0", signal: world.stop.signal });
    const connected = next("connected");
    await connected;
    expect((await reader.next()).value?.type).toBe("a.1");
    await settled((report) => report.subscriptions.length > caughtUp.subscriptions.length);
    world.stop.abort();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test("ends when aborted and rejects when refused", async () => {
    const { box } = connect();
    const reader = box.stream.events({ signal: world.stop.signal });
    const waiting = reader.next();
    world.stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const { box: refused } = connect({ token: "wrong" });
    await expect(refused.stream.events().next()).rejects.toMatchObject({ code: "unauthorized" });
  });
});

/** Asks the hub until its report is as wanted; the test's timeout bounds it. */
async function settled(wanted: (report: Awaited<ReturnType<FaultyHub["tell"]>>) => boolean) {
  for (;;) {
    const report = await hub.tell({ do: "report" });
    if (wanted(report)) return report;
  }
}
