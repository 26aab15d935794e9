/** Triggers on a hub with the real codex: what fires them, what they do, and what holds them back. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Firing, type InputOf, operations, type PolicyRule } from "@signalbox/contract";
import { execCommand, text } from "@signalbox/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../../fixtures/hub-world.ts";

let world: HubWorld;
let sessionId = "";

beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  sessionId = await newSession();
});

type Create = InputOf<(typeof operations)["triggers.create"]>;

async function newSession(): Promise<string> {
  const input = { approvalPolicy: "untrusted" } as const;
  return (await call(world.hub, operations["sessions.create"], input)).session.sessionId;
}

const raw = (given: Partial<Create>) =>
  callRaw(world.hub, operations["triggers.create"], { ...base(), ...given } as Create);

const base = (): Create => ({
  name: "Test",
  sessionId,
  when: { type: "turn" },
  action: { type: "send", mode: "context", text: "Seen" },
  guards: { maxPerHour: 3_600 },
});

async function create(given: Partial<Create>): Promise<string> {
  const { trigger } = await call(world.hub, operations["triggers.create"], { ...base(), ...given });
  return trigger.triggerId;
}

const say = (words: string, to = sessionId) =>
  call(world.hub, operations["sessions.send"], { sessionId: to, text: words, mode: "queue" });

/** Waits for the next firing of a trigger that was made since the stream was opened. */
async function firingOf(stream: StreamClient, triggerId: string, nth = 1): Promise<Firing> {
  const of = () =>
    stream.events
      .filter(({ type }) => type === "trigger.fired")
      .map(({ payload }) => (payload as { firing: Firing }).firing)
      .filter((firing) => firing.triggerId === triggerId);
  await stream.until(() => of().length >= nth);
  return of()[nth - 1]!;
}

const open = (id = sessionId) => StreamClient.open(world.hub, { threadId: id });

test("a turn that ends says something to another session, in the words of the event, and its turn is named", async () => {
  const other = await newSession();
  using stream = await open();
  using there = await open(other);
  const triggerId = await create({
    action: {
      type: "send",
      mode: "start",
      sessionId: other,
      text: "{{trigger.name}}: {{event.payload.params.turn.status}}",
    },
  });
  await say("Hello");
  const firing = await firingOf(stream, triggerId);
  expect(firing).toMatchObject({
    state: "done",
    depth: 0,
    preview: "Test: completed",
    cause: { type: "turn", status: "completed" },
    error: null,
  });
  expect(firing.delay).toBeNull();
  const ended = await there.event<{ params: { turn: { id: string } } }>(
    "app_server.turn.completed",
  );
  expect(ended.payload.params.turn.id).toBe(firing.result.turnId);
  const { message } = await call(world.hub, operations["messages.get"], {
    messageId: firing.result.messageId!,
  });
  expect(message).toMatchObject({ text: "Test: completed", actor: triggerId });
});

test("triggers that set one another off go on to a depth and no further", async () => {
  using stream = await open();
  const triggerId = await create({ action: { type: "send", mode: "queue", text: "Go on" } });
  await say("Begin");
  const ninth = await firingOf(stream, triggerId, 9);
  expect(ninth).toMatchObject({ state: "suppressed", depth: 8 });
  expect(ninth.guards.find(({ passes }) => !passes)?.guard).toBe("depth");
});

test("of interrupted turns only those fire that were asked for", async () => {
  using stream = await open();
  const completed = await create({});
  const interrupted = await create({ when: { type: "turn", status: ["interrupted"] } });
  world.model.when("Stop me").turn(execCommand({ cmd: "true" }));
  await say("Stop me");
  await stream.event("request.opened");
  await call(world.hub, operations["sessions.interrupt"], { sessionId });
  expect(await firingOf(stream, interrupted)).toMatchObject({ cause: { status: "interrupted" } });
  const { data } = await call(world.hub, operations["triggers.firings.list"], {
    triggerId: completed,
  });
  expect(data).toEqual([]);
});

test("a question is answered by the first rule that matches, and what none matches is left to people", async () => {
  using stream = await open();
  const rule: PolicyRule = { kind: "command_approval", action: "deny", prefix: ["git", "push"] };
  const triggerId = await create({
    when: { type: "request", kinds: ["command_approval"] },
    action: { type: "answer", mode: "rules", rules: [rule] },
  });
  world.model
    .when("Push it")
    .turn(execCommand({ cmd: "git push" }), execCommand({ cmd: "git pull" }), text("Done."));
  await say("Push it");
  expect(await firingOf(stream, triggerId)).toMatchObject({
    state: "done",
    result: { decision: "decline" },
  });
  const resolved = await stream.event("request.resolved");
  expect(resolved.payload).toMatchObject({
    decision: "decline",
    decidedBy: { policy: triggerId, rule: 0 },
  });
  const second = await firingOf(stream, triggerId, 2);
  expect(second).toMatchObject({ state: "suppressed" });
  expect(second.guards.at(-1)).toMatchObject({ guard: "rules", passes: false });
  const { data } = await call(world.hub, operations["requests.list"], {
    sessionId,
    state: "pending",
  });
  expect(data).toHaveLength(1);
});

