/** Webhooks over HTTP: who may fire a trigger, how often, and what they are told. */
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../../fixtures/hub-world.ts";
import { type Hook, type Posting, postWebhook } from "../../../fixtures/post-webhook.ts";
import { maxWrongTokens } from "../../http/wrong-tokens.ts";
import { maxHookBytes, tolerance } from "./webhooks.ts";

let world: HubWorld;
let sessionId = "";

beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  sessionId = (await call(world.hub, operations["sessions.create"], {})).session.sessionId;
});
afterAll(() => world[Symbol.asyncDispose]());

async function newHook(): Promise<Hook> {
  const { trigger, secret } = await call(world.hub, operations["triggers.create"], {
    name: "Build",
    sessionId,
    when: { type: "webhook" },
    action: {
      type: "send",
      mode: "context",
      text: "{{event.payload.branch}} is {{event.payload.state}}",
    },
  });
  return { triggerId: trigger.triggerId, secret: secret! };
}

interface Delivery extends Partial<Posting> {
  /** Seconds from now. */
  readonly age?: number;
}

let count = 0;
const now = Math.floor(Date.now() / 1_000);

/** Delivers, signed as it should be unless other headers are given. */
async function deliver(hook: Hook, { age = 0, ...given }: Delivery = {}) {
  count += 1;
  const posting = {
    id: `delivery_${count}`,
    time: now - age,
    body: '{"branch":"main","state":"red"}',
  };
  const response = await postWebhook(world.hub, hook, { ...posting, ...given });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const firings = async ({ triggerId }: Hook) =>
  (await call(world.hub, operations["triggers.firings.list"], { triggerId })).data;

test("a signed delivery fires its trigger with what was posted, without a token", async () => {
  const hook = await newHook();
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const { status, body } = await deliver(hook);
  expect([status, body]).toEqual([
    202,
    { status: "accepted", firingId: expect.stringMatching(/^fir_[0-9a-f]{32}$/), duplicate: false },
  ]);
  const { payload } = await stream.event("trigger.fired");
  expect(payload).toMatchObject({
    firing: { firingId: body.firingId, state: "done", preview: "main is red" },
  });
});

test("a delivery sent again fires nothing more: signed anew it is acknowledged, overheard it is refused", async () => {
  const hook = await newHook();
  const first = await deliver(hook, { id: "same", age: 60 });
  expect(await deliver(hook, { id: "same", age: 60 })).toMatchObject({
    status: 409,
    body: { code: "webhook_replayed" },
  });
  const again = await deliver(hook, { id: "same", age: 30 });
  expect(again).toMatchObject({
    status: 202,
    body: { firingId: first.body.firingId, duplicate: true },
  });
  expect(await deliver(hook, { id: "same", age: 30 })).toMatchObject({ status: 409 });
  expect(await deliver(hook, { id: "same", body: "{}" })).toMatchObject({ status: 409 });
  expect(await firings(hook)).toHaveLength(1);
});

test("what came before a restart is known after it", async () => {
  const hook = await newHook();
  await deliver(hook, { id: "before", age: 10 });
  await world.restart();
  expect(await deliver(hook, { id: "before", age: 10 })).toMatchObject({ status: 409 });
  expect(await firings(hook)).toHaveLength(1);
});

test("several deliveries at once under one id are one firing", async () => {
  const hook = await newHook();
  const all = await Promise.all(Array.from({ length: 8 }, () => deliver(hook, { id: "at once" })));
  expect(all.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(await firings(hook)).toHaveLength(1);
});

test("a delivery is as old as it may be, and no older", async () => {
  const hook = await newHook();
  expect(await deliver(hook, { age: tolerance - 30 })).toMatchObject({ status: 202 });
  expect(await deliver(hook, { age: tolerance + 30 })).toMatchObject({
    status: 401,
    body: { code: "bad_signature" },
  });
  expect(await deliver(hook, { age: -tolerance - 30 })).toMatchObject({ status: 401 });
});

test("a body is as long as it may be, and no longer", async () => {
  const hook = await newHook();
  expect(await deliver(hook, { body: "x".repeat(maxHookBytes) })).toMatchObject({ status: 202 });
  // The hub does not read on, so the connection can't be used again.
  const tooLong = { body: "x".repeat(maxHookBytes + 1), headers: { connection: "close" } };
  expect(await deliver(hook, tooLong)).toMatchObject({
    status: 413,
    body: { code: "body_too_large" },
  });
});

test("a paused trigger says so to who may know, and fires nothing", async () => {
  const hook = await newHook();
  await call(world.hub, operations["triggers.pause"], { triggerId: hook.triggerId });
  expect(await deliver(hook)).toMatchObject({ status: 409, body: { code: "trigger_paused" } });
  expect(await firings(hook)).toEqual([]);
});

test("another secret takes the place of the one before", async () => {
  const hook = await newHook();
  const { secret } = await call(world.hub, operations["triggers.rotate_secret"], {
    triggerId: hook.triggerId,
  });
  expect(await deliver(hook)).toMatchObject({ status: 401 });
  expect(await deliver({ ...hook, secret })).toMatchObject({ status: 202 });
});

test("secrets stand in the answer that makes them, and nowhere else", async () => {
  using stream = await StreamClient.open(world.hub);
  const hook = await newHook();
  await call(world.hub, operations["triggers.pause"], { triggerId: hook.triggerId });
  await stream.event("trigger.paused");
  const shown = [
    await call(world.hub, operations["triggers.get"], { triggerId: hook.triggerId }),
    await call(world.hub, operations["triggers.list"], {}),
    await call(world.hub, operations["audit.list"], {}),
    stream.events,
    world.logged,
  ];
  expect(JSON.stringify(shown)).not.toContain(hook.secret.slice("whsec_".length));
});

test("pages of other origins and other hosts are refused", async () => {
  const hook = await newHook();
  expect(await deliver(hook, { headers: { origin: "http://elsewhere" } })).toMatchObject({
    body: { code: "foreign_origin" },
  });
});

test("only webhooks have a secret", async () => {
  const { trigger } = await call(world.hub, operations["triggers.create"], {
    name: "Other",
    sessionId,
    when: { type: "interval", seconds: 3_600 },
    action: { type: "send", text: "Hi" },
  });
  const { triggerId } = trigger;
  expect(
    await callRaw(world.hub, operations["triggers.rotate_secret"], { triggerId }),
  ).toMatchObject({ status: 409, body: { code: "not_a_webhook" } });
  const posted = await deliver({ triggerId, secret: "whsec_AAAA" });
  expect(posted).toMatchObject({ status: 401, body: { code: "bad_signature" } });
});

test("wrong signatures count like wrong tokens, and lock an address out that tries many", async () => {
  await world.restart();
  const hook = await newHook();
  const wrong = () =>
    deliver(hook, { headers: { "webhook-signature": `v1,${btoa(String(Math.random()))}` } });
  for (let i = 0; i < maxWrongTokens; i += 1) expect(await wrong()).toMatchObject({ status: 401 });
  expect(await wrong()).toMatchObject({ status: 429, body: { code: "too_many_attempts" } });
  expect(await deliver(hook)).toMatchObject({ status: 429 });
});
