import { operations } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld({ codex: { features: { goals: true } } });
});
afterAll(() => world[Symbol.asyncDispose]());

async function createSession(): Promise<string> {
  const { session } = await call(world.hub, operations["sessions.create"], {});
  return session.sessionId;
}

test("an active goal makes codex start turns by itself: the session is busy with them, and a goal taken away ends it", async () => {
  const sessionId = await createSession();
  const { hub, model } = world;
  model.turn(text(["On my way", gate("goal turn")]));
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  const { goal } = await call(hub, operations["sessions.goal.set"], {
    sessionId,
    objective: "Count to three",
  });
  expect(goal).toMatchObject({ objective: "Count to three", status: "active" });
  await stream.event("app_server.turn.started");
  await model.gate("goal turn").reached;
  const refused = await callRaw(hub, operations["sessions.send_message"], {
    sessionId,
    text: "And me?",
  });
  expect(refused).toMatchObject({ status: 409, body: { code: "session_busy" } });
  expect(await call(hub, operations["sessions.goal.clear"], { sessionId })).toEqual({
    sessionId,
    cleared: true,
  });
  model.gate("goal turn").release();
  await stream.event("app_server.turn.completed");
  expect(await call(hub, operations["sessions.goal.get"], { sessionId })).toMatchObject({
    goal: null,
  });
});

test("a goal is changed field by field, and a pause is kept", async () => {
  const sessionId = await createSession();
  const { hub } = world;
  await call(hub, operations["sessions.goal.set"], {
    sessionId,
    objective: "Rest",
    status: "paused",
    tokenBudget: 10_000,
  });
  await call(hub, operations["sessions.goal.set"], { sessionId, tokenBudget: 20_000 });
  const { goal } = await call(hub, operations["sessions.goal.get"], { sessionId });
  expect(goal).toMatchObject({ objective: "Rest", status: "paused", tokenBudget: 20_000 });
});
