/** A hub that was given less room than its journal has. */
import { type EventPage, operations } from "@signalbox/contract";
import { execCommand, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, createHubWorld, fetchJson, StreamClient } from "../fixtures/hub-world.ts";

test("a hub lets go of what is too old, tells readers from before, and works on", async () => {
  await using world = await createHubWorld({ hub: { retention: { maxAge: 0 } } });
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  using first = await StreamClient.open(world.hub);
  world.model.turn(text("Done."));
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" });
  const done = await first.event("app_server.turn.completed");
  const { epoch } = await first.frame("ready");
  await world.restart();

  const after = `${epoch}:1`;
  // Its first look is at the start, beside everything else.
  await expect
    .poll(async () => {
      const page = (await fetchJson(world.hub, `/api/events?after=${after}`)).body as EventPage;
      return page.gap?.reason === "retention" && Number(page.gap.to.split(":")[1]) >= done.seq;
    })
    .toBe(true);
  using back = await StreamClient.open(world.hub, { after });
  const gap = await back.frame("gap");
  expect(gap).toMatchObject({ reason: "retention", from: after });
  await back.frame("caught_up");
  expect(back.seqs.every((seq) => seq > Number(gap.to.split(":")[1]))).toBe(true);

  world.model.turn(execCommand({ cmd: "true", escalate: true }), text("Ran."));
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Run it" });
  const opened = await back.event("request.opened");
  const requestId = String(opened.payload.requestId);
  await call(world.hub, operations["approvals.decide"], {
    approvalId: requestId,
    decision: "accept",
  });
  await back.event("request.resolved", ({ payload }) => payload.requestId === requestId);
  await back.event("app_server.turn.completed");
});

test("a limit of retention that is none stops the start with its name", async () => {
  await expect(createHubWorld({ hub: { retention: { maxSize: -1 } } })).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining("retention.maxSize") as string,
  });
});
