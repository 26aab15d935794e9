/** A hub that is closed while a trigger acts: on a scripted codex that gives no answer. */
import { operations } from "@signalbox/contract";
import { neverAnswer } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, StreamClient } from "../../../fixtures/hub-world.ts";
import { postWebhook } from "../../../fixtures/post-webhook.ts";
import { startScriptedHub } from "../../../fixtures/scripted-hub.ts";
import { startHub } from "../../index.ts";

test("a hub does not wait for codex to take what a trigger says, and the next one says what became of it", async () => {
  await using world = await startScriptedHub({ rules: [neverAnswer("turn/start")] });
  const { sessionId } = (await call(world.hub, operations["sessions.create"], {})).session;
  const { trigger, secret } = await call(world.hub, operations["triggers.create"], {
    name: "Test",
    sessionId,
    when: { type: "webhook" },
    action: { type: "send", mode: "start", text: "Hello" },
  });
  const { triggerId } = trigger;
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await postWebhook(world.hub, { triggerId, secret: secret! }, { id: "1", body: "{}" });
  await stream.event("message.created");
  await world.hub.close();
  expect(world.logged.filter((line) => line.includes('"level":50'))).toEqual([]);

  const { home, codex } = world;
  await using hub = await startHub({
    ...{ home, port: 0, codexPath: codex.command, env: codex.env },
    log: { level: "silent" },
  });
  const { journal } = await call(hub, operations["system.health"], {});
  using after = await StreamClient.open(hub, { after: `${journal.epoch}:0` });
  await after.event("trigger.fired");
  const { data } = await call(hub, operations["triggers.firings.list"], { triggerId });
  expect(data).toMatchObject([{ state: "ambiguous", error: { code: "outcome_unknown" } }]);
});
