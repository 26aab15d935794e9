/** Threads and turns against the real codex: points 12 to 17 and 22 of the acceptance list (app-server.md 3.4). */

import type { Turn } from "@signalbox/app-server";
import { deltas, failed, gate, text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { collect, first, openWorld } from "./world.ts";

describe("a turn", () => {
  test("runs on a string, which is sent as one text input, and gives its answer, items and usage", async () => {
    await using world = await openWorld();
    world.model.turn(text("Hello there."));
    const thread = await world.codex.startThread();
    const result = await thread.run("hi");
    expect(result).toMatchObject({
      ok: true,
      status: "completed",
      text: "Hello there.",
      error: null,
    });
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    expect(result.usage?.total.totalTokens).toBeGreaterThan(0);
    expect(world.model.requests[0]?.lastUserText).toBe("hi");
  });

  test("gives every event from the first, in order, to a reader that comes when it is over", async () => {
    await using world = await openWorld();
    world.model.turn(text("abc", { chunk: 1 }));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("hi");
    await turn.result();
    const methods = (await collect(turn.events())).map(({ method }) => method);
    expect(methods.at(0)).toBe("turn/started");
    expect(methods.at(-1)).toBe("turn/completed");
    expect(methods.filter((method) => method === "item/agentMessage/delta")).toHaveLength(3);
  });

  test("streams its text to several readers, each at its own pace", async () => {
    await using world = await openWorld();
    world.model.turn(text(["one ", "two ", gate("held"), "three"]));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("count");
    const slow = turn.text();
    const fast = turn.text();
    expect((await fast.next()).value).toBe("one ");
    expect((await fast.next()).value).toBe("two ");
    world.model.gate("held").release();
    expect(await collect(fast)).toEqual(["three"]);
    expect(await collect(slow)).toEqual(["one ", "two ", "three"]);
  });

  test("prefers a final answer over commentary that comes later, and has no answer where there is only commentary", async () => {
    await using world = await openWorld();
    world.model.turn([
      text("the answer", { phase: "final_answer" }),
      text("by the way", { phase: "commentary" }),
    ]);
    world.model.turn(text("thinking aloud", { phase: "commentary" }));
    const thread = await world.codex.startThread();
    expect((await thread.run("one")).text).toBe("the answer");
    expect((await thread.run("two")).text).toBeNull();
  });

  test("that failed says so, with codex's message, and its text stream ends with turn_failed", async () => {
    await using world = await openWorld();
    world.model.turn(failed("invalid_prompt", "the prompt was refused"));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("hi");
    const result = await turn.result();
    expect(result).toMatchObject({ ok: false, status: "failed" });
    expect(result.error?.message).toContain("the prompt was refused");
    await expect(collect(turn.text())).rejects.toMatchObject({ code: "turn_failed" });
  });

  test("can be steered while it runs, and interrupted", async () => {
    await using world = await openWorld();
    world.model.turn(text(["working ", gate("held"), "done"]));
    world.model.turn(text(["steered ", gate("again"), "never"]));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("start");
    await world.model.gate("held").reached;
    await turn.steer("also do this");
    world.model.gate("held").release();
    await world.model.gate("again").reached;
    expect(world.model.requests[1]?.lastUserText).toBe("also do this");
    await turn.interrupt();
    expect(await turn.result()).toMatchObject({
      ok: false,
      status: "interrupted",
      turnId: turn.id,
    });
    await turn.interrupt();
  });

  test("that is disposed while it runs is interrupted, and not when it is over", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    let held: Turn;
    {
      await using turn = await thread.startTurn("go");
      await world.model.gate("held").reached;
      held = turn;
    }
    expect((await held.result()).status).toBe("interrupted");
    await held[Symbol.asyncDispose]();
  });

  test("is interrupted when the signal of its run fires, and the run rejects", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const stop = new AbortController();
    const events = thread.events();
    const run = thread.run("go", { signal: stop.signal });
    await world.model.gate("held").reached;
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    const end = await first(events, ({ method }) => method === "turn/completed");
    expect(end).toMatchObject({ params: { turn: { status: "interrupted" } } });
  });
});

