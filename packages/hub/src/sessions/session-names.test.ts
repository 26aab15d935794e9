/** Handles and titles in place of ids, over HTTP on the real codex. */
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
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
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

async function newSession(names: { title?: string; handle?: string } = {}): Promise<string> {
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  if (Object.keys(names).length > 0) {
    await call(world.hub, operations["sessions.rename"], { sessionId, ...names });
  }
  return sessionId;
}

const get = (sessionId: string) => callRaw(world.hub, operations["sessions.get"], { sessionId });

test("a session with a handle is spoken to and read by it, and answers name its id", async () => {
  const sessionId = await newSession();
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const { session } = await call(world.hub, operations["sessions.rename"], {
    sessionId,
    handle: "Reviewer",
  });
  expect(session).toMatchObject({ sessionId, handle: "@Reviewer", title: "New chat" });
  const told = await stream.event("session.updated");
  expect(told.payload).toMatchObject({ changed: ["handle"], session: { handle: "@Reviewer" } });

  const sent = await call(world.hub, operations["sessions.send_message"], {
    sessionId: "@reviewer",
    text: "Ready?",
  });
  expect(sent.sessionId).toBe(sessionId);
  await stream.event("app_server.turn.completed");
  expect(await get("@Reviewer")).toMatchObject({ status: 200, body: { session: { sessionId } } });
  const { data } = await call(world.hub, operations["audit.list"], { sessionId: "@reviewer" });
  expect(data.map((entry) => [entry.operation, entry.sessionId])).toEqual([
    ["sessions.send_message", sessionId],
    ["sessions.rename", sessionId],
    ["sessions.create", sessionId],
  ]);

  await world.restart();
  expect(await get("@reviewer")).toMatchObject({ body: { session: { handle: "@Reviewer" } } });
});

test("a title stands for its session where it has no other, whatever is written in it", async () => {
  const title = "a/b? 100% äöü 日本 @x";
  const sessionId = await newSession({ title });
  expect(await get(title)).toMatchObject({ status: 200, body: { session: { sessionId } } });
  const other = await newSession({ title });
  expect(await get(title)).toMatchObject({
    status: 400,
    body: {
      code: "ambiguous_selector",
      details: {
        candidates: [
          { sessionId: other, handle: null, title },
          { sessionId, handle: null, title },
        ],
      },
    },
  });
  await call(world.hub, operations["sessions.delete"], { sessionId: other });
  expect(await get(title)).toMatchObject({ body: { session: { sessionId } } });
});

test("an unknown handle is told with those that are like it, and a list narrowed by it is no empty list", async () => {
  const sessionId = await newSession({ handle: "@deployer", title: "Deploys" });
  const refusal = {
    status: 404,
    body: {
      code: "session_not_found",
      message: "There is no session @deploier. Did you mean @deployer (Deploys)?",
      details: { near: [{ sessionId, handle: "@deployer", title: "Deploys" }] },
    },
  };
  expect(await get("@deploier")).toMatchObject(refusal);
  const narrowed = { sessionId: "@deploier" };
  expect(await callRaw(world.hub, operations["requests.list"], narrowed)).toMatchObject(refusal);
  expect(await callRaw(world.hub, operations["audit.list"], narrowed)).toMatchObject(refusal);
  // What was tried is in the audit, by the name it was tried with.
  const input = { sessionId: "@deploier", text: "Hello?" };
  expect(await callRaw(world.hub, operations["sessions.send_message"], input)).toMatchObject(
    refusal,
  );
  const { data } = await call(world.hub, operations["audit.list"], { limit: 1 });
  expect(data[0]).toMatchObject({ sessionId: "@deploier", outcome: "session_not_found" });
});

test("a handle has 64 characters at most, is one session's only, moves when it is taken away, and goes with it", async () => {
  const rename = (sessionId: string, handle: string | null) =>
    callRaw(world.hub, operations["sessions.rename"], { sessionId, handle });
  const longest = `@${"h".repeat(64)}`;
  const first = await newSession({ handle: longest });
  expect(await rename(first, `${longest}h`)).toMatchObject({
    status: 400,
    body: { code: "invalid_request", details: { issues: [{ path: "handle" }] } },
  });
  for (const wrong of ["", "@", "@@a", "a b", "ä"]) {
    expect(await rename(first, wrong), wrong).toMatchObject({ body: { code: "invalid_request" } });
  }
  const second = await newSession();
  expect(await rename(second, longest.toUpperCase())).toMatchObject({
    status: 409,
    body: { status: "conflict", code: "handle_taken", details: { sessionId: first } },
  });
  // One's own may be written otherwise.
  expect(await rename(first, longest.toUpperCase())).toMatchObject({ status: 200 });
  expect(await rename(first, null)).toMatchObject({ body: { session: { handle: null } } });
  expect(await rename(second, longest)).toMatchObject({ status: 200 });
  await call(world.hub, operations["sessions.delete"], { sessionId: longest });
  expect(await get(longest)).toMatchObject({ body: { code: "session_not_found" } });
  expect(await get(second)).toMatchObject({ body: { code: "session_deleted" } });
  expect(await rename(first, longest)).toMatchObject({ status: 200 });
});

test("a write that was done once under a key is answered again after its session was renamed", async () => {
  const sessionId = await newSession({ handle: "@before" });
  const send = () =>
    fetch(`${world.hub.url}/api/sessions/%40before/fork`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.hub.token}`, "idempotency-key": "renamed-1" },
    });
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Hello" });
  await stream.event("app_server.turn.completed");
  const first = await send();
  expect(first.status).toBe(200);
  await call(world.hub, operations["sessions.rename"], { sessionId, handle: "@after" });
  const again = await send();
  expect(again.status).toBe(200);
  expect(await again.json()).toEqual(await first.json());
});
