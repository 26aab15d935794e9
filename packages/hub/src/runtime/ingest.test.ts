/** From codex into the journal while the database can't be written, on the real codex. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { operations } from "@signalbox/contract";
import { awaitAnswer, gate, on, reply, request, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { allEvents } from "../../fixtures/hub-process.ts";
import { call, callRaw, createHubWorld, StreamClient } from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";

test("while nothing can be stored the hub is not ready and begins nothing, and afterwards nothing is missing", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  using stream = await StreamClient.open(hub);
  const { head } = await stream.frame("ready");
  const words = Array.from({ length: 30 }, (_, i) => `word${i} `);
  model.turn(text([gate("before"), ...words]));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Talk" });
  await model.gate("before").reached;

  // A stranger takes the database: for the hub it is as a full disk is.
  const stranger = new DatabaseSync(join(world.home, "signalbox.db"));
  stranger.exec("BEGIN IMMEDIATE");
  const stored = (await call(hub, operations["system.health"], {})).journal.head;
  model.gate("before").release();
  const isReady = async () => (await fetch(`${hub.url}/readyz`)).status === 200;
  while (await isReady());
  expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
  expect(await callRaw(hub, operations["sessions.create"], {})).toMatchObject({
    status: 503,
    body: { code: "storage_unavailable", retryable: true },
  });
  const { journal } = await call(hub, operations["system.health"], {});
  expect(journal).toMatchObject({ head: stored, writable: false });

  stranger.exec("COMMIT");
  stranger.close();
  const end = await stream.event("app_server.turn.completed");
  expect(stream.seqs.filter((seq) => seq <= end.seq)).toEqual(
    Array.from({ length: end.seq - head }, (_, i) => head + 1 + i),
  );
  const said = stream.events
    .filter(({ type }) => type === "app_server.item.agent_message.delta")
    .map(({ payload }) => (payload as { params: { delta: string } }).params.delta);
  expect(said.join("")).toBe(words.join(""));
  expect(await isReady()).toBe(true);
});

test("a question of a thread that was deleted is refused at once, and nobody is asked", async () => {
  const ask = (id: number, threadId: string) =>
    request(id, "item/commandExecution/requestApproval", {
      threadId,
      turnId: "turn-1",
      itemId: "item-1",
      startedAtMs: 1,
    });
  await using world = await startScriptedHub({
    rules: [on("model/list", ask(71, "thread-1"), awaitAnswer(71), reply())],
  });
  const { session } = await call(world.hub, operations["sessions.create"], {});
  await call(world.hub, operations["sessions.delete"], { sessionId: session.sessionId });
  // Codex answers this once its question was answered.
  await call(world.hub, operations["models.list"], {});
  const answers = world.codex.processes
    .flatMap(({ received }) => received)
    .filter(({ message }) => message?.id === 71);
  expect(answers.map(({ message }) => message)).toMatchObject([{ error: { code: -32600 } }]);
  const types = (await allEvents(world.hub)).map(({ type }) => type);
  expect(types.filter((type) => type.includes("request"))).toEqual([]);
});
