/** Handlers that outlive their process: cursors in a store, against a hub that cuts and renumbers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type CursorStore, memoryCursorStore, type SignalboxOptions } from "@signalbox/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openFaultyWorld } from "./faulty-world.ts";

const world = await openFaultyWorld();
const { hub } = world;

function connect(options: Partial<SignalboxOptions> = {}) {
  const client = world.connect(options);
  /** Resolves when an event of this type has come to its handler. */
  const handled = (type: string) =>
    new Promise<number>((resolve) => client.box.onEvent(type, ({ seq }) => resolve(seq)));
  return { ...client, handled };
}

/** A store that tells of every save. */
function watched(start?: string) {
  const store = memoryCursorStore();
  if (start !== undefined) void store.save("*", start);
  const saves: string[] = [];
  const waiting = new Map<string, () => void>();
  const watchedStore: CursorStore = {
    load: (key) => store.load(key),
    save: async (key, cursor) => {
      await store.save(key, cursor);
      saves.push(cursor);
      waiting.get(cursor)?.();
    },
  };
  const saved = (cursor: string) =>
    saves.includes(cursor)
      ? Promise.resolve()
      : new Promise<void>((resolve) => waiting.set(cursor, resolve));
  return { store: watchedStore, saves, saved };
}

describe("a cursor store", () => {
  test("brings to the next run what came while none was, from the very first run on", async () => {
    await hub.append("before.the.first.run");
    const store = memoryCursorStore();
    const first = connect();
    const connected = first.next("connected");
    const running = first.box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await connected;
    world.stop.abort();
    await running;
    await hub.append("a.while", "a.away");

    const second = connect();
    const seen: string[] = [];
    second.box.onEventPrefix("", ({ seq, type }) => seen.push(`${seq} ${type}`));
    const caught = second.handled("a.away");
    world.renewStop();
    void second.box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await caught;
    expect(seen).toEqual(["2 a.while", "3 a.away"]);
  });

  test("has all that was handled when the run resolves, and not what a handler was at", async () => {
    await hub.append("a.one", "a.two", "a.three");
    const { store, saves } = watched("e1:0");
    const { box } = connect();
    const began = Promise.withResolvers<void>();
    box.onEvent("a.one", () => undefined);
    box.onEvent("a.two", () => {
      throw new Error("failed, and so done with");
    });
    box.onEvent("a.three", () => {
      began.resolve();
      return new Promise(() => undefined);
    });
    const running = box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await began.promise;
    world.stop.abort();
    await running;
    expect(saves.at(-1)).toBe("e1:2");
    expect(await store.load("*")).toBe("e1:2");
  });

  test("learns how far the stream has come while nothing concerns the run", async () => {
    const { store, saved } = watched();
    const { box, next } = connect({
      stream: { times: { pingInterval: 5, livenessDeadline: 5_000 } },
    });
    box.onEvent("rare", () => undefined);
    const connected = next("connected");
    void box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await connected;
    await saved("e1:0");
    await hub.append("often", "often", "often");
    await saved("e1:3");
    expect((await hub.tell({ do: "report" })).pings).toBe(0);
  });

  test("does not pass an event before the views that follow it are handled too", async () => {
    const events = await hub.append("a.item", "transcript_updated");
    expect(events.map(({ seq }) => seq)).toEqual([1, 1]);
    const { store, saved } = watched("e1:0");
    const first = connect();
    const began = Promise.withResolvers<void>();
    const item = first.handled("a.item");
    first.box.onEvent("transcript_updated", () => {
      began.resolve();
      return new Promise(() => undefined);
    });
    const running = first.box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await item;
    await began.promise;
    world.stop.abort();
    await running;
    expect(await store.load("*")).toBe("e1:0");

    world.renewStop();
    const second = connect();
    const seen: string[] = [];
    second.box.onEvent("a.item", ({ type }) => seen.push(type));
    second.box.onEvent("transcript_updated", ({ type }) => seen.push(type));
    const again = second.box.stream.runForever({ cursor: store, signal: world.stop.signal });
    // Known by the frame that tells that the hub has sent all there is.
    await saved("e1:1");
    world.stop.abort();
    await again;
    expect(seen).toEqual(["a.item", "transcript_updated"]);
  });

  test("is told of a new numbering as a gap, and goes on in it", async () => {
    await hub.append("a.old");
    const { store, saved } = watched("e1:1");
    await hub.newEpoch("e2");
    const { box, next, handled } = connect();
    const gap = next("gap");
    const fresh = handled("a.new");
    void box.stream.runForever({ cursor: store, signal: world.stop.signal });
    expect(await gap).toMatchObject({ reason: "epoch_changed", from: "e1:1", to: "e2:0" });
    await hub.append("a.new");
    expect(await fresh).toBe(1);
    await saved("e2:1");
  });

  test("keeps a key for each thread, or the one that is named", async () => {
    const keys: string[] = [];
    const store = { load: (key: string) => void keys.push(key), save: () => undefined };
    world.stop.abort();
    const { box } = connect();
    const threadId = "01990000-0000-7000-8000-0000000000a1";
    for (const options of [{}, { threadId }, { threadId, cursorKey: "mine" }]) {
      await box.stream.runForever({ ...options, cursor: store, signal: world.stop.signal });
    }
    expect(keys).toEqual(["*", threadId, "mine"]);
  });

  test("rejects the run when it can't be read or holds no cursor, and is left at once when it hangs", async () => {
    const { box } = connect();
    const fault = new Error("unreadable");
    const run = (load: CursorStore["load"], signal?: AbortSignal) =>
      box.stream.runForever({
        cursor: { load, save: () => undefined },
        ...(signal === undefined ? {} : { signal }),
      });
    await expect(run(() => Promise.reject(fault))).rejects.toBe(fault);
    await expect(run(() => "nonsense")).rejects.toMatchObject({ code: "invalid_cursor" });
    const hanging = run(() => new Promise(() => undefined), world.stop.signal);
    world.stop.abort();
    await hanging;
  });

  test("that fails to save is reported, and the run goes on", async () => {
    await hub.append("a.one");
    const { box, handled, failures } = connect();
    const tried = Promise.withResolvers<void>();
    const store = {
      load: () => "e1:0",
      save: () => {
        tried.resolve();
        throw new Error("disk full");
      },
    };
    const one = handled("a.one");
    const two = handled("a.two");
    const running = box.stream.runForever({ cursor: store, signal: world.stop.signal });
    await one;
    await tried.promise;
    await hub.append("a.two");
    await two;
    world.stop.abort();
    await running;
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]).toMatchObject({ reason: "cursor_store", event: null });
  });

  test("counts an event of a loop as handled when the next one is asked for", async () => {
    await hub.append("a.1", "a.2", "a.3");
    const { store } = watched("e1:0");
    const { box } = connect();
    const read = async (upTo: string) => {
      const seen: string[] = [];
      for await (const { type } of box.stream.events({
        cursor: store,
        signal: world.stop.signal,
      })) {
        seen.push(type);
        if (type === upTo) break;
      }
      return seen;
    };
    expect(await read("a.2")).toEqual(["a.1", "a.2"]);
    expect(await store.load("*")).toBe("e1:1");
    expect(await read("a.3")).toEqual(["a.2", "a.3"]);
  });
});

