/** Who may write: every operation of the contract that changes a session, tried on another client's. */
import { type Example, type Operation, operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callRaw, createHubWorld, type HubWorld } from "../../fixtures/hub-world.ts";
import { speakElsewhere } from "../../fixtures/thread-elsewhere.ts";

/** What may be done about another client's session all the same: the hub's own names for it, being told of it, and an end to watching it. */
const allowed = new Set(["sessions.rename", "sessions.detach", "subscriptions.create"]);

const writes = (Object.values(operations) as Operation[]).filter(
  ({ intent, input }) => intent !== "read" && Object.hasOwn(input.shape, "sessionId"),
);
const refused = writes.filter(({ name }) => !allowed.has(name));

let world: HubWorld;
let sessionId: string;
beforeAll(async () => {
  world = await createHubWorld({ hub: { lockDefaults: true } });
  world.model.respond(() => text("Yes."));
  sessionId = await speakElsewhere(world.codex, "Hello");
  await call(world.hub, operations["sessions.attach"], { threadId: sessionId });
});
afterAll(() => world[Symbol.asyncDispose]());

/** An input of an example that fits, about the attached session. */
function inputOf({ name, examples, input: schema }: Operation): Record<string, unknown> {
  const fitting = (examples as Example<Record<string, unknown>>[])
    .map(({ input }) => input)
    .find((input) => "sessionId" in input && schema.safeParse(input).success);
  if (fitting === undefined) throw new Error(`${name} has no example about a session`);
  return { ...fitting, sessionId };
}

test("there are writes to try, and those that are allowed are among them", () => {
  expect(refused.length).toBeGreaterThan(15);
  expect(writes.length).toBe(refused.length + allowed.size);
});

test.each(refused)("$name is refused on a session that is only watched", async (operation) => {
  expect(operation.errors).toContain("session_attached");
  const before = await call(world.hub, operations["sessions.get"], { sessionId });
  const answer = await callRaw(world.hub, operation, inputOf(operation));
  expect(answer).toMatchObject({
    status: 403,
    body: { status: "error", code: "session_attached", details: { sessionId } },
  });
  expect(await call(world.hub, operations["sessions.get"], { sessionId })).toEqual(before);
});

test("an input that does not fit is told before whose the session is", async () => {
  const input = { sessionId, text: "  " };
  expect(await callRaw(world.hub, operations["sessions.send_message"], input)).toMatchObject({
    status: 400,
    body: { code: "invalid_request" },
  });
});

test("its names here may change, whoever wants is told of it, and it may be let go of", async () => {
  const named = await call(world.hub, operations["sessions.rename"], {
    sessionId,
    title: "Theirs",
    handle: "@theirs",
  });
  expect(named.session).toMatchObject({ title: "Theirs", handle: "@theirs" });
  const { thread } = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(thread.name ?? null).toBeNull();
  const { subscription } = await call(world.hub, operations["subscriptions.create"], { sessionId });
  expect(subscription).toMatchObject({ sessionId, when: "done", deliver: "inbox" });
  const another = await speakElsewhere(world.codex, "Hello");
  await call(world.hub, operations["sessions.attach"], { threadId: another });
  await call(world.hub, operations["sessions.detach"], { sessionId: another });
});
