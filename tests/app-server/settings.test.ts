/** What is chosen for a thread or a turn, against the real codex: how long it holds, who inherits it, and what it forbids. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { execCommand, text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { openWorld } from "./world.ts";

describe("approval policy and sandbox", () => {
  test("chosen for one turn hold for the turns after it", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    const path = join(world.home.workspace, "made-it");
    const thread = await world.codex.startThread();
    world.model.turn(text("first"));
    await thread.run("one", { approvalPolicy: "never", sandbox: "danger-full-access" });
    world.model.turn(execCommand({ cmd: `touch ${path}` }), text("second"));
    await thread.run("two");
    expect(existsSync(path)).toBe(true);
  });

  test("are inherited by a resume and a fork, unless other ones are given", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    const chosen = { approvalPolicy: "never", sandbox: "danger-full-access" } as const;
    const thread = await world.codex.startThread(chosen);
    world.model.turn(text("noted"));
    await thread.run("remember");
    const inherited = { approvalPolicy: "never", sandbox: { type: "dangerFullAccess" } };
    const other = { approvalPolicy: "on-request", sandbox: "read-only" } as const;
    const overridden = { approvalPolicy: "on-request", sandbox: { type: "readOnly" } };

    const fork = world.codex.client.request("thread/fork", { threadId: thread.id });
    expect(await fork).toMatchObject(inherited);
    const otherFork = world.codex.client.request("thread/fork", { threadId: thread.id, ...other });
    expect(await otherFork).toMatchObject(overridden);

    await world.codex.close();
    const second = world.another();
    const resumed = second.client.request("thread/resume", { threadId: thread.id });
    expect(await resumed).toMatchObject(inherited);
    await second.close();
    const third = world.another();
    const changed = third.client.request("thread/resume", { threadId: thread.id, ...other });
    expect(await changed).toMatchObject(overridden);
  });

  test("of nobody being asked and reading only keep a command from writing; full access lets it", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "never", sandboxMode: "read-only" },
    });
    const path = join(world.home.workspace, "made-it");
    let asked = 0;
    world.codex.onRequest("item/commandExecution/requestApproval", () => {
      asked += 1;
      return { decision: "accept" };
    });
    const thread = await world.codex.startThread();
    world.model.turn(execCommand({ cmd: `touch ${path} && echo written` }), text("blocked"));
    expect((await thread.run("write")).text).toBe("blocked");
    expect(existsSync(path)).toBe(false);
    world.model.turn(
      execCommand({ cmd: `touch ${path}`, escalate: true, justification: "please" }),
      text("not even so"),
    );
    expect((await thread.run("ask")).text).toBe("not even so");
    expect([existsSync(path), asked]).toEqual([false, 0]);
    world.model.turn(execCommand({ cmd: `touch ${path} && echo written` }), text("allowed"));
    expect((await thread.run("write", { sandbox: "danger-full-access" })).text).toBe("allowed");
    expect(existsSync(path)).toBe(true);
    const outputs = world.model.requests.flatMap(({ toolOutputs }) => [...toolOutputs.values()]);
    expect(String(outputs.at(-1))).toContain("written");
  });
});

describe("a model and an effort", () => {
  test("chosen for a turn are what the model is asked with", async () => {
    await using world = await openWorld();
    world.model.turn(text("thought"));
    const thread = await world.codex.startThread();
    await thread.run("think", { effort: "high", summary: "detailed" });
    expect(world.model.requests[0]?.body).toMatchObject({
      reasoning: { effort: "high", summary: "detailed" },
    });
  });
});
