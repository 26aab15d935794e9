/** The SDK against a real hub on the real codex. */

import type { Signalbox, StreamEvent } from "@signalbox/sdk";
import { deltas, execCommand, functionCall, text } from "@signalbox/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { cuttable, World } from "./world.ts";

let world: World;
let stop: AbortController;

beforeAll(async () => {
  world = await World.start();
}, 30_000);
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => stop.abort());

/** Runs the stream; resolves with the cursor it began after. */
function run(box: Signalbox, threadId?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const remove = box.onConnection((event) => {
      if (event.type !== "connected") return;
      remove();
      resolve(event.from);
    });
    const filter = threadId === undefined ? {} : { threadId };
    box.stream.runForever({ ...filter, signal: stop.signal }).catch(reject);
  });
}

/** Resolves at the end of the next turn. */
const turnEnd = (box: Signalbox) =>
  new Promise<{ status: string; threadId: string }>((resolve) => {
    const remove = box.onTurn("completed", ({ params }) => {
      remove();
      resolve({ status: params.turn.status, threadId: params.threadId });
    });
  });

const names = (events: readonly StreamEvent[]) => events.map(({ seq, type }) => `${seq} ${type}`);

describe("the SDK on a real hub", () => {
  test("brings a tool call of the agent to a skill and its result back to the model", async () => {
    const box = world.connect();
    const { created, skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill(
          { name: "uppercase", description: "Capitals", input: z.object({ text: z.string() }) },
          async ({ text }) => text.toUpperCase(),
        );
      },
    });
    expect(created.session.sessionId).toBe(skills.sessionId);
    const outcomes: unknown[] = [];
    box.onAppServerRequest("item.tool.call", async (signal) => {
      // Hearing of a call twice is the same as hearing of it once.
      outcomes.push(
        ...(await Promise.all([skills.respondToSignal(signal), skills.respondToSignal(signal)])),
      );
    });
    const ended = turnEnd(box);
    await run(box, skills.sessionId);
    const first = world.model.requests.length;
    world.model.turn(
      functionCall("uppercase", { text: "hey" }),
      functionCall("uppercase", { txt: "misspelt" }),
      text("done"),
    );
    await box.sessions.sendMessage({ sessionId: skills.sessionId, text: "Shout" });
    expect(await ended).toMatchObject({ status: "completed" });
    const outputs = [...world.model.requests[first + 2]!.toolOutputs.values()].map((output) =>
      JSON.stringify(output),
    );
    expect(outputs[0]).toContain("HEY");
    expect(outputs[1]).toMatch(/invalid_arguments.*"text/);
    expect(outcomes).toMatchObject([
      { status: "answered", success: true, duplicate: false },
      { status: "answered", success: true, duplicate: true },
      { status: "answered", success: false, duplicate: false },
      { status: "answered", success: false, duplicate: true },
    ]);
  });

  test("decides an approval by the id its signal carries, once", async () => {
    const box = world.connect();
    const { session } = await box.sessions.create({});
    const codes: unknown[] = [];
    box.onAppServerRequest("item.command_execution.request_approval", async ({ requestId }) => {
      const decide = () => box.approvals.decide({ approvalId: requestId, decision: "accept" });
      const settled = await Promise.allSettled([decide(), decide()]);
      codes.push(
        ...settled
          .map((one) => (one.status === "rejected" ? one.reason.code : one.value.status))
          .sort(),
      );
    });
    const ended = turnEnd(box);
    await run(box);
    world.model.turn(execCommand({ cmd: "echo hey", escalate: true }), text("done"));
    await box.sessions.sendMessage({ sessionId: session.sessionId, text: "Run it" });
    expect(await ended).toMatchObject({ status: "completed" });
    expect(codes).toEqual(["already_resolved", "ok"]);
  });

  test("hands over exactly the journal, and each view once, while its socket is cut again and again", async () => {
    const { WebSocket, cut } = cuttable();
    const box = world.connect({ WebSocket });
    const { session } = await box.sessions.create({});
    const { sessionId } = session;
    const seen: StreamEvent[] = [];
    const views: number[] = [];
    box.onEventPrefix("app_server.", (event) => {
      seen.push(event);
      if (seen.length % 23 === 0) cut();
    });
    box.onEvent("transcript_updated", (event) => {
      views.push(event.seq);
      cut();
    });
    const ended = turnEnd(box);
    const from = await run(box, sessionId);
    world.model.turn(text(deltas(400)));
    await box.sessions.sendMessage({ sessionId, text: "Count" });
    await ended;
    const journal = await world.journal(from, { threadId: sessionId, types: "app_server.*" });
    expect(journal.length).toBeGreaterThan(400);
    await reached(box, seen, journal.at(-1)!.seq);
    expect(names(seen)).toEqual(names(journal));
    const viewed = await world.journal(from, { threadId: sessionId, types: "transcript_updated" });
    expect(views).toEqual(viewed.map(({ seq }) => seq));
    expect(views.length).toBeGreaterThan(0);
  });

  test("loses and doubles nothing when the hub is killed in mid-turn and started again", async () => {
    const box = world.connect();
    const { session } = await box.sessions.create({});
    const seen: StreamEvent[] = [];
    box.onEventPrefix("", (event) => seen.push(event));
    const reconnected = new Promise<void>((resolve) => {
      box.onConnection((event) => {
        if (event.type === "connected" && event.reconnects > 0) resolve();
      });
    });
    const gaps: unknown[] = [];
    box.onConnection((event) => {
      if (event.type === "gap") gaps.push(event);
    });
    const halfway = new Promise<void>((resolve) => {
      let count = 0;
      box.onAppServer("item.agent_message.delta", () => {
        count += 1;
        if (count === 50) resolve();
      });
    });
    const from = await run(box);
    world.model.turn(text(deltas(200, undefined, { 100: "held" })));
    await box.sessions.sendMessage({ sessionId: session.sessionId, text: "Count" });
    await halfway;
    await world.killHub();
    await world.startHub();
    await reconnected;
    const again = await box.sessions.create({});
    await reached(box, seen, (await box.system.health()).journal.head);
    const journal = await world.journal(from);
    expect(names(seen)).toEqual(names(journal));
    expect(gaps).toEqual([]);
    expect(names(journal).join()).toContain("runtime.started");
    expect(again.session.sessionId).not.toBe(session.sessionId);
  }, 40_000);

  test("gets a burst whole through a small inbox and a slow handler", async () => {
    const box = world.connect({ stream: { inbox: { events: 16 } } });
    const { session } = await box.sessions.create({});
    const seen: StreamEvent[] = [];
    let lettingGo = 0;
    box.onConnection((event) => {
      if (event.type === "disconnected" && event.reason === "backpressure") lettingGo += 1;
    });
    box.onEventPrefix("", async (event) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(event);
    });
    const ended = turnEnd(box);
    const from = await run(box, session.sessionId);
    world.model.turn(text(deltas(500)));
    await box.sessions.sendMessage({ sessionId: session.sessionId, text: "Count" });
    await ended;
    const journal = await world.journal(from, { threadId: session.sessionId });
    await reached(box, seen, journal.at(-1)!.seq);
    expect(names(seen)).toEqual(names(journal));
    expect(lettingGo).toBeGreaterThan(0);
  }, 40_000);

  test("hands a stuck session's events over whole once it goes on, while another session is served", async () => {
    const box = world.connect({ stream: { inbox: { events: 16 } } });
    const stuck = (await box.sessions.create({})).session.sessionId;
    const other = (await box.sessions.create({})).session.sessionId;
    const gate = Promise.withResolvers<void>();
    const seen: StreamEvent[] = [];
    const notices: string[] = [];
    box.onConnection((notice) => void notices.push(`${notice.type} ${notice.threadId}`));
    box.onEventPrefix("app_server.", async (event) => {
      if (event.threadId === stuck) await gate.promise;
      seen.push(event);
    });
    const ended = new Promise<void>((resolve) => {
      box.onTurn("completed", ({ params }) => {
        if (params.threadId === other) resolve();
      });
    });
    const { journal } = await box.system.health();
    const from = `${journal.epoch}:${journal.head}`;
    box.stream
      .runForever({ ordering: "thread", cursor: from, signal: stop.signal })
      .catch(() => {});
    for (const [sessionId, count] of [
      [stuck, 100],
      [other, 5],
    ] as const) {
      world.model.turn(text(deltas(count)));
      await box.sessions.sendMessage({ sessionId, text: "Count" });
      // The scripted turns are given out in order, so the first one has to be taken.
      while (!(await isOver(from, sessionId))) await box.system.info();
    }
    await ended;
    expect(seen.some(({ threadId }) => threadId === stuck)).toBe(false);
    gate.resolve();
    const types = "app_server.*";
    const whole = await world.journal(from, { threadId: stuck, types });
    const mine = () => seen.filter(({ threadId }) => threadId === stuck);
    while (mine().length < whole.filter(({ threadId }) => threadId === stuck).length) {
      await box.system.info();
    }
    expect(names(mine())).toEqual(names(whole.filter(({ threadId }) => threadId === stuck)));
    expect(notices).toContain(`lagging ${stuck}`);
    expect(notices).toContain(`caught_up ${stuck}`);
  }, 40_000);

  test("gives the past and then the present to a loop that starts at a cursor", async () => {
    const box = world.connect();
    const { session } = await box.sessions.create({});
    const { journal } = await box.system.health();
    world.model.turn(text("one"));
    const firstEnd = turnEnd(box);
    await run(box);
    await box.sessions.sendMessage({ sessionId: session.sessionId, text: "First" });
    await firstEnd;
    world.model.turn(text("two"));
    const ends: string[] = [];
    const cursor = `${journal.epoch}:${journal.head}`;
    const types = ["app_server.turn.completed"];
    for await (const event of box.stream.events({ cursor, types, threadId: session.sessionId })) {
      ends.push(event.type);
      if (ends.length === 2) break;
      await box.sessions.sendMessage({ sessionId: session.sessionId, text: "Second" });
    }
    expect(ends).toHaveLength(2);
  });

  test("rejects with the hub's codes", async () => {
    const box = world.connect();
    await expect(box.sessions.get({ sessionId: "nobody" })).rejects.toMatchObject({
      code: "session_not_found",
    });
    const stranger = world.connect({ token: "wrong" });
    await expect(stranger.system.info()).rejects.toMatchObject({ code: "unauthorized" });
    await expect(stranger.stream.runForever()).rejects.toMatchObject({ code: "unauthorized" });
    await expect(box.stream.runForever({ cursor: "UPPER:1" })).rejects.toMatchObject({
      code: "invalid_cursor",
    });
  });
});

/** Whether the journal holds the end of a turn of this session. */
async function isOver(from: string, threadId: string): Promise<boolean> {
  const types = "app_server.turn.completed";
  return (await world.journal(from, { threadId, types })).length > 0;
}

/** Resolves once an event at this position or later was seen; the test's timeout bounds it. */
async function reached(box: Signalbox, seen: readonly StreamEvent[], seq: number): Promise<void> {
  while ((seen.at(-1)?.seq ?? 0) < seq) {
    await box.system.info();
  }
}
