/** What the real codex answers when it refuses, and the code each refusal has here. */
import { randomUUID } from "node:crypto";
import type { Codex } from "@signalbox/app-server";
import { gate, text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { openWorld } from "./world.ts";

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it was not refused"),
    (error) => ({ code: error.code, rpc: error.rpc?.code, message: error.message }),
  );
/** A method or parameters that the types know nothing of. */
const ask = (codex: Codex, method: string, params: unknown) =>
  codex.client.request(method as "thread/list", params as object);

describe("codex refuses", () => {
  test("unknown methods and wrong parameters, each under a code of its own", async () => {
    await using world = await openWorld();
    const { codex } = world;
    expect(await refused(ask(codex, "thread/fly", {}))).toMatchObject({
      code: "unknown_method",
      rpc: -32600,
    });
    expect(await refused(ask(codex, "thread/read", {}))).toMatchObject({ code: "invalid_params" });
    expect(await refused(ask(codex, "thread/read", { threadId: 7 }))).toMatchObject({
      code: "invalid_params",
    });
    expect(
      await refused(ask(codex, "thread/start", { approvalPolicy: "sometimes" })),
    ).toMatchObject({ code: "invalid_params" });
    expect(
      await refused(
        ask(codex, "initialize", {
          clientInfo: { name: "a", title: null, version: "1" },
          capabilities: null,
        }),
      ),
    ).toMatchObject({
      code: "already_initialized",
    });
  });

  test("threads it does not know, and ones that were never written down", async () => {
    await using world = await openWorld();
    const threadId = randomUUID();
    const { client } = world.codex;
    expect(await refused(client.request("thread/read", { threadId }))).toMatchObject({
      code: "unknown_thread",
    });
    expect(await refused(client.request("turn/start", { threadId, input: [] }))).toMatchObject({
      code: "unknown_thread",
    });
    expect(await refused(client.request("thread/read", { threadId: "no-uuid" }))).toMatchObject({
      code: "unknown_thread",
    });
    expect(await refused(world.codex.resumeThread(threadId))).toMatchObject({ code: "no_rollout" });
  });

  test("to steer or interrupt a turn that does not run, or another one", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const { client } = world.codex;
    const steer = (expectedTurnId: string) =>
      client.request("turn/steer", {
        threadId: thread.id,
        expectedTurnId,
        input: [{ type: "text", text: "x", text_elements: [] }],
      });
    expect(await refused(steer(randomUUID()))).toMatchObject({ code: "no_active_turn" });
    expect(
      await refused(
        client.request("turn/interrupt", { threadId: thread.id, turnId: randomUUID() }),
      ),
    ).toMatchObject({ code: "no_active_turn" });
    const turn = await thread.startTurn("go");
    await world.model.gate("held").reached;
    expect(await refused(steer(randomUUID()))).toMatchObject({ code: "turn_mismatch" });
    world.model.gate("held").release();
    await turn.result();
    expect(await refused(turn.steer("too late"))).toMatchObject({ code: "no_active_turn" });
  });

  test("what needs the experimental API from a client that did not ask for it", async () => {
    await using world = await openWorld({ codex: { capabilities: { experimentalApi: false } } });
    expect(
      await refused(world.codex.client.request("thread/search", { searchTerm: "x" })),
    ).toMatchObject({ code: "experimental_required" });
    expect(await refused(world.codex.startThread({ dynamicTools: [] }))).toMatchObject({
      code: "experimental_required",
    });
  });

  test("a thread that another process writes", async () => {
    await using world = await openWorld();
    world.model.turn(text("mine"));
    const thread = await world.codex.startThread();
    await thread.run("hold it");
    expect(await refused(world.another().resumeThread(thread.id))).toMatchObject({
      code: "writer_conflict",
    });
  });
});
