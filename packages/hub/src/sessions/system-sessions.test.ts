/** Sessions that the hub runs for itself, on the real codex. */
import { operations } from "@signalbox/contract";
import { execCommand, functionCall, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  fetchJson,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

async function createSystem({ hub }: HubWorld) {
  const input = { systemOwned: true, dynamicTools: [tool] };
  return (await call(hub, operations["sessions.create"], input)).session.sessionId;
}

/** Sends a message as the hub itself; resolves with the turn's end. */
async function work({ hub }: HubWorld, sessionId: string, stream: StreamClient) {
  const input = { sessionId, text: "Work", asSystem: true };
  const { turnId } = await call(hub, operations["sessions.send_message"], input);
  await stream.event<{ context: { turnId: string } }>(
    "app_server.turn.completed",
    ({ payload }) => payload.context.turnId === turnId,
  );
}

test("a session the hub runs for itself is seen by those alone who ask for exactly it", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  using all = await StreamClient.open(hub);
  using legacy = await StreamClient.open(hub, {}, { legacy: true });
  const sessionId = await createSystem(world);
  using exact = await StreamClient.open(hub, { threadId: sessionId });
  model.turn(text("Done."));
  await work(world, sessionId, exact);
  const { session } = await call(hub, operations["sessions.create"], {});
  for (const stream of [all, legacy]) {
    await stream.event("session.created");
    expect(stream.events.filter(({ threadId }) => threadId === sessionId)).toEqual([]);
    const texts = JSON.stringify(stream.events);
    expect(texts).toContain(session.sessionId);
    expect(texts).not.toContain(sessionId);
  }
  // Nor in what is replayed, unless exactly it is asked for.
  const pageOf = async (query: string) =>
    JSON.stringify((await fetchJson(hub, `/api/events?limit=1000${query}`)).body);
  expect(await pageOf("")).not.toContain(sessionId);
  expect(await pageOf(`&threadId=${sessionId}`)).toContain("app_server.turn.completed");
  const ready = exact.frames[0] as { epoch: string };
  using replayed = await StreamClient.open(hub, { after: `${ready.epoch}:0` });
  await replayed.frame("caught_up");
  expect(JSON.stringify(replayed.events)).not.toContain(sessionId);

  const ids = async (input: object) =>
    (await call(hub, operations["sessions.list"], input)).data.map((each) => each.sessionId);
  expect(await ids({})).toEqual([session.sessionId]);
  expect((await ids({ includeSystemOwned: true })).toSorted()).toEqual(
    [session.sessionId, sessionId].toSorted(),
  );
  const read = await call(hub, operations["sessions.get"], { sessionId });
  expect(read.session.systemOwned).toBe(true);

  // A restart does not show it either.
  await world.restart();
  using later = await StreamClient.open(world.hub, { after: `${ready.epoch}:0` });
  await later.frame("caught_up");
  expect(JSON.stringify(later.events)).not.toContain(sessionId);
});

test("people can't write to a session the hub runs for itself; the hub can", async () => {
  await using world = await createHubWorld();
  const { hub } = world;
  const sessionId = await createSystem(world);
  const turnId = "01990000-0000-7000-8000-0000000000fe";
  const refused = [
    callRaw(hub, operations["sessions.rename"], { sessionId, title: "Mine" }),
    callRaw(hub, operations["sessions.archive"], { sessionId }),
    callRaw(hub, operations["sessions.unarchive"], { sessionId }),
    callRaw(hub, operations["sessions.resume"], { sessionId }),
    callRaw(hub, operations["sessions.fork"], { sessionId }),
    callRaw(hub, operations["sessions.compact"], { sessionId }),
    callRaw(hub, operations["sessions.rollback"], { sessionId }),
    callRaw(hub, operations["sessions.review"], { sessionId }),
    callRaw(hub, operations["sessions.background_terminals.clean"], { sessionId }),
    callRaw(hub, operations["sessions.approval_policy.set"], {
      sessionId,
      approvalPolicy: "never",
    }),
    callRaw(hub, operations["sessions.steer"], { sessionId, turnId, input: "Stop" }),
    callRaw(hub, operations["sessions.send_message"], { sessionId, text: "Hello" }),
    callRaw(hub, operations["sessions.interrupt"], { sessionId }),
    callRaw(hub, operations["sessions.delete"], { sessionId }),
  ];
  for (const answer of await Promise.all(refused)) {
    expect(answer).toMatchObject({
      status: 403,
      body: { status: "error", code: "system_session", details: { sessionId } },
    });
  }
  const idle = await callRaw(hub, operations["sessions.interrupt"], { sessionId, asSystem: true });
  expect(idle).toMatchObject({ status: 409, body: { code: "no_active_turn" } });
  using others = await StreamClient.open(hub);
  expect(
    await call(hub, operations["sessions.delete"], { sessionId, asSystem: true }),
  ).toMatchObject({ status: "ok", sessionId });
  expect(await callRaw(hub, operations["sessions.get"], { sessionId })).toMatchObject({
    status: 410,
  });
  // Its end is told to nobody who did not know of it.
  await call(hub, operations["sessions.create"], {});
  await others.event("session.created");
  expect(JSON.stringify(others.events)).not.toContain(sessionId);
});

test("what a session of the hub's own asks gets its safe answer at once", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSystem(world);
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  world.model.turn(
    execCommand({ cmd: "true", escalate: true }),
    functionCall("look", {}),
    text("."),
  );
  await work(world, sessionId, stream);
  const resolved = stream.events.filter(({ type }) => type === "request.resolved");
  expect(resolved.map(({ payload }) => payload)).toMatchObject([
    { kind: "command_approval", outcome: "timed_out", decision: "decline" },
    { kind: "tool_call", outcome: "timed_out", success: false },
  ]);
  const [, , last] = world.model.requests;
  expect(JSON.stringify(last!.body)).toContain("nobody is asked in a session that the hub runs");
});