test("a question that a policy answered before sets nothing off", async () => {
  using stream = await open();
  await call(world.hub, operations["sessions.policy.set"], { sessionId, mode: "deny" });
  const triggerId = await create({
    when: { type: "request" },
    action: { type: "send", mode: "context", text: "Somebody waits" },
  });
  world.model.when("Push that").turn(execCommand({ cmd: "git push" }), text("Done."));
  await say("Push that");
  const { state, guards } = await firingOf(stream, triggerId);
  expect([state, guards.find(({ passes }) => !passes)?.guard]).toEqual(["suppressed", "request"]);
});

test("an event that fits its conditions is posted once, and secrets of headers are nowhere to be read", async () => {
  const secret = "Bearer very-secret-value";
  const posted: { headers: object; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      posted.push({ headers: request.headers, body });
      response.writeHead(posted.length === 1 ? 204 : 500).end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  using stream = await open();
  const triggerId = await create({
    when: {
      type: "event",
      types: ["app_server.item.*"],
      where: [
        { path: "type", op: "matches", value: "*.completed" },
        { path: "payload.params.item.type", op: "eq", value: "agentMessage" },
      ],
    },
    action: {
      type: "post",
      url: `http://127.0.0.1:${port}/hook`,
      headers: { authorization: secret },
    },
  });
  await say("Hello");
  const first = await firingOf(stream, triggerId);
  expect(first).toMatchObject({ state: "done", result: { httpStatus: 204 } });
  await say("Again");
  expect(await firingOf(stream, triggerId, 2)).toMatchObject({
    state: "failed",
    result: { httpStatus: 500 },
    error: { code: "post_failed" },
  });
  server.close();
  expect(posted).toHaveLength(2);
  expect(posted[0]!.headers).toMatchObject({ authorization: secret, "webhook-id": first.firingId });
  expect(JSON.parse(posted[0]!.body)).toMatchObject({
    firing: { firingId: first.firingId, triggerId },
    event: { type: "app_server.item.completed" },
  });
  const { data } = await call(world.hub, operations["audit.list"], { sessionId });
  const { trigger } = await call(world.hub, operations["triggers.get"], { triggerId });
  expect(trigger.action).toMatchObject({ headerNames: ["authorization"] });
  for (const shown of [data, trigger, world.logged, stream.events]) {
    expect(JSON.stringify(shown)).not.toContain("very-secret-value");
  }
  expect(data.filter(({ operation }) => operation === "trigger.fired")).toMatchObject([
    { outcome: "post_failed", surface: "hub", details: { triggerId } },
    { outcome: "ok", surface: "hub", details: { triggerId, firingId: first.firingId } },
  ]);
});

test("guards hold it back, each says why, and nothing is done", async () => {
  using stream = await open();
  const same = await create({ guards: { deduplicate: true, maxPerHour: 100 } });
  const rare = await create({ guards: { minIntervalSeconds: 3_600 } });
  await say("One");
  await firingOf(stream, same);
  await firingOf(stream, rare);
  await say("Two");
  const held = await Promise.all([firingOf(stream, same, 2), firingOf(stream, rare, 2)]);
  expect(held.map(({ state, actedAt }) => [state, actedAt])).toEqual([
    ["suppressed", null],
    ["suppressed", null],
  ]);
  expect(held.map(({ guards }) => guards.find(({ passes }) => !passes)?.guard)).toEqual([
    "deduplicate",
    "min_interval",
  ]);
});

test("an interval fires by the clock, and a paused one does not", async () => {
  using stream = await open();
  const triggerId = await create({ when: { type: "interval", seconds: 1 } });
  expect(await firingOf(stream, triggerId, 2)).toMatchObject({ state: "done" });
  await call(world.hub, operations["triggers.pause"], { triggerId });
  await stream.event("trigger.paused");
  const { trigger } = await call(world.hub, operations["triggers.get"], { triggerId });
  expect(trigger).toMatchObject({ enabled: false, nextDueAt: null });
});

test("rest fires once for each time the session rests", async () => {
  using stream = await open();
  await say("Hello");
  await stream.event("app_server.turn.completed");
  const triggerId = await create({ when: { type: "idle_for", seconds: 1 } });
  expect(await firingOf(stream, triggerId)).toMatchObject({
    state: "done",
    cause: { type: "idle" },
  });
  const { trigger } = await call(world.hub, operations["triggers.get"], { triggerId });
  expect(trigger.nextDueAt).toBeNull();
  await say("Again");
  const second = await firingOf(stream, triggerId, 2);
  expect(second.cause).toMatchObject({ type: "idle", turnId: expect.any(String) });
});

test("a session that is deleted takes its triggers along", async () => {
  const triggerId = await create({});
  await say("Hello");
  using stream = await StreamClient.open(world.hub);
  await call(world.hub, operations["sessions.delete"], { sessionId });
  await stream.event("trigger.deleted");
  expect(await callRaw(world.hub, operations["triggers.get"], { triggerId })).toMatchObject({
    status: 404,
  });
});

test("a dry run says what would happen, and nothing does", async () => {
  const triggerId = await create({
    when: {
      type: "event",
      types: ["app_server.item.completed"],
      where: [{ path: "payload.params.item.type", op: "eq", value: "agentMessage" }],
    },
    action: { type: "send", mode: "queue", text: "It said {{event.payload.params.item.text}}" },
  });
  const dry = (type: string) =>
    call(world.hub, operations["triggers.test"], {
      triggerId,
      event: {
        type: "app_server.item.completed",
        payload: { params: { item: { type, text: "Hi" } } },
      },
    });
  expect(await dry("agentMessage")).toMatchObject({
    matches: true,
    wouldFire: true,
    preview: "It said Hi",
  });
  expect(await dry("userMessage")).toMatchObject({
    matches: false,
    wouldFire: false,
    preview: null,
  });
  await call(world.hub, operations["triggers.pause"], { triggerId });
  const paused = await dry("agentMessage");
  expect([paused.matches, paused.wouldFire]).toEqual([true, false]);
  expect(paused.guards[0]).toMatchObject({ guard: "enabled", passes: false });
  const { data } = await call(world.hub, operations["triggers.firings.list"], { triggerId });
  expect(data).toEqual([]);
});

test("what was changed holds, and what was not stays", async () => {
  const triggerId = await create({ when: { type: "interval", seconds: 3_600 } });
  const get = async () =>
    (await call(world.hub, operations["triggers.get"], { triggerId })).trigger;
  const before = await get();
  const { trigger } = await call(world.hub, operations["triggers.update"], {
    triggerId,
    name: "Other",
  });
  expect(trigger).toEqual({ ...before, name: "Other", updatedAt: trigger.updatedAt });
  await world.restart();
  expect(await get()).toEqual(trigger);
  const changed = await call(world.hub, operations["triggers.update"], {
    triggerId,
    when: { type: "cron", expression: "0 0 1 1 *" },
  });
  expect(new Date(changed.trigger.nextDueAt!).toISOString()).toMatch(/-01-01T00:00:00.000Z$/);
});

const send = (more: object = {}) => ({ type: "send", mode: "queue", text: "Hi", ...more });

test.each<[string, object]>([
  ["when.expression", { when: { type: "cron", expression: "61 * * * *" } }],
  ["when.timeZone", { when: { type: "cron", expression: "@daily", timeZone: "Mars/Olympus" } }],
  ["when.types.0", { when: { type: "event", types: ["app_server"] } }],
  ["when.types.1", { when: { type: "event", types: ["session.updated", "nothing.known"] } }],
  ["when.types.0", { when: { type: "event", types: ["*"] } }],
  ["when.types.0", { when: { type: "event", types: ["trigger.fired"] } }],
  ["when.types.0", { when: { type: "event", types: ["app_server.item.agent_message.delta"] } }],
  ["action.text", { action: send({ text: "{{secrets}}" }) }],
  ["action.url", { action: { type: "post", url: "file:///etc/passwd" } }],
  ["action.url", { action: { type: "post", url: "http://me:secret@localhost/" } }],
  [
    "action.headers.host",
    { action: { type: "post", url: "http://localhost", headers: { host: "x" } } },
  ],
  ["action.type", { action: { type: "answer", mode: "deny" } }],
  ["action.rules", { when: { type: "request" }, action: { type: "answer", mode: "rules" } }],
])("%s that means nothing is refused by name: %j", async (path, given) => {
  const { status, body } = await raw(given as Partial<Create>);
  expect({ status, body }).toMatchObject({ status: 400, body: { code: "invalid_request" } });
  const { issues } = (body as { details: { issues: { path: string }[] } }).details;
  expect(issues.map((issue) => issue.path)).toEqual([path]);
});

test("a round over two sessions is refused, unless one of its triggers is bounded", async () => {
  const other = await newSession();
  await create({ action: send({ sessionId: other }) as Create["action"], guards: {} });
  const back = { sessionId: other, action: send({ sessionId }) as Create["action"] };
  const { status, body } = await raw({ ...back, guards: {} });
  expect([status, body]).toMatchObject([
    409,
    { code: "self_loop", details: { sessionIds: [other, sessionId, other] } },
  ]);
  expect(await raw({ ...back, guards: { maxPerHour: 1 } })).toMatchObject({ status: 200 });
});
