/** Watching a session by calls that end, on the real codex. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { operations, type StreamEvent } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newSessionRow, openHubState } from "../../fixtures/hub-state.ts";
import { call, callRaw, createHubWorld, type HubWorld } from "../../fixtures/hub-world.ts";
import { toNewEvent } from "../journal/event.ts";
import { SessionWatch } from "./session-watch.ts";

const never = new AbortController().signal;

/** Watching over a real journal, with a count of who listens. */
async function watchState() {
  const state = await openHubState();
  const row = newSessionRow();
  await state.roster.add(row);
  let listening = 0;
  const heard: (() => void)[] = [];
  const watch = new SessionWatch({
    events: {
      onAppended(listener) {
        listening += 1;
        for (const tell of heard.splice(0)) tell();
        const leave = state.events.onAppended(listener);
        let isListening = true;
        return () => {
          if (isListening) listening -= 1;
          isListening = false;
          leave();
        };
      },
    },
    roster: state.roster,
    source: { journal: state.journal, isHidden: () => false },
    closing: never,
  });
  const happen = (
    n: number,
    threadId: string | null = row.id,
    type = "app_server.item.completed",
  ) => state.events.append([toNewEvent(type, threadId, { n }, n)]);
  return {
    watch: (input: object, signal: AbortSignal = never) =>
      watch.watch({ sessionId: row.id, limit: 20, timeoutMs: 25_000, ...input }, signal),
    happen,
    row,
    state,
    get listening() {
      return listening;
    },
    /** Resolves when somebody begins to listen. */
    begun: () => new Promise<void>((resolve) => heard.push(resolve)),
    [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
  };
}

const numbers = (events: readonly StreamEvent[]) =>
  events.map(({ payload }) => (payload as { n: number }).n);

test("however calls and events come between one another, each event is given once and in order", async () => {
  const step = fc.oneof(
    fc.record({ happen: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ ask: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ elsewhere: fc.constant(true) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { size: "max", maxLength: 20 }), async (steps) => {
      await using world = await watchState();
      let { next } = await world.watch({ timeoutMs: 0 });
      const got: number[] = [];
      const happening: Promise<unknown>[] = [];
      let n = 0;
      for (const each of steps) {
        if ("happen" in each) {
          for (let i = 0; i < each.happen; i += 1) happening.push(world.happen(++n));
        } else if ("elsewhere" in each) {
          happening.push(world.happen(0, "another"));
        } else {
          const answer = await world.watch({ after: next, limit: each.ask, timeoutMs: 0 });
          expect(answer.events.length).toBeLessThanOrEqual(each.ask);
          expect(answer.timedOut).toBe(answer.events.length < each.ask);
          got.push(...numbers(answer.events));
          next = answer.next;
        }
      }
      await Promise.all(happening);
      const rest = await world.watch({ after: next, limit: 200, timeoutMs: 0 });
      expect([...got, ...numbers(rest.events)]).toEqual(Array.from({ length: n }, (_, i) => i + 1));
      expect(world.listening).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test("a call waits until there are as many events as were asked for, and then listens no more", async () => {
  await using world = await watchState();
  const begun = world.begun();
  const answer = world.watch({ limit: 2 });
  await begun;
  expect(world.listening).toBe(1);
  await world.happen(1);
  await world.happen(0, "another");
  await world.happen(2);
  await world.happen(3);
  const { events, next, timedOut } = await answer;
  expect(numbers(events)).toEqual([1, 2]);
  expect(timedOut).toBe(false);
  expect(world.listening).toBe(0);
  expect(numbers((await world.watch({ after: next, timeoutMs: 0 })).events)).toEqual([3]);
});

test("only the types that were named count, and what concerns every session among them", async () => {
  await using world = await watchState();
  await world.happen(1);
  const { next } = await world.watch({ timeoutMs: 0 });
  const begun = world.begun();
  const answer = world.watch({ after: next, limit: 2, types: ["runtime.*", "session.updated"] });
  await begun;
  await world.happen(2);
  await world.happen(3, null, "runtime.exited");
  await world.state.roster.update(world.row.id, { title: "New" });
  expect((await answer).events.map(({ type }) => type)).toEqual([
    "runtime.exited",
    "session.updated",
  ]);
});

test("time that is over, a caller who has gone and a session that is gone end it, and nobody listens", async () => {
  await using world = await watchState();
  expect(await world.watch({ timeoutMs: 1 })).toMatchObject({ events: [], timedOut: true });
  const gone = new AbortController();
  const begun = world.begun();
  const answer = world.watch({}, gone.signal);
  await begun;
  gone.abort();
  await expect(answer).rejects.toMatchObject({ code: "aborted" });
  await expect(world.watch({}, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
  await expect(world.watch({ after: "elsewhere" })).rejects.toMatchObject({
    code: "invalid_cursor",
  });
  await world.state.roster.bury(world.row.id);
  await expect(world.watch({})).rejects.toMatchObject({ code: "session_deleted" });
  expect(world.listening).toBe(0);
});

test("what can't be replayed is said at once, with where to go on", async () => {
  await using world = await watchState();
  await world.happen(1);
  const { journal } = world.state;
  const answer = await world.watch({ after: "another:7" });
  expect(answer).toMatchObject({
    events: [],
    timedOut: false,
    next: `${journal.epoch}:${journal.head}`,
    gap: { reason: "epoch_changed", from: "another:7" },
  });
});

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("over HTTP a turn is followed call by call, types and all, as the stream tells it", async () => {
  const { hub, model } = world;
  const { sessionId } = (await call(hub, operations["sessions.create"], {})).session;
  await call(hub, operations["sessions.rename"], { sessionId, handle: "@watched" });
  model.when(sessionId).turn(text([gate("go"), "one", "two"]));
  const watch = (input: object) =>
    call(hub, operations["sessions.watch"], { sessionId: "@watched", ...input });
  const start = await watch({ timeoutMs: 0 });
  expect(start).toEqual({ sessionId, events: [], next: start.next, timedOut: true });
  await call(hub, operations["sessions.send_message"], { sessionId, text: `I am ${sessionId}` });
  await model.gate("go").reached;
  model.gate("go").release();

  const types = ["app_server.turn.*", "app_server.item.agent_message.delta"];
  const told: string[] = [];
  let { next } = start;
  while (!told.includes("app_server.turn.completed")) {
    const page = await watch({ after: next, limit: 2, types });
    expect(page.events.length).toBeLessThanOrEqual(2);
    told.push(...page.events.map(({ type }) => type));
    next = page.next;
  }
  expect(told).toEqual([
    "app_server.turn.started",
    "app_server.item.agent_message.delta",
    "app_server.item.agent_message.delta",
    "app_server.turn.completed",
  ]);
  expect(
    await callRaw(hub, operations["sessions.watch"], { sessionId, types: ["a b"] }),
  ).toMatchObject({ status: 400, body: { details: { issues: [{ path: "types.0" }] } } });
});

test("a hub that ends does not wait for those who watch", async () => {
  await using own = await createHubWorld();
  const { sessionId } = (await call(own.hub, operations["sessions.create"], {})).session;
  const arrived = new Promise<void>((resolve) => {
    const hear = (message: unknown) => {
      if (!(message as { request: IncomingMessage }).request.url?.includes("/watch")) return;
      unsubscribe("http.server.request.start", hear);
      resolve();
    };
    subscribe("http.server.request.start", hear);
  });
  const answer = callRaw(own.hub, operations["sessions.watch"], { sessionId, timeoutMs: 25_000 });
  await arrived;
  await own.hub.close();
  expect(await answer).toMatchObject({ status: 503, body: { code: "hub_closing" } });
});
