/** What the hub has in hand, on the real codex. */
import { operations } from "@signalbox/contract";
import { execCommand, functionCall, gate, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, createHubWorld, StreamClient } from "../../fixtures/hub-world.ts";
import { speakElsewhere } from "../../fixtures/thread-elsewhere.ts";

test("sessions are counted by what they do, those of others among them and the hub's own not", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const status = () => call(hub, operations["system.status"], {});
  model.respond(() => text("Hello."));
  const none = { total: 0, idle: 0, active: 0, waiting: 0, archived: 0, attached: 0 };
  const first = await status();
  expect(first).toMatchObject({
    version: expect.any(String),
    runtime: { ready: true, version: "0.169.0", generation: 1 },
    sessions: none,
  });
  expect(first.uptime).toBeLessThan(60);

  const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
  const create = async (input = {}) =>
    (await call(hub, operations["sessions.create"], { dynamicTools: [tool], ...input })).session
      .sessionId;
  const say = (sessionId: string) =>
    call(hub, operations["sessions.send_message"], { sessionId, text: `I am ${sessionId}` });
  await create();
  await create({ systemOwned: true });
  const ended = await create();
  {
    using stream = await StreamClient.open(hub, { threadId: ended });
    await say(ended);
    await stream.event("app_server.turn.completed");
  }
  await call(hub, operations["sessions.archive"], { sessionId: ended });
  const threadId = await speakElsewhere(world.codex, "Hello");
  await call(hub, operations["sessions.attach"], { threadId });
  await call(hub, operations["sessions.delete"], { sessionId: await create() });

  const running = await create();
  model.when(running).turn(text([gate("hold"), "Done."]));
  await say(running);
  await model.gate("hold").reached;
  // A tool call is a program's to answer, an approval a person's.
  const [calling, asking] = [await create(), await create()];
  model.when(calling).turn(functionCall("look", {}), text("Done."));
  model.when(asking).turn(execCommand({ cmd: "true", escalate: true }), text("Done."));
  for (const sessionId of [calling, asking]) {
    using stream = await StreamClient.open(hub, { threadId: sessionId });
    await say(sessionId);
    await stream.event("request.opened");
  }
  await call(hub, operations["sessions.send"], {
    sessionId: running,
    text: "Then this",
    mode: "queue",
  });
  expect(await status()).toMatchObject({
    journal: { head: expect.any(Number), writable: true },
    sessions: { total: 6, idle: 2, active: 2, waiting: 1, archived: 1, attached: 1 },
    questions: { waiting: 1, toolCalls: 1 },
    messages: { queued: 1, held: 0, ambiguous: 0 },
    triggers: { total: 0, enabled: 0 },
    notices: { pending: 0 },
  });
});
