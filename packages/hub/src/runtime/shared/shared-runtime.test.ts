/** A codex that outlives its hub, on the real codex. */
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  type HubEventPayload,
  operations,
  type RequestResolution,
  type StreamEvent,
} from "@signalbox/contract";
import { execCommand, gate, text } from "@signalbox/testing";
import { expect, onTestFinished, test } from "vitest";
import { allEvents, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, callRaw, StreamClient } from "../../../fixtures/hub-world.ts";
import { createSharedWorld, itemsOf } from "../../../fixtures/shared-world.ts";
import { startHub, stopSharedRuntime } from "../../index.ts";
import { processStamp } from "../../store/process-stamp.ts";

test("an approval that was open when the hub was killed is answered after its restart, once, and the turn goes on", async () => {
  await using world = await createSharedWorld();
  const { model, options } = world;
  const first = await spawnHub(options);
  const { session } = await call(first, operations["sessions.create"], {});
  const { sessionId } = session;
  using seenBy = await StreamClient.open(first);
  const { epoch, head } = await seenBy.frame("ready");
  model.turn(execCommand({ cmd: "true", escalate: true }), text("It was done."));
  const { turnId } = await call(first, operations["sessions.send_message"], {
    sessionId,
    text: "Ask me",
  });
  const asked = await seenBy.event("request.opened");
  const { codex } = await call(first, operations["system.health"], {});
  await kill(first.child, "SIGKILL");

  const second = await spawnHub(options);
  using stream = await StreamClient.open(second, { after: `${epoch}:${head}` });
  expect((await call(second, operations["system.health"], {})).codex.pid).toBe(codex.pid);
  const approvalId = String(asked.payload.requestId);
  await call(second, operations["approvals.decide"], { approvalId, decision: "accept" });
  const end = await stream.event<{ params: { turn: { id: string; status: string } } }>(
    "app_server.turn.completed",
  );
  expect(end.payload.params.turn).toMatchObject({ id: turnId, status: "completed" });
  const late = await callRaw(second, operations["approvals.decide"], {
    approvalId,
    decision: "decline",
  });
  expect(late).toMatchObject({ status: 409, body: { code: "already_resolved" } });

  const { events } = stream;
  const typed = (type: string) => events.filter((event) => event.type === type);
  expect(typed("request.opened")).toHaveLength(1);
  expect(typed("request.resolved").map(({ payload }) => payload)).toMatchObject([
    { requestId: approvalId, outcome: "answered", decision: "accept" },
  ]);
  expect(typed("app_server.turn.started")).toHaveLength(1);
  const items = itemsOf(events).map(({ id }) => id);
  expect(new Set(items).size).toBe(items.length);
  expect(stream.seqs).toEqual(stream.seqs.map((_, i) => head + 1 + i));
  expect(typed("runtime.exited")).toEqual([]);
  expect(await kill(second.child, "SIGTERM")).toBe(0);
});

test("a turn that ran on while no hub was there is told to its end: its missed items once, and that deltas are missing", async () => {
  await using world = await createSharedWorld();
  const { model, options } = world;
  const first = await spawnHub(options);
  const { session } = await call(first, operations["sessions.create"], {});
  const { sessionId } = session;
  using seenBy = await StreamClient.open(first);
  const { epoch, head } = await seenBy.frame("ready");
  model.turn([text(["one ", gate("first"), "two "]), text(["three ", gate("second"), "four "])]);
  const { turnId } = await call(first, operations["sessions.send_message"], {
    sessionId,
    text: "Talk",
  });
  await seenBy.event("app_server.item.agent_message.delta");
  await kill(first.child, "SIGKILL");
  model.gate("first").release();
  await model.gate("second").reached;

  const second = await spawnHub(options);
  using stream = await StreamClient.open(second, { after: `${epoch}:${head}` });
  await stream.frame("caught_up");
  expect((await call(second, operations["sessions.get"], { sessionId })).session).toMatchObject({
    status: "active",
    activeTurnId: turnId,
  });
  model.gate("second").release();
  const end = await stream.event("app_server.turn.completed");
  const lost = stream.events.filter(({ type }) => type === "runtime.deltas_lost");
  expect(lost).toMatchObject([{ threadId: sessionId, payload: { threadId: sessionId, turnId } }]);
  const completed = stream.events.filter(({ type }) => type === "app_server.item.completed");
  const texts = completed.map(({ payload }) => {
    const { params, recovered = false } = payload as {
      params: { item: { type: string; text?: string } };
      recovered?: true;
    };
    return [params.item.type, params.item.text, recovered];
  });
  expect(texts).toEqual([
    ["userMessage", undefined, false],
    ["agentMessage", "one two ", true],
    ["agentMessage", "three four ", false],
  ]);
  const [notice] = lost as [StreamEvent];
  expect(notice.seq).toBeGreaterThan(completed[1]!.seq);
  expect(notice.seq).toBeLessThan(end.seq);
  expect(await kill(second.child, "SIGTERM")).toBe(0);
});

