/** Threads that another client of the shared app-server types into, on the real codex. */
import type { AppServerClient } from "@signalbox/app-server";
import { type HubEventPayload, operations, type StreamEvent } from "@signalbox/contract";
import { execCommand, gate, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, callRaw, StreamClient } from "../../../fixtures/hub-world.ts";
import { createSharedWorld, itemsOf } from "../../../fixtures/shared-world.ts";
import { startHub } from "../../index.ts";

const silent = { level: "silent" as const };

async function say(client: AppServerClient, threadId: string, words: string): Promise<string> {
  const input = [{ type: "text" as const, text: words, text_elements: [] }];
  const { turn } = await client.request("turn/start", { threadId, input });
  return turn.id;
}

function deltasOf(events: readonly StreamEvent[]): string {
  return events
    .filter(({ type }) => type === "app_server.item.agent_message.delta")
    .map(({ payload }) => (payload as { params: { delta: string } }).params.delta)
    .join("");
}

test("a thread that another client types into is an attached session, live from its first delta", async () => {
  await using world = await createSharedWorld();
  await using hub = await startHub({ ...world.options, log: silent });
  using stream = await StreamClient.open(hub);
  const other = world.otherClient();
  world.model.turn([gate("before"), text(["one ", "two"])]);
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  await say(other, thread.id, "Typed elsewhere");
  const created = await stream.event<HubEventPayload<"session.created">>("session.created");
  expect(created.payload.session).toMatchObject({ sessionId: thread.id, authority: "attached" });
  world.model.gate("before").release();
  await stream.event("app_server.turn.completed");

  expect(deltasOf(stream.events)).toBe("one two");
  expect(stream.events.map(({ type }) => type)).not.toContain("runtime.deltas_lost");
  expect(itemsOf(stream.events).map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
  const { session } = await call(hub, operations["sessions.get"], { sessionId: thread.id });
  expect(session).toMatchObject({ authority: "attached", preview: "Typed elsewhere" });
  expect(
    await callRaw(hub, operations["sessions.send_message"], { sessionId: thread.id, text: "No" }),
  ).toMatchObject({ status: 403, body: { code: "session_attached" } });
});

test("a question of an attached thread that the other client answers has ended here, once", async () => {
  await using world = await createSharedWorld();
  await using hub = await startHub({ ...world.options, log: silent });
  using stream = await StreamClient.open(hub);
  const other = world.otherClient();
  const asked = Promise.withResolvers<void>();
  other.onRequest(({ generation, message }) => {
    void asked.promise.then(() =>
      other.respond({ generation, id: message.id }, { result: { decision: "accept" } }),
    );
  });
  world.model.turn(execCommand({ cmd: "true", escalate: true }), text("done"));
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  await say(other, thread.id, "Ask");
  await stream.event("request.opened");
  asked.resolve();
  await stream.event("app_server.turn.completed");
  const ends = stream.events.filter(({ type }) => type === "request.resolved");
  expect(ends).toMatchObject([{ payload: { outcome: "expired", reason: "withdrawn" } }]);
});

test("what was said in an attached thread while no hub was there is told when one is there again", async () => {
  await using world = await createSharedWorld();
  const { model, options } = world;
  const first = await spawnHub(options);
  using seenBy = await StreamClient.open(first);
  const { epoch, head } = await seenBy.frame("ready");
  const other = world.otherClient();
  model.turn(text("first"));
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  await say(other, thread.id, "one");
  await seenBy.event("app_server.turn.completed");
  await kill(first.child, "SIGKILL");

  const ends = new Map<string, () => void>();
  other.onTurnEnd((turnId) => ends.get(turnId)?.());
  const turns: string[] = [];
  for (const words of ["two", "three"]) {
    model.when(words).turn(text([gate(words), `answer to ${words}`]));
    const turnId = await say(other, thread.id, words);
    const ended = new Promise<void>((resolve) => ends.set(turnId, resolve));
    model.gate(words).release();
    await ended;
    turns.push(turnId);
  }
  await using hub = await startHub({ ...options, log: silent });
  using stream = await StreamClient.open(hub, { after: `${epoch}:${head}` });
  await stream.event("app_server.turn.completed", ({ payload }) => turnOf(payload) === turns[1]);
  const told = stream.events.filter(({ payload }) => turns.includes(turnOf(payload) ?? ""));
  expect(told.map(({ type }) => type.replace("app_server.", ""))).toEqual(
    turns.flatMap(() => [
      "turn.started",
      "item.completed",
      "item.completed",
      "runtime.deltas_lost",
      "turn.completed",
    ]),
  );
  const texts = itemsOf(stream.events).flatMap(({ text: said }) => said ?? []);
  expect(texts).toEqual(["first", "answer to two", "answer to three"]);
});

test("of a turn that another client began before the hub was there, the words that were missed are told to be", async () => {
  await using world = await createSharedWorld();
  // The app-server outlives the first hub.
  await kill((await spawnHub(world.options)).child, "SIGTERM");
  const other = world.otherClient();
  world.model.turn(text(["early ", gate("middle"), "late"]));
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  const messages = other.subscribe(thread.id);
  await say(other, thread.id, "Begun");
  for await (const { method } of messages) if (method === "item/agentMessage/delta") break;
  await using hub = await startHub({ ...world.options, log: silent });
  using stream = await StreamClient.open(hub);
  world.model.gate("middle").release();
  await stream.event("app_server.turn.completed");
  const heardTypes = stream.events.map(({ type }) => type.replace("app_server.", ""));
  expect(heardTypes.slice(0, 2)).toEqual(["runtime.deltas_lost", "item.agent_message.delta"]);
  expect(heardTypes.filter((type) => type === "runtime.deltas_lost")).toHaveLength(1);
  expect(itemsOf(stream.events).at(-1)?.text).toBe("early late");
});

test("a turn whose codex was killed while no hub was there has ended, though another one runs by the time it is read", async () => {
  await using world = await createSharedWorld();
  const { model, options } = world;
  const first = await spawnHub(options);
  using seenBy = await StreamClient.open(first);
  const { epoch, head } = await seenBy.frame("ready");
  const { codex } = await call(first, operations["system.health"], {});
  model.turn(text("first"));
  const before = world.otherClient();
  const { thread } = await before.request("thread/start", { cwd: world.codex.workspace });
  const known = await say(before, thread.id, "one");
  await seenBy.event("app_server.turn.completed");
  await kill(first.child, "SIGKILL");
  model.turn([text("whole"), text([gate("killed"), "never"])]);
  const killed = await say(before, thread.id, "two");
  await model.gate("killed").reached;
  await before.close();
  process.kill(codex.pid!, "SIGKILL");

  await using hub = await startHub({ ...options, log: silent });
  model.turn(text([gate("runs"), "third"]));
  const after = world.otherClient();
  await after.request("thread/resume", { threadId: thread.id, excludeTurns: true });
  const running = await say(after, thread.id, "three");
  await model.gate("runs").reached;
  using stream = await StreamClient.open(hub, { after: `${epoch}:${head}` });
  await stream.event("app_server.turn.started", ({ payload }) => turnOf(payload) === running);
  model.gate("runs").release();
  await stream.event("app_server.turn.completed", ({ payload }) => turnOf(payload) === running);
  const turns = stream.events.filter(({ type }) => type.startsWith("app_server.turn."));
  expect(turns.map(({ type, payload }) => [type.slice(16), turnOf(payload)])).toEqual(
    [known, killed, running].flatMap((id) => [
      ["started", id],
      ["completed", id],
    ]),
  );
});

test("turns of another client that were over before the hub came to hear of them are told whole", async () => {
  await using world = await createSharedWorld();
  const hub = await spawnHub(world.options);
  using stream = await StreamClient.open(hub);
  const other = world.otherClient();
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  hub.child.kill("SIGSTOP");
  const ends = new Map<string, () => void>();
  other.onTurnEnd((turnId) => ends.get(turnId)?.());
  for (const words of ["one", "two"]) {
    world.model.when(words).turn(text([gate(words), `answer to ${words}`]));
    const turnId = await say(other, thread.id, words);
    const ended = new Promise<void>((resolve) => ends.set(turnId, resolve));
    world.model.gate(words).release();
    await ended;
  }
  hub.child.kill("SIGCONT");
  const endsOf = () =>
    stream.events.filter(({ type }) => type === "app_server.turn.completed").length;
  await stream.until(() => endsOf() === 2);
  const texts = itemsOf(stream.events).flatMap(({ text: said }) => said ?? []);
  expect(texts).toEqual(["answer to one", "answer to two"]);
  const started = stream.events.filter(({ type }) => type === "app_server.turn.started");
  expect(started).toHaveLength(2);
  expect(await kill(hub.child, "SIGTERM")).toBe(0);
});

function turnOf(payload: unknown): string | undefined {
  const { context, turnId } = payload as { context?: { turnId: string }; turnId?: string };
  return turnId ?? context?.turnId;
}
