/** Sessions on the real codex. */
import { operations } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

async function create(hub: HubAddress, input: Parameters<typeof call>[2] = {}) {
  return (await call(hub, operations["sessions.create"], input)).session;
}

async function say(world: { hub: HubAddress }, sessionId: string, input: object = {}) {
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const { turnId } = await call(world.hub, operations["sessions.send_message"], {
    sessionId,
    text: "Go",
    ...input,
  });
  await stream.event<{ context: { turnId: string } }>(
    "app_server.turn.completed",
    ({ payload }) => payload.context.turnId === turnId,
  );
}

test("two messages at once start one turn; the other is told that the session is busy", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { sessionId } = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  model.turn(text(["One ", gate("hold"), "moment"]));
  const send = (words: string) =>
    callRaw(hub, operations["sessions.send_message"], { sessionId, text: words });
  const answers = await Promise.all([send("first"), send("second")]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
  const started = answers.find(({ status }) => status === 202)!.body as { turnId: string };
  await model.gate("hold").reached;
  await stream.event("app_server.turn.started");
  expect(await send("third")).toMatchObject({
    status: 409,
    body: { code: "session_busy", retryable: true, details: { sessionId, turnId: started.turnId } },
  });
  const { session } = await call(hub, operations["sessions.get"], { sessionId });
  expect(session).toMatchObject({ status: "active", activeTurnId: started.turnId });
  model.gate("hold").release();
  await stream.event("app_server.turn.completed");
  expect(model.requests).toHaveLength(1);
  model.turn(text("Yes?"));
  expect((await send("now")).status).toBe(202);
});

test("an interrupted turn says so, and the session takes the next message", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { sessionId } = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  model.turn(text(["One ", gate("hold"), "moment"]));
  const { turnId } = await call(hub, operations["sessions.send_message"], {
    sessionId,
    text: "Go",
  });
  await model.gate("hold").reached;
  expect(await call(hub, operations["sessions.interrupt"], { sessionId })).toEqual({
    status: "ok",
    sessionId,
    turnId,
  });
  const { payload } = await stream.event("app_server.turn.completed");
  expect(payload).toMatchObject({ params: { turn: { id: turnId, status: "interrupted" } } });
  const again = await callRaw(hub, operations["sessions.interrupt"], { sessionId });
  expect(again).toMatchObject({
    status: 409,
    body: { status: "no_active_turn", code: "no_active_turn" },
  });
  model.turn(text("Here."));
  await say(world, sessionId);
});

test("sessions with and without a message are listed once each, newest first, page by page", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const spoken = [];
  for (const words of ["one", "two", "three"]) {
    const { sessionId } = await create(hub);
    model.turn(text(words));
    await say(world, sessionId);
    spoken.push(sessionId);
  }
  const { sessionId: silent } = await create(hub);
  const whole = await call(hub, operations["sessions.list"], {});
  expect(whole.data.map((session) => session.sessionId).toSorted()).toEqual(
    [...spoken, silent].toSorted(),
  );
  expect(whole.data.map((session) => session.updatedAt)).toEqual(
    whole.data.map((session) => session.updatedAt).toSorted((a, b) => b - a),
  );
  expect(whole.data.find((session) => session.sessionId === silent)).toMatchObject({
    materialized: false,
    title: "New chat",
  });
  const paged: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await call(hub, operations["sessions.list"], {
      limit: 2,
      ...(cursor === undefined ? {} : { cursor: cursor! }),
    });
    paged.push(...page.data.map((session) => session.sessionId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(paged.toSorted()).toEqual([...spoken, silent].toSorted());
  expect(await call(hub, operations["sessions.list"], { archived: true })).toMatchObject({
    data: [],
    archived: true,
  });
});

test("after a restart a session is brought back at its next message, with its tools and settings", async () => {
  await using world = await createHubWorld();
  const { model } = world;
  const { sessionId } = await create(world.hub, { dynamicTools: [tool], approvalPolicy: "never" });
  model.turn(text("First."));
  await say(world, sessionId);
  await world.restart();
  // Codex does not hold it yet: there is no turn to interrupt, and that is not "no such session".
  const idle = await callRaw(world.hub, operations["sessions.interrupt"], {
    sessionId,
    turnId: "01990000-0000-7000-8000-0000000000fe",
  });
  expect(idle).toMatchObject({ status: 409, body: { code: "no_active_turn" } });
  model.turn(text("Second."));
  await say(world, sessionId);
  expect(model.requests[1]!.tools.map(({ name }) => name)).toContain("look");
  const { session, transcript } = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(session).toMatchObject({ title: "New chat", approvalPolicy: "never" });
  expect(transcript.map(({ content }) => content)).toEqual(["Go", "First.", "Go", "Second."]);
});

test("a session nobody has spoken in survives a restart", async () => {
  await using world = await createHubWorld();
  const { sessionId } = await create(world.hub);
  await world.restart();
  const { data } = await call(world.hub, operations["sessions.list"], {});
  expect(data.map((session) => session.sessionId)).toEqual([sessionId]);
  world.model.turn(text("At last."));
  await say(world, sessionId);
});

test("what a message overrides with sticky is what the session runs with from then on", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const created = await create(hub, {
    filesystemSandbox: "workspace-write",
    networkAccess: "enabled",
  });
  expect(created.sessionControls).toMatchObject({
    filesystemSandbox: "workspace-write",
    networkAccess: "enabled",
    approvalPolicy: "on-request",
  });
  const { sessionId } = created;
  model.turn(text("Yes."));
  await say(world, sessionId, {
    sticky: true,
    approvalPolicy: "never",
    networkAccess: "restricted",
    model: "m2",
  });
  const { session } = await call(hub, operations["sessions.get"], { sessionId });
  expect(session.sessionControls).toEqual({
    model: "m2",
    approvalPolicy: "never",
    networkAccess: "restricted",
    filesystemSandbox: "workspace-write",
    settings: {},
  });
});

test("a message may repeat the session's tools, and may not change them", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { sessionId } = await create(hub, { dynamicTools: [tool] });
  const other = { ...tool, name: "touch" };
  const refused = await callRaw(hub, operations["sessions.send_message"], {
    sessionId,
    text: "Go",
    dynamicTools: [other],
  });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: "catalog_fixed", details: { sessionId, tools: ["look"] } },
  });
  model.turn(text("One."), text("Two."));
  await say(world, sessionId, { dynamicTools: [tool] });
  await say(world, sessionId, { dynamicTools: [] });
});

test("a session's start is an event with its summary", async () => {
  await using world = await createHubWorld();
  using stream = await StreamClient.open(world.hub);
  const session = await create(world.hub);
  const { payload, threadId } = await stream.event("session.created");
  expect(threadId).toBe(session.sessionId);
  expect(payload).toEqual({ session });
});
