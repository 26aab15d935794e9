/** What the audit keeps of operations, on the real hub. */
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, callRaw, createHubWorld } from "../../fixtures/hub-world.ts";

test("every write is kept with its session, how it came and how it ended, and nothing of what was said", async () => {
  await using world = await createHubWorld();
  world.model.turn(text("Fine."));
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "a secret word" });
  await call(world.hub, operations["sessions.get"], { sessionId });
  await callRaw(world.hub, operations["approvals.decide"], {
    approvalId: "req_none",
    decision: "accept",
  });
  const { data } = await call(world.hub, operations["audit.list"], { order: "oldest" });
  expect(data).toMatchObject([
    { operation: "sessions.create", sessionId, surface: "http", outcome: "ok", details: {} },
    { operation: "sessions.send_message", sessionId, outcome: "ok", details: {} },
    {
      operation: "approvals.decide",
      sessionId: null,
      outcome: "approval_not_found",
      details: { approvalId: "req_none" },
    },
  ]);
  expect(JSON.stringify(data)).not.toContain("secret");
});

test("a write that is repeated under its key is kept once", async () => {
  await using world = await createHubWorld();
  const send = () =>
    fetch(`${world.hub.url}/api/sessions`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.hub.token}`, "idempotency-key": "k1" },
    });
  expect((await send()).status).toBe(200);
  expect((await send()).status).toBe(200);
  const { data } = await call(world.hub, operations["audit.list"], {});
  expect(data).toHaveLength(1);
});
