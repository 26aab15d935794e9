/** What comes after a turn's end, and threads that several clients share, on the real codex. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execCommand, findCodex, gate, text } from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect, first, openWorld, type World } from "./world.ts";

/** Options for a client of one app-server that several share. */
async function shareCodex(world: World) {
  const url = `unix://${join(world.home.dir, "app.sock")}`;
  const child = spawn(findCodex(), ["app-server", "--listen", url], {
    env: { ...world.home.env, RUST_LOG: "info" },
    cwd: world.home.workspace,
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await first(createInterface(child.stderr), (line) =>
    /listening/i.test(stripVTControlCharacters(line)),
  );
  child.stderr.resume();
  return { url, codexPath: undefined, env: undefined, cwd: undefined };
}

describe("after the end of a turn", () => {
  test("what codex says of its open question still reaches whoever reads on, and nobody else is held up", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    world.model.turn(execCommand({ cmd: "true", escalate: true, justification: "to see" }));
    const asked = Promise.withResolvers<void>();
    world.codex.onRequest("item/commandExecution/requestApproval", () => {
      asked.resolve();
      return new Promise<never>(() => {});
    });
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    const resolved = first(
      turn.events({ late: true }),
      ({ method }) => method === "serverRequest/resolved",
    );
    await asked.promise;
    await turn.interrupt();
    const methods = (await collect(turn.events())).map(({ method }) => method);
    expect(methods.at(-1)).toBe("turn/completed");
    expect(methods).not.toContain("serverRequest/resolved");
    expect(await resolved).toMatchObject({ params: { threadId: thread.id } });
  });
});

describe("a question of a shared thread", () => {
  test("that was asked of a client now gone is asked again of the next one to resume, whose answer counts", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    world.model.turn(
      execCommand({ cmd: "echo done > made-it", escalate: true, justification: "to see" }),
      text("it was made"),
    );
    const own = await shareCodex(world);
    const one = world.another(own);
    const asked = Promise.withResolvers<unknown>();
    one.onRequest("item/commandExecution/requestApproval", (_, { id }) => {
      asked.resolve(id);
      return new Promise<never>(() => {});
    });
    const thread = await one.startThread({ cwd: world.home.workspace });
    const turn = await thread.startTurn("make it");
    const id = await asked.promise;
    const lost = turn.result().catch((error) => error);
    await one.close();
    expect(await lost).toMatchObject({ code: "client_closed" });

    const two = world.another(own);
    const ids: unknown[] = [];
    two.onRequest("item/commandExecution/requestApproval", (_, context) => {
      ids.push(context.id);
      return { decision: "accept" };
    });
    const record = two.client.watchTurn(thread.id, turn.id);
    await two.resumeThread(thread.id);
    expect(await record.ended).toMatchObject({ status: "completed" });
    expect(ids).toEqual([id]);
    expect(world.model.requests).toHaveLength(2);
  });

  test("that one client answers is withdrawn from the handler of the other", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    world.model.turn(text("hello"));
    world.model.turn(
      execCommand({ cmd: "true", escalate: true, justification: "to see" }),
      text("declined"),
    );
    const own = await shareCodex(world);
    const [one, two] = [world.another(own), world.another(own)];
    const signal = Promise.withResolvers<AbortSignal>();
    one.onRequest("item/commandExecution/requestApproval", (_, context) => {
      signal.resolve(context.signal);
      return new Promise<never>(() => {});
    });
    const thread = await one.startThread({ cwd: world.home.workspace });
    await thread.run("begin");
    two.onRequest("item/commandExecution/requestApproval", async () => {
      await signal.promise;
      return { decision: "decline" };
    });
    await two.resumeThread(thread.id);
    expect((await thread.run("go")).text).toBe("declined");
    expect((await signal.promise).reason).toMatchObject({
      message: expect.stringContaining("resolved elsewhere"),
    });
  });
});

describe("a turn that another client started", () => {
  test("is busy for this one, too: a start waits for it, and runs after it", async () => {
    await using world = await openWorld();
    world.model.when("begin").turn(text("hello"));
    world.model.when("long").turn(text(["a", gate("held"), "b"]));
    world.model.when("after").turn(text("second"));
    const own = await shareCodex(world);
    const [one, two] = [world.another(own), world.another(own)];
    const thread = await one.startThread({ cwd: world.home.workspace });
    await thread.run("begin");
    const same = await two.resumeThread(thread.id);
    const long = await thread.startTurn("long");
    await world.model.gate("held").reached;
    await expect(same.run("no", { whenBusy: "refuse" })).rejects.toMatchObject({
      code: "thread_busy",
    });
    expect(same.activeTurn?.id).toBe(long.id);
    const after = same.run("after");
    world.model.gate("held").release();
    expect((await long.result()).text).toBe("ab");
    expect((await after).text).toBe("second");
    expect(world.model.requests).toHaveLength(3);
  });
});