test("a cursor kept by hand goes on with the views of its event, and not with the event again", async () => {
  await hub.append("a.item", "transcript_updated", "approval", "a.next");
  const first = connect();
  const kept = new Promise<string>((resolve) => {
    first.box.onEvent("a.item", (_payload, { cursor }) => resolve(cursor));
  });
  void first.box.stream.runForever({ cursor: "e1:0", signal: world.stop.signal });
  const cursor = await kept;
  world.stop.abort();

  world.renewStop();
  const second = connect();
  const seen: string[] = [];
  const next = second.handled("a.next");
  for (const type of ["a.item", "transcript_updated", "approval", "a.next"]) {
    second.box.onEvent(type, (event) => void seen.push(event.type));
  }
  void second.box.stream.runForever({ cursor, signal: world.stop.signal });
  await next;
  expect(seen).toEqual(["transcript_updated", "approval", "a.next"]);
});

describe("a program killed again and again", () => {
  test.each(["global", "thread"] as const)(
    "handles every event and every view of it at least once, killed and cut between any two of them, under the ordering %s",
    async (ordering) => {
      const views = ["transcript_updated", "approval", "approval_resolved"];
      const journals = fc.array(fc.record({ thread: fc.nat(2), views: fc.nat(3) }), {
        minLength: 2,
        maxLength: 12,
        size: "max",
      });
      const kills = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 });
      // Fewer would never bring an event, its views and those before it in one piece.
      const cuts = fc.integer({ min: 8, max: 16 });
      let round = 0;
      await fc.assert(
        fc.asyncProperty(journals, kills, cuts, async (journal, lives, cutAfter) => {
          const epoch = `k${++round}`;
          await hub.newEpoch(epoch);
          await hub.tell({ do: "faults", faults: { cutAfter } });
          const names = journal.flatMap(({ thread, views: count }) =>
            ["a.item", ...views.slice(0, count)].map((type) => `${type}@t${thread}`),
          );
          const all = (await hub.append(...names)).map(({ seq, type }) => `${seq} ${type}`);
          const { store, saved } = watched(`${epoch}:0`);
          const handled = new Set<string>();
          /** Runs until so many are handled; what it would do then is not done any more. */
          const live = async (until: number) => {
            const end = new AbortController();
            let left = until;
            const { box } = connect();
            for (const type of ["a.item", ...views]) {
              box.onEvent(type, async ({ seq }) => {
                await new Promise((resolve) => setImmediate(resolve));
                if (left <= 0) return;
                handled.add(`${seq} ${type}`);
                left -= 1;
                if (left === 0) end.abort();
              });
            }
            const running = box.stream.runForever({
              cursor: {
                load: (key) => store.load(key),
                save: (key, cursor) => (left > 0 ? store.save(key, cursor) : undefined),
              },
              ordering,
              signal: AbortSignal.any([end.signal, world.stop.signal]),
            });
            await Promise.race([running, saved(`${epoch}:${journal.length}`)]);
            end.abort();
            await running;
          };
          for (const life of lives) await live(life);
          await live(Number.POSITIVE_INFINITY);
          expect(all.filter((each) => !handled.has(each))).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
    60_000,
  );

  test.each(["global", "thread"])(
    "handles every event at least once, under the ordering %s",
    async (ordering) => {
      const folder = await mkdtemp(join(tmpdir(), "signalbox-handling-"));
      const count = 300;
      await hub.append(...Array.from({ length: count }, (_, i) => `a.${i}@t${(i * 7) % 5}`));
      const program = fileURLToPath(new URL("./programs/handling.ts", import.meta.url));
      const args = [program, hub.url, hub.token, join(folder, "cursors.json"), ordering];
      const handled = new Set<number>();
      const runs: number[][] = [];
      while (handled.size < count) {
        // Killed after ever more events, so that it comes to the end however seldom cursors are kept.
        const last = String(20 + 40 * runs.length);
        const child = spawn(process.execPath, ["--conditions=@signalbox/source", ...args, last], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const exited = once(child, "exit");
        const seen: number[] = [];
        for await (const line of createInterface({ input: child.stdout })) {
          seen.push(Number(line));
          handled.add(Number(line));
          if (handled.size === count) child.kill("SIGKILL");
        }
        await exited;
        runs.push(seen);
      }
      await rm(folder, { recursive: true });
      expect(runs.length).toBeGreaterThan(3);
      // Nothing was skipped: whatever a run saw first had been handled up to there.
      const known = new Set<number>();
      for (const seen of runs) {
        for (let thread = 0; thread < 5; thread += 1) {
          const mine = seen.filter(
            (seq) => ordering === "global" || ((seq - 1) * 7) % 5 === thread,
          );
          expect(mine).toEqual(mine.toSorted((one, other) => one - other));
        }
        const before = Array.from({ length: Math.min(...seen) - 1 }, (_, index) => index + 1);
        expect(before.filter((seq) => !known.has(seq))).toEqual([]);
        for (const seq of seen) known.add(seq);
      }
    },
    60_000,
  );
});
