/** What becomes of threads, turns and waiters when the real codex is killed. */
import { deltas, execCommand, gate, text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { first, openWorld, pidOf } from "./world.ts";

const quick = { initialDelay: 1, maxDelay: 10 };

describe("when codex is killed", () => {
  test("it is started again, threads are resumed, and the next turn runs", async () => {
    await using world = await openWorld({ codex: { restart: quick } });
    world.model.turn(text("before"));
    const thread = await world.codex.startThread();
    await thread.run("one");
    const pid = pidOf(world.codex);
    process.kill(pid, "SIGKILL");
    await first(
      world.codex.client.feed(),
      (event) => event.type === "runtime" && event.state === "started",
    );
    world.model.turn(text("after"));
    expect((await thread.run("two")).text).toBe("after");
    expect(pidOf(world.codex)).not.toBe(pid);
    expect(world.codex.client.generation).toBe(2);
  });

  test("a turn that ran gets a marked end, once, and the text it had is not doubled", async () => {
    await using world = await openWorld({ codex: { restart: quick } });
    world.model.turn(text("first answer"));
    world.model.turn([text("whole message"), text(["half ", gate("held"), "of it"])]);
    const thread = await world.codex.startThread();
    await thread.run("one");
    const feed = world.codex.client.feed();
    const turn = await thread.startTurn("two");
    await world.model.gate("held").reached;
    process.kill(pidOf(world.codex), "SIGKILL");
    const result = await turn.result();
    expect(result.status).toBe("interrupted");
    const ends: unknown[] = [];
    const items: string[] = [];
    await world.codex.client.request("thread/loaded/list", {});
    for (const event of (await feed.take()) ?? []) {
      if (event.type !== "notification") continue;
      if (event.message.method === "turn/completed") ends.push(event.message);
      if (event.message.method === "item/completed") items.push(event.message.params.item.id);
    }
    expect(ends).toMatchObject([{ recovered: true, params: { turn: { id: turn.id } } }]);
    expect(new Set(items).size).toBe(items.length);
  });

  test("a request in flight is told that its answer is lost, and whether it may have been executed", async () => {
    await using world = await openWorld({ codex: { restart: quick } });
    await world.codex.start();
    const write = world.codex.client.request("command/exec", { command: ["sleep", "30"] });
    await world.codex.client.request("thread/loaded/list", {});
    const read = world.codex.client.request("thread/read", {
      threadId: "none",
      includeTurns: false,
    });
    process.kill(pidOf(world.codex), "SIGKILL");
    const [lostWrite, lostRead] = await Promise.allSettled([write, read]);
    expect(lostWrite).toMatchObject({
      reason: { code: "transport_closed", ambiguous: true, method: "command/exec" },
    });
    expect(lostRead).toMatchObject({ status: "rejected", reason: { ambiguous: false } });
  });

  test("the handler of an open question is told, and its late answer goes nowhere", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
      codex: { restart: quick },
    });
    world.model.turn(text("settled"));
    world.model.turn(execCommand({ cmd: "true", escalate: true, justification: "to see" }));
    const asked = Promise.withResolvers<AbortSignal>();
    const answer = Promise.withResolvers<{ decision: "accept" }>();
    world.codex.onRequest("item/commandExecution/requestApproval", (_, { signal }) => {
      asked.resolve(signal);
      return answer.promise;
    });
    const thread = await world.codex.startThread();
    await thread.run("one");
    const turn = await thread.startTurn("two");
    const signal = await asked.promise;
    const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    process.kill(pidOf(world.codex), "SIGKILL");
    await gone;
    expect(signal.reason).toMatchObject({
      message: expect.stringContaining("the process that asked is gone"),
    });
    answer.resolve({ decision: "accept" });
    expect((await turn.result()).status).toBe("interrupted");
  });

  test("without restarts every waiter, present and future, gets the same error", async () => {
    await using world = await openWorld({ codex: { restart: false } });
    world.model.turn(text(deltas(10, (n) => `${n}`, { 5: "held" })));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    await world.model.gate("held").reached;
    const waiting = [
      turn.result(),
      world.codex.client.request("command/exec", { command: ["sleep", "30"] }),
    ];
    process.kill(pidOf(world.codex), "SIGKILL");
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "transport_closed" } });
    }
    await expect(world.codex.models()).rejects.toMatchObject({ code: "transport_closed" });
    await expect(turn.result()).rejects.toMatchObject({ code: "transport_closed" });
    expect(world.codex.client.state).toBe("closed");
  });
});
