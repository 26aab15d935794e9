/** Who runs a tool: one process, and its answer counts once however often it is sent. */
import { type HubEventPayload, operations } from "@signalbox/contract";
import { functionCall, text } from "@signalbox/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, callRaw, createHubWorld, StreamClient } from "../../fixtures/hub-world.ts";
import { newRequest } from "../../fixtures/new-request.ts";
import { openDatabase } from "../store/database.ts";
import { RequestStore } from "./request-store.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

/** A session whose turn waits for a tool call. */
async function createCall() {
  const world = await createHubWorld();
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [tool],
  });
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  world.model.turn(functionCall("look", {}), text("Seen."));
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" });
  const { payload } = await stream.event<HubEventPayload<"request.opened">>("request.opened");
  const { requestId } = payload;
  const claim = (claimant: string) =>
    callRaw(world.hub, operations["tool_calls.claim"], { requestId, claimant });
  const claimed = async (claimant: string) =>
    (await call(world.hub, operations["tool_calls.claim"], { requestId, claimant })).claimId;
  const respond = (answer: { claimId?: string; text: string }) =>
    callRaw(world.hub, operations["tool_calls.respond"], { requestId, ...answer });
  return {
    world,
    stream,
    payload,
    requestId,
    claim,
    claimed,
    respond,
    async [Symbol.asyncDispose]() {
      stream[Symbol.dispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

test("of many processes that want a call at once one takes it, and the others are told which", async () => {
  await using c = await createCall();
  const names = Array.from({ length: 8 }, (_, index) => `worker-${index}`);
  const answers = await Promise.all(names.map((name) => c.claim(name)));
  const winners = answers.flatMap(({ status }, index) => (status === 200 ? [names[index]!] : []));
  expect(winners).toHaveLength(1);
  for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
    expect(status).toBe(409);
    expect(body).toMatchObject({
      status: "conflict",
      code: "in_flight",
      details: { claimant: winners[0] },
    });
  }
});

test("a process that asks again is given its claim again, with the deadline of the call", async () => {
  await using c = await createCall();
  const first = await c.claim("worker");
  expect(first.body).toMatchObject({ status: "claimed", deadlineAt: c.payload.deadlineAt });
  expect(await c.claim("worker")).toEqual(first);
});

test("a taken call takes its claimant's answer and no other, and a released one can be taken again, as requests.get shows", async () => {
  await using c = await createCall();
  const { requestId } = c;
  const shown = () => callRaw(c.world.hub, operations["requests.get"], { requestId });
  expect(await shown()).toMatchObject({ body: { request: { claimant: null } } });
  const first = await c.claimed("first");
  expect(await shown()).toMatchObject({ body: { request: { claimant: "first" } } });
  expect(await c.respond({ text: "x" })).toMatchObject({
    status: 409,
    body: { code: "in_flight", details: { claimant: "first" } },
  });
  expect(await c.respond({ text: "x", claimId: "claim_other" })).toMatchObject({
    status: 409,
    body: { code: "claim_not_held", details: { claimant: "first" } },
  });
  const release = (claimId: string) =>
    callRaw(c.world.hub, operations["tool_calls.release"], { requestId: c.requestId, claimId });
  expect(await release(first)).toMatchObject({ status: 200, body: { status: "released" } });
  expect(await shown()).toMatchObject({ body: { request: { claimant: null } } });
  expect((await release(first)).status).toBe(200);
  expect(await c.respond({ text: "x", claimId: first })).toMatchObject({
    body: { code: "claim_not_held", details: { claimant: null } },
  });
  const second = await c.claimed("second");
  expect(await release(first)).toMatchObject({ status: 409, body: { code: "claim_not_held" } });
  expect((await c.respond({ text: "seen", claimId: second })).status).toBe(200);
});

test("an answer whose reply was lost is sent again and succeeds; another answer is told what was given", async () => {
  await using c = await createCall();
  const claimId = await c.claimed("worker");
  const answers = await Promise.all([1, 2, 3].map(() => c.respond({ text: "seen", claimId })));
  for (const { status } of answers) expect(status).toBe(200);
  await c.stream.event("app_server.turn.completed");
  expect((await c.respond({ text: "seen", claimId })).status).toBe(200);
  for (const other of [{ text: "other", claimId }, { text: "seen" }]) {
    expect(await c.respond(other)).toMatchObject({
      status: 409,
      body: { status: "reconciled", code: "already_resolved" },
    });
  }
  expect(c.stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
  expect(await c.claim("worker")).toMatchObject({
    status: 409,
    body: { code: "already_resolved", details: { resolution: { outcome: "answered" } } },
  });
});

test("a claim is kept by the database, and whatever is taken and given back one holds it at most", () => {
  const step = fc.record({
    act: fc.constantFrom("take", "release"),
    who: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
      const database = openDatabase(":memory:");
      const store = new RequestStore(database);
      store.add(newRequest("r"));
      let holder: string | undefined;
      for (const { act, who } of steps) {
        const expected = act === "take" ? holder === undefined : holder === who;
        const done =
          act === "take"
            ? store.take("r", { id: `claim of ${who}`, claimant: who })
            : store.release("r", `claim of ${who}`);
        expect(done).toBe(expected);
        if (done) holder = act === "take" ? who : undefined;
        const { claim } = new RequestStore(database).get("r")!;
        expect(claim?.claimant).toBe(holder);
      }
    }),
    { numRuns: 50 },
  );
});

test("a waiting call is listed with the process that took it until it is answered", async () => {
  await using c = await createCall();
  const sessionId = c.payload.threadId!;
  const list = async () =>
    (await call(c.world.hub, operations["sessions.tool_calls.list"], { sessionId })).data;
  const waiting = { requestId: c.requestId, tool: "look", arguments: {}, threadId: sessionId };
  expect(await list()).toMatchObject([{ ...waiting, claimant: null }]);
  const claimId = await c.claimed("worker");
  expect(await list()).toMatchObject([{ ...waiting, claimant: "worker" }]);
  await c.respond({ text: "x", claimId });
  expect(await list()).toEqual([]);
});
