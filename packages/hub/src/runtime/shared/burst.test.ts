/** A hub that does not get all its shared app-server says, on the real codex. */
import { join } from "node:path";
import { operations, type StreamEvent } from "@signalbox/contract";
import { execCommand, gate, text } from "@signalbox/testing";
import { expect, test, vi } from "vitest";
import { createCuttingProxy } from "../../../fixtures/cutting-proxy.ts";
import { allEvents, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, type HubAddress, StreamClient } from "../../../fixtures/hub-world.ts";
import { createSharedWorld, itemsOf, type SharedWorld } from "../../../fixtures/shared-world.ts";
import { startHub } from "../../index.ts";

// Bursts take their time where other work goes on.
vi.setConfig({ testTimeout: 60_000 });

/** Sessions of which each waits before it says so many words at once; their words by their ids. */
async function prepareBurst(
  { model }: SharedWorld,
  hub: HubAddress,
  { sessions, deltas }: { sessions: number; deltas: number },
): Promise<{ words: Map<string, string>; release: () => void }> {
  const words = new Map<string, string>();
  for (let n = 0; n < sessions; n++) {
    const own = Array.from({ length: deltas }, (_, i) => `${n}:${i} `);
    model.when(`Burst ${n}.`).turn([text([gate(`burst-${n}`), ...own]), text(`Last ${n}.`)]);
    const { session } = await call(hub, operations["sessions.create"], {});
    const { sessionId } = session;
    await call(hub, operations["sessions.send_message"], { sessionId, text: `Burst ${n}.` });
    await model.gate(`burst-${n}`).reached;
    words.set(sessionId, own.join(""));
  }
  const release = () => {
    for (let n = 0; n < sessions; n++) model.gate(`burst-${n}`).release();
  };
  return { words, release };
}

/** Nothing of any session is missing or doubled but deltas. */
function expectWhole(events: readonly StreamEvent[], words: ReadonlyMap<string, string>): void {
  for (const [sessionId, said] of words) {
    const own = events.filter(({ threadId }) => threadId === sessionId);
    const texts = itemsOf(own).flatMap((item) => item.text ?? []);
    expect(texts).toEqual([said, expect.stringMatching(/^Last \d\.$/)]);
    for (const type of ["app_server.turn.started", "app_server.turn.completed"]) {
      expect(own.filter((event) => event.type === type)).toHaveLength(1);
    }
  }
}

async function untilTold(stream: StreamClient, words: ReadonlyMap<string, string>): Promise<void> {
  for (const sessionId of words.keys()) {
    await stream.event("app_server.turn.completed", ({ threadId }) => threadId === sessionId);
  }
}

test("what is said while the hub stands still is told when it goes on", async () => {
  await using world = await createSharedWorld();
  const hub = await spawnHub(world.options);
  using stream = await StreamClient.open(hub, { types: "app_server.turn.*" });
  const { epoch, head } = await stream.frame("ready");
  const other = world.otherClient();
  const { words, release } = await prepareBurst(world, hub, { sessions: 2, deltas: 500 });
  const left = new Set(words.keys());
  for (const threadId of left) {
    await other.request("thread/resume", { threadId, excludeTurns: true });
  }
  const heard = other.subscribe();
  hub.child.kill("SIGSTOP");
  release();
  for await (const { method, params } of heard) {
    if (method === "turn/completed") left.delete(params.threadId);
    if (left.size === 0) break;
  }
  hub.child.kill("SIGCONT");
  await untilTold(stream, words);
  expectWhole(await allEvents(hub, `&after=${epoch}:${head}`), words);
  expect(await kill(hub.child, "SIGTERM")).toBe(0);
});

test("of a burst in which connections are cut again and again no item is lost and none told twice, and each turn says that deltas are missing", async () => {
  await using world = await createSharedWorld();
  const log = { level: "silent" as const };
  await (await startHub({ ...world.options, log })).close();
  await using proxy = await createCuttingProxy(join(world.home, "app-server.sock"));
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub, { types: "app_server.turn.*" });
  const { epoch, head } = await stream.frame("ready");
  const { words, release } = await prepareBurst(world, hub, { sessions: 4, deltas: 2_000 });
  proxy.cutAfter(100_000);
  release();
  await untilTold(stream, words);
  proxy.cutAfter(0);
  const events = await allEvents(hub, `&after=${epoch}:${head}`);
  expectWhole(events, words);
  expect(proxy.cuts).toBeGreaterThanOrEqual(4);
  const lost = events.filter(({ type }) => type === "runtime.deltas_lost");
  expect(new Set(lost.map(({ threadId }) => threadId))).toEqual(new Set(words.keys()));
  expect(events.filter(({ type }) => type === "runtime.exited")).toEqual([]);
});

test("an answer that is given while the connection is being made again reaches codex, once", async () => {
  await using world = await createSharedWorld();
  const log = { level: "silent" as const };
  await (await startHub({ ...world.options, log })).close();
  await using proxy = await createCuttingProxy(join(world.home, "app-server.sock"));
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub);
  world.model.turn(execCommand({ cmd: "true", escalate: true }), text("done"));
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Ask" });
  const asked = await stream.event("request.opened");
  const approvalId = String(asked.payload.requestId);
  proxy.cutNow();
  await call(hub, operations["approvals.decide"], { approvalId, decision: "accept" });
  await stream.event("app_server.turn.completed");
  expect(world.model.requests).toHaveLength(2);
  expect(stream.events.filter(({ type }) => type === "request.opened")).toHaveLength(1);
  expect(stream.events.filter(({ type }) => type === "request.resolved")).toMatchObject([
    { payload: { outcome: "answered", decision: "accept" } },
  ]);
});