describe("two turns", () => {
  test("of two threads stream at the same time on one client, each only its own events", async () => {
    await using world = await openWorld();
    for (const name of ["red", "blue"])
      world.model.when(name).turn(text(deltas(200, (n) => `${name}${n} `)));
    const [red, blue] = await Promise.all([world.codex.startThread(), world.codex.startThread()]);
    const turns = await Promise.all([red.startTurn("red"), blue.startTurn("blue")]);
    const texts = await Promise.all(turns.map((turn) => collect(turn.text())));
    expect(texts[0]).toEqual(Array.from({ length: 200 }, (_, n) => `red${n} `));
    expect(texts[1]).toEqual(Array.from({ length: 200 }, (_, n) => `blue${n} `));
  });

  test("of one thread run one after the other, in the order they were asked for", async () => {
    await using world = await openWorld();
    for (const name of ["first", "second", "third"])
      world.model.when(name).turn(text(`answer to ${name}`));
    const thread = await world.codex.startThread();
    const results = await Promise.all(
      ["first", "second", "third"].map((input) => thread.run(input)),
    );
    expect(results.map((result) => result.text)).toEqual([
      "answer to first",
      "answer to second",
      "answer to third",
    ]);
    expect(world.model.requests.map(({ lastUserText }) => lastUserText)).toEqual([
      "first",
      "second",
      "third",
    ]);
  });

  test("of one thread: the second is refused or becomes a steer, where the caller chose that", async () => {
    await using world = await openWorld();
    world.model.turn(text(["busy ", gate("held"), "end"]));
    world.model.turn(text("steered"));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("start");
    await world.model.gate("held").reached;
    await expect(thread.run("no", { whenBusy: "refuse" })).rejects.toMatchObject({
      code: "thread_busy",
    });
    const same = await thread.startTurn("more", { whenBusy: "steer" });
    expect(same.id).toBe(turn.id);
    world.model.gate("held").release();
    expect(await same.result()).toMatchObject({ ok: true, text: "steered" });
    expect(world.model.requests).toHaveLength(2);
  });

  test("leave other calls free: requests overlap while turns stream", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    await world.model.gate("held").reached;
    const [models, info] = await Promise.all([world.codex.models(), thread.read()]);
    expect(models).toBeInstanceOf(Array);
    expect(info.status).toMatchObject({ type: "active" });
    world.model.gate("held").release();
    await turn.result();
  });
});

describe("a thread", () => {
  test("is named, read, listed, archived, brought back, forked, resumed and compacted", async () => {
    await using world = await openWorld();
    world.model.turn(text("noted"));
    const thread = await world.codex.startThread();
    await thread.run("remember this");
    await thread.rename("the notebook");
    expect((await thread.read()).name).toBe("the notebook");
    expect((await collect(world.codex.listThreads())).map(({ id }) => id)).toEqual([thread.id]);

    const fork = await world.codex.forkThread(thread.id);
    expect(fork.info.forkedFromId).toBe(thread.id);

    world.model.turn(text("a summary of it all"));
    const compacted = first(thread.sessionEvents(), ({ type }) => type === "turn.completed");
    await thread.compact();
    await compacted;

    await thread.archive();
    expect(await collect(world.codex.listThreads({ archived: true }))).toMatchObject([
      { id: thread.id },
    ]);
    await world.codex.unarchiveThread(thread.id);
    const again = await world.codex.resumeThread(thread.id);
    world.model.turn(text("still here"));
    expect((await again.run("are you?")).text).toBe("still here");
    await fork.delete();
  });

  test("gives its history back up to a turn", async () => {
    await using world = await openWorld();
    world.model.turn(text("one"));
    world.model.turn(text("two"));
    const thread = await world.codex.startThread();
    await thread.run("first");
    const second = await thread.run("second");
    await thread.revert(second.turnId);
    const { data } = await world.codex.client.request("thread/turns/list", { threadId: thread.id });
    expect(data).toHaveLength(1);
  });

  test("shows the model what was injected", async () => {
    await using world = await openWorld();
    world.model.turn(text("noted"));
    const thread = await world.codex.startThread();
    await thread.inject([
      {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text: "the code word is swordfish" }],
      },
    ]);
    await thread.run("what is it?");
    expect(JSON.stringify(world.model.requests[0]?.input)).toContain("swordfish");
  });

  test("answers in the shape of an output schema", async () => {
    await using world = await openWorld();
    const outputSchema = {
      type: "object",
      properties: { ok: { type: "boolean" } },
      required: ["ok"],
      additionalProperties: false,
    };
    world.model.turn(text('{"ok":true}'));
    const thread = await world.codex.startThread();
    const result = await thread.run("is it?", { outputSchema });
    expect(JSON.parse(result.text ?? "")).toEqual({ ok: true });
    expect(JSON.stringify(world.model.requests[0]?.body)).toContain('"json_schema"');
  });

  test("refuses options that exclude each other before anything is sent", async () => {
    await using world = await openWorld();
    await expect(
      world.codex.startThread({ sandbox: "read-only", permissions: ":workspace" }),
    ).rejects.toMatchObject({ code: "invalid_input" });
    expect(world.codex.client.state).toBe("idle");
    const thread = await world.codex.startThread();
    await expect(
      thread.run("x", { sandbox: "read-only", permissions: ":workspace" }),
    ).rejects.toMatchObject({ code: "invalid_input" });
    await expect(thread.run([])).rejects.toMatchObject({ code: "invalid_input" });
    expect(world.model.requests).toHaveLength(0);
  });
});
