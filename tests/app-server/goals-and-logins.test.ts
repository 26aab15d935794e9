/** Goals as one logical turn, logins, and the small vocabulary of session events. */
import { Codex, type SessionEvent, toSessionEvents } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { functionCall, gate, text } from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect, first, openWorld } from "./world.ts";

describe("a goal", () => {
  test("is followed over all the turns codex takes for it, as one", async () => {
    await using world = await openWorld({ home: { features: { goals: true } } });
    world.model.turn(text("first step done"));
    world.model.turn(functionCall("update_goal", { status: "complete" }), text("all done"));
    const thread = await world.codex.startThread();
    const run = await thread.runGoal("tidy up");
    const events = collect(run.events());
    const result = await run.result();
    expect(result).toMatchObject({
      ok: true,
      text: "all done",
      goal: { objective: "tidy up", status: "complete" },
    });
    expect(result.turns).toHaveLength(2);
    const ends = (await events).filter(({ method }) => method === "turn/completed");
    expect(ends).toHaveLength(2);
    expect(await thread.clearGoal()).toBe(true);
    expect(await thread.goal()).toBeNull();
  });

  test("that is cancelled is paused, and the turn that ran for it is interrupted", async () => {
    await using world = await openWorld({ home: { features: { goals: true } } });
    world.model.turn(text(["on it ", gate("held"), "never"]));
    const thread = await world.codex.startThread();
    const run = await thread.runGoal("never mind");
    await world.model.gate("held").reached;
    await run.cancel();
    const result = await run.result();
    expect(result).toMatchObject({ ok: false, goal: { status: "paused" } });
    expect(result.turns).toMatchObject([{ status: "interrupted" }]);
  });

  test("for which no turn starts in time is paused, and says so", async () => {
    await using world = await openWorld({ home: { features: { goals: true } } });
    world.model.turn(text(["busy ", gate("held"), "done"]));
    const thread = await world.codex.startThread();
    await thread.startTurn("first");
    await world.model.gate("held").reached;
    const run = await thread.runGoal("later", { startDeadline: 50 });
    await expect(run.result()).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("a login", () => {
  test("completes by its own id and by no other", async () => {
    const started = { type: "chatgpt", loginId: "mine", authUrl: "https://example.com/login" };
    const completed = (loginId: string, success: boolean) =>
      fake.notify("account/login/completed", {
        loginId,
        success,
        error: success ? null : "no",
        onboardingEntrypoint: null,
      });
    const server = await fake.startScriptedAppServer({
      rules: [
        fake.on(
          "account/login/start",
          completed("another", false),
          completed("mine", true),
          fake.reply(started),
          completed("third", false),
        ),
      ],
    });
    const codex = new Codex({ codexPath: server.command, env: server.env });
    onTestFinished(async () => {
      await codex.close();
      await server.close();
    });
    const login = await codex.login({ type: "chatgpt" });
    expect(login).toMatchObject({ loginId: "mine", url: "https://example.com/login" });
    expect(await login.completed()).toEqual({ success: true, error: null });
  });
});

describe("session events", () => {
  const types = (events: SessionEvent[]) => events.map(({ type }) => type);

  test("of a turn that completes tell running, items and idle in the order of the wire", async () => {
    await using world = await openWorld();
    world.model.turn(text("hi"));
    const thread = await world.codex.startThread();
    const events: SessionEvent[] = [];
    const reading = (async () => {
      for await (const event of thread.sessionEvents()) {
        events.push(event);
        if (event.type === "turn.completed") return;
      }
    })();
    await thread.run("hello");
    await reading;
    expect(types(events)).toEqual([
      "session.running",
      "turn.started",
      "item.started",
      "item.completed",
      "item.started",
      "item.completed",
      "usage.updated",
      "session.idle",
      "turn.completed",
    ]);
  });

  test("of turns that failed or were interrupted are not turn.completed", async () => {
    await using world = await openWorld();
    world.model.turn(fake.failed("invalid_prompt", "refused"));
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const failed = first(
      thread.sessionEvents(),
      ({ type }) => type.startsWith("turn.") && type !== "turn.started",
    );
    await thread.run("fail");
    expect(await failed).toMatchObject({
      type: "turn.failed",
      message: expect.stringContaining("refused"),
    });
    const interrupted = first(
      thread.sessionEvents(),
      ({ type }) => type.startsWith("turn.") && type !== "turn.started",
    );
    const turn = await thread.startTurn("stop");
    await world.model.gate("held").reached;
    await turn.interrupt();
    expect(await interrupted).toMatchObject({ type: "turn.interrupted", turnId: turn.id });
  });

  test("of a thread that is active without flags are running, never idle; with flags they name what is waited for", () => {
    const changed = (status: object) =>
      toSessionEvents({
        method: "thread/status/changed",
        params: { threadId: "t", status },
      } as never);
    expect(types(changed({ type: "active", activeFlags: [] }))).toEqual(["session.running"]);
    expect(changed({ type: "active", activeFlags: ["waitingOnApproval"] })).toEqual([
      { threadId: "t", type: "session.waiting", flags: ["waitingOnApproval"] },
    ]);
    expect(types(changed({ type: "idle" }))).toEqual(["session.idle"]);
  });

  test("come from nothing that names no thread, and from no method without a word for it", () => {
    expect(toSessionEvents({ method: "account/updated", params: {} } as never)).toEqual([]);
    expect(toSessionEvents({ method: "future/thing", params: { threadId: "t" } } as never)).toEqual(
      [],
    );
  });
});