test("a codex that its hub was killed before noting is found by the next hub, and ended with the runtime", async () => {
  await using world = await createSharedWorld();
  const { options } = world;
  const first = await spawnHub(options);
  const { codex } = await call(first, operations["system.health"], {});
  await kill(first.child, "SIGKILL");
  rmSync(join(options.home, "app-server.json"));

  const second = await spawnHub(options);
  expect((await call(second, operations["system.health"], {})).codex.pid).toBe(codex.pid);
  await kill(second.child, "SIGKILL");
  rmSync(join(options.home, "app-server.json"));
  expect(await stopSharedRuntime(options.home)).toBe(true);
  expect(processStamp(codex.pid!)).toBeUndefined();
});

test("a socket that another program listens on is left to it, and named", async () => {
  await using world = await createSharedWorld();
  const { options } = world;
  mkdirSync(options.home, { recursive: true });
  const socket = join(options.home, "app-server.sock");
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  await expect(startHub({ ...options, log: { level: "silent" } })).rejects.toMatchObject({
    code: "codex_start_failed",
    message: expect.stringContaining(`another program listens on ${socket}`),
  });
});

test("SIGTERM leaves codex running with its open question, and stopping the runtime ends both", async () => {
  await using world = await createSharedWorld();
  const { model, options, home } = world;
  const first = await spawnHub(options);
  const { session } = await call(first, operations["sessions.create"], {});
  using seenBy = await StreamClient.open(first);
  model.turn(execCommand({ cmd: "true", escalate: true }));
  await call(first, operations["sessions.send_message"], {
    sessionId: session.sessionId,
    text: "Ask me",
  });
  const asked = await seenBy.event("request.opened");
  const { codex } = await call(first, operations["system.health"], {});
  await expect(stopSharedRuntime(home)).rejects.toMatchObject({ code: "home_in_use" });
  expect(await kill(first.child, "SIGTERM")).toBe(0);
  expect(() => process.kill(codex.pid!, 0)).not.toThrow();
  expect(seenBy.events.filter(({ type }) => type === "request.resolved")).toEqual([]);

  expect(await stopSharedRuntime(home)).toBe(true);
  expect(await stopSharedRuntime(home)).toBe(false);
  const second = await spawnHub(options);
  const ends = await allEvents(second, "&types=request.resolved");
  expect(ends.map(({ payload }) => payload as RequestResolution)).toMatchObject([
    { requestId: asked.payload.requestId, outcome: "expired", reason: "hub_restarted" },
  ]);
  const turns = await allEvents(second, "&types=app_server.turn.completed");
  expect(turns).toMatchObject([{ payload: { recovered: true } }]);
  const started = await allEvents(second, "&types=runtime.started");
  expect(started.map(({ payload }) => (payload as HubEventPayload<"runtime.started">).pid)).toEqual(
    [codex.pid, (await call(second, operations["system.health"], {})).codex.pid],
  );
  expect(await kill(second.child, "SIGTERM")).toBe(0);
});
