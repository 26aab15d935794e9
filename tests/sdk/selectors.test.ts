/** Sessions named by their handle or title, wherever the SDK takes an id, on a real hub. */
import type { ConnectionEvent, Signalbox } from "@signalbox/sdk";
import { gate, text } from "@signalbox/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
let box: Signalbox;
let stop: AbortController;
beforeAll(async () => {
  world = await World.start();
  world.model.respond(() => text("Yes."));
}, 30_000);
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  stop = new AbortController();
  box = world.connect();
});
afterEach(async () => {
  stop.abort();
  await box.close();
});

let made = 0;

/** A session with a handle and a title of its own. */
async function named() {
  made += 1;
  const [handle, title] = [`@worker-${made}`, `Worker number ${made}`];
  const { session } = await box.sessions.create({ handle, title });
  return { handle, title, sessionId: session.sessionId };
}

/** Begins to hear of a session by what it is called; resolves once it is heard. */
async function follow(threadId: string, rest: object = {}) {
  const heard: string[] = [];
  const connected = Promise.withResolvers<ConnectionEvent>();
  const remove = box.onEvent("session.updated", ({ threadId: of }) => {
    heard.push(of ?? "");
  });
  const run = box.stream.runForever({
    threadId,
    signal: stop.signal,
    onConnection: (event) => {
      if (event.type === "connected") connected.resolve(event);
    },
    ...rest,
  });
  run.catch(connected.reject);
  return { heard, connected: await connected.promise, remove, run };
}

describe("a session's handle or title stands for its id", () => {
  test("in wait.turn and wait.reply, whose answer has the id", async () => {
    const { sessionId, handle, title } = await named();
    const { turnId } = await box.session(title).sendMessage({ text: "Are you there?" });
    const end = { turnId, status: "completed", error: null };
    expect(await box.wait.turn({ sessionId: handle, turnId })).toEqual(end);
    expect(await box.wait.turn({ sessionId: title, turnId })).toEqual(end);
    const reply = { ...end, sessionId, reply: "Yes." };
    expect(await box.wait.reply({ sessionId: handle, turnId })).toEqual(reply);
  });

  test("in a wait that goes on when the session has another name by then", async () => {
    const { sessionId, handle } = await named();
    const ofIt = world.model.when(({ threadId }) => threadId === sessionId);
    ofIt.turn(text(["One moment. ", gate("renamed"), "Done."]));
    const { turnId } = await box.session(handle).sendMessage({ text: "Begin" });
    const found = Promise.withResolvers<void>();
    box.after("sessions.controls.get", () => found.resolve());
    const reply = box.wait.reply({ sessionId: handle, turnId });
    await found.promise;
    await box.session(handle).rename({ handle: "@somebody-else", title: "Else" });
    world.model.gate("renamed").release();
    expect(await reply).toMatchObject({ sessionId, reply: "One moment. Done." });
  });

  test("in stream.events and stream.runForever, which stay with the session when it is renamed", async () => {
    const { sessionId, handle, title } = await named();
    const other = await named();
    const store = new Map<string, string>();
    const cursor = {
      load: (key: string) => store.get(key),
      save: (key: string, at: string) => void store.set(key, at),
    };
    const { heard, connected, run } = await follow(title, { cursor });
    expect(connected).toMatchObject({ threadId: sessionId });
    await using reader = box.stream.events({
      threadId: handle,
      types: ["session.updated"],
      onConnection: ({ type }) => void (type === "connected" && live.resolve()),
    });
    const live = Promise.withResolvers<void>();
    const first = reader.next();
    await live.promise;
    await box.session(other.handle).rename({ title: "Not heard" });
    await box.session(handle).rename({ handle: `${handle}-b`, title: "Renamed" });
    expect((await first).value).toMatchObject({ threadId: sessionId });
    await box.session(sessionId).rename({ title: "Renamed again" });
    expect((await reader.next()).value).toMatchObject({ threadId: sessionId });
    await expect.poll(() => heard.length).toBeGreaterThanOrEqual(2);
    expect(new Set(heard)).toEqual(new Set([sessionId]));
    stop.abort();
    await run;
    expect([...store.keys()]).toEqual([sessionId]);
  });

  test("in remoteSkills.bind, which gives the skills of the session", async () => {
    const { session } = await box.sessions.create({
      handle: "@tooled",
      dynamicTools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
    });
    const bound = box.remoteSkills.bind("@tooled", { register: () => undefined, partial: true });
    expect((await bound).sessionId).toBe(session.sessionId);
  });
});

describe("a name that does not mean one session", () => {
  const ways: [string, (name: string) => Promise<unknown>][] = [
    ["wait.turn", (sessionId) => box.wait.turn({ sessionId, turnId: "t" })],
    ["wait.reply", (sessionId) => box.wait.reply({ sessionId, turnId: "t" })],
    ["stream.events", (threadId) => box.stream.events({ threadId }).next()],
    ["stream.runForever", (threadId) => box.stream.runForever({ threadId, signal: stop.signal })],
    ["session", (name) => box.session(name).get()],
  ];

  test.each(ways)(
    "is refused by %s: unknown with what is near, several with all of them",
    async (_, use) => {
      const { handle, sessionId } = await named();
      const near = { sessionId, handle };
      await expect(use(`${handle}x`)).rejects.toMatchObject({
        code: "session_not_found",
        message: expect.stringContaining(handle),
        details: { near: expect.arrayContaining([expect.objectContaining(near)]) },
      });
      const title = `Twins of ${handle}`;
      const twins = [await box.sessions.create({ title }), await box.sessions.create({ title })];
      const candidates = twins.map(({ session }) =>
        expect.objectContaining({ sessionId: session.sessionId }),
      );
      await expect(use(title)).rejects.toMatchObject({
        code: "ambiguous_selector",
        details: { candidates: expect.arrayContaining(candidates) },
      });
    },
  );
});

test("a run that begins while the hub is away says so, and finds the session once the hub is there", async () => {
  const { sessionId, handle } = await named();
  await world.killHub();
  const lost = Promise.withResolvers<ConnectionEvent>();
  const following = follow(handle);
  box.onConnection((event) => {
    if (event.type === "disconnected") lost.resolve(event);
  });
  expect(await lost.promise).toMatchObject({ threadId: null, reason: "unreachable" });
  const waiting = box.wait.turn({ sessionId: handle, turnId: "t", timeout: 60 });
  await expect(waiting).rejects.toMatchObject({ code: "deadline_exceeded" });
  await world.startHub();
  const { connected } = await following;
  expect(connected).toMatchObject({ threadId: sessionId });
}, 30_000);
