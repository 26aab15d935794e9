/** Who acts: said once by the client, kept by the hub. */
import { actorHeader } from "@signalbox/contract";
import { Signalbox } from "@signalbox/sdk";
import { execCommand, text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe("the actor of a client", () => {
  test("is in the audit of every write, and who answered in the event", async () => {
    const actor = "Zoë 李";
    await using box = world.connect({ actor });
    const { session } = await box.sessions.create({});
    const { sessionId } = session;
    const stop = new AbortController();
    const resolved = Promise.withResolvers<unknown>();
    box.onEvent("request.resolved", ({ payload }) => resolved.resolve(payload));
    box.onAppServerRequest("item.command_execution.request_approval", async ({ requestId }) => {
      await box.approvals.decide({ approvalId: requestId, decision: "decline" });
    });
    const running = box.stream.runForever({ threadId: sessionId, signal: stop.signal });
    world.model.turn(execCommand({ cmd: "echo hey", escalate: true }), text("No."));
    await box.sessions.sendMessage({ sessionId, text: "Run it" });
    expect(await resolved.promise).toMatchObject({ outcome: "answered", actor });
    stop.abort();
    await running;
    const { data } = await box.audit.list({ sessionId, order: "oldest" });
    expect(data.map((entry) => [entry.operation, entry.actor])).toEqual([
      ["sessions.create", actor],
      ["sessions.send_message", actor],
      ["approvals.decide", actor],
    ]);
    // A filter by actor is a question, not a write of somebody's.
    expect((await box.audit.list({ actor: "somebody else" })).data).toEqual([]);
  });

  test("gives way to the actor of a single call", async () => {
    await using box = world.connect({ actor: "ann" });
    const { session } = await box.sessions.create({});
    const { sessionId } = session;
    await box.sessions.settings.set({ sessionId, key: "a", value: 1, actor: "bob" });
    await box.sessions.settings.set({ sessionId, key: "b", value: 1 });
    const { data } = await box.audit.list({ sessionId, order: "oldest" });
    expect(data.map(({ actor }) => actor)).toEqual(["ann", "bob", "ann"]);
  });

  test("is refused by name where it can't be one, by the client and by the hub", async () => {
    const options = { url: world.url, token: world.token, actor: " " };
    expect(() => new Signalbox(options)).toThrow(new RegExp(actorHeader));
    await using box = world.connect({ headers: { [actorHeader]: "50%" } });
    await expect(box.sessions.create({})).rejects.toMatchObject({
      code: "invalid_request",
      details: { issues: [{ path: actorHeader }] },
    });
  });
});
