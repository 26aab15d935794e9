/** What a user's own code can do wrong, and that nobody else notices: against the real codex. */
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import { Codex } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { deltas, execCommand, functionCall, gate, text } from "@signalbox/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { collect, first, openWorld } from "./world.ts";

const dynamicTools = [
  {
    type: "function" as const,
    name: "tool",
    description: "Does it",
    inputSchema: { type: "object" },
  },
];

/** Waits until a number has not changed for 300 ms: whoever moved it waits for something. */
async function standsStill(count: () => number): Promise<void> {
  let [last, since] = [Number.NaN, 0];
  await vi.waitFor(
    () => {
      if (count() !== last) [last, since] = [count(), performance.now()];
      expect(performance.now() - since).toBeGreaterThan(300);
    },
    { interval: 20, timeout: 15_000 },
  );
}

describe("a request handler", () => {
  test.each([
    [
      "throws before it returns",
      () => {
        throw new Error("broken");
      },
    ],
    ["gives an answer that can't be written", () => ({ success: true, contentItems: [], n: 1n })],
    [
      "gives an answer that contains itself",
      () => {
        const answer: Record<string, unknown> = { success: true, contentItems: [] };
        answer.self = answer;
        return answer;
      },
    ],
  ])("that %s makes its question fail safely, and nothing else", async (_, handler) => {
    await using world = await openWorld();
    world.model.when("broken").turn(functionCall("tool", {}), text("It failed."));
    world.model.when("free").turn(text(deltas(100)));
    world.codex.onRequest("item/tool/call", handler as never);
    const [broken, free] = await Promise.all([
      world.codex.startThread({ dynamicTools }),
      world.codex.startThread(),
    ]);
    const [result, other] = await Promise.all([broken.run("broken"), free.run("free")]);
    expect(result).toMatchObject({ ok: true, text: "It failed." });
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "dynamicToolCall", success: false }),
    );
    expect(other.ok).toBe(true);
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: "error",
        message: expect.stringContaining("handler failed"),
      }),
    );
  });

  test("that may take for ever is waited for, not declined at once", async () => {
    await using world = await openWorld({ codex: { requestDeadline: Number.POSITIVE_INFINITY } });
    world.model.turn(functionCall("tool", {}), text("done"));
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<{ success: true; contentItems: [] }>();
    world.codex.onRequest("item/tool/call", () => {
      asked.resolve();
      return answer.promise;
    });
    const thread = await world.codex.startThread({ dynamicTools });
    const turn = await thread.startTurn("go");
    await asked.promise;
    await thread.read();
    answer.resolve({ success: true, contentItems: [] });
    expect((await turn.result()).items).toContainEqual(
      expect.objectContaining({ type: "dynamicToolCall", success: true }),
    );
  });

  test("that asks codex something itself is answered: it does not stand in its own way", async () => {
    await using world = await openWorld({ home: { approvalPolicy: "on-request" } });
    world.model.turn(
      execCommand({ cmd: "true", escalate: true, justification: "to see" }),
      text("declined"),
    );
    const thread = await world.codex.startThread();
    let flags: unknown;
    thread.onRequest("item/commandExecution/requestApproval", async () => {
      flags = (await thread.read()).status;
      return { decision: "decline" };
    });
    expect((await thread.run("go")).text).toBe("declined");
    expect(flags).toEqual({ type: "active", activeFlags: ["waitingOnApproval"] });
  });
});

describe("a reader", () => {
  test("that throws in the middle of a turn takes nothing from the other readers or the result", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", "b", gate("held"), "c"]));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    const other = collect(turn.text());
    const broken = (async () => {
      for await (const piece of turn.text()) if (piece === "b") throw new Error("broken");
    })();
    await expect(broken).rejects.toThrow("broken");
    world.model.gate("held").release();
    expect(await other).toEqual(["a", "b", "c"]);
    expect((await turn.result()).text).toBe("abc");
  });

  test("of the text or of session facts goes on over payloads of a shape nobody knows", async () => {
    const strange = (method: string, more: object = {}) =>
      fake.notify(method, { threadId: "{{threadId}}", turnId: "{{turnId}}", ...more });
    const server = await fake.startScriptedAppServer({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          strange("item/started"),
          strange("item/started", { item: null }),
          strange("item/completed"),
          strange("thread/status/changed"),
          strange("thread/status/changed", { status: { type: "someday" } }),
          strange("thread/tokenUsage/updated"),
          strange("turn/started"),
          ...fake.wholeItem({ type: "future", id: "f", strange: true }),
          ...fake.agentMessage(["all ", "well"]),
          ...fake.turnCompleted(),
        ),
      ],
    });
    const codex = new Codex({ codexPath: server.command, env: server.env, restart: false });
    onTestFinished(async () => {
      await codex.close();
      await server.close();
    });
    const thread = await codex.startThread();
    const facts = first(thread.sessionEvents(), ({ type }) => type === "turn.completed");
    const turn = await thread.startTurn("go");
    expect((await collect(turn.text())).join("")).toBe("all well");
    await facts;
    const result = await turn.result();
    expect(result).toMatchObject({ ok: true, text: "all well" });
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "future", id: "f", strange: true }),
    );
  });
});

describe("a log", () => {
  test("that throws stops neither the reading nor the safe answer of a handler that failed", async () => {
    const server = await fake.startScriptedAppServer({
      rules: [
        fake.on(
          "thread/start",
          fake.line("no JSON"),
          fake.request(5, "item/tool/call", {
            threadId: "t",
            turnId: "u",
            callId: "c",
            tool: "t",
            arguments: {},
          }),
          fake.awaitAnswer(5),
          fake.reply(),
        ),
      ],
    });
    const codex = new Codex({
      codexPath: server.command,
      env: server.env,
      restart: false,
      log: () => {
        throw new Error("the disk is full");
      },
    });
    onTestFinished(async () => {
      await codex.close();
      await server.close();
    });
    codex.onRequest("item/tool/call", () => Promise.reject(new Error("broken")));
    await codex.startThread();
    const [child] = server.processes;
    expect(await child?.message(({ id }) => id === 5)).toMatchObject({
      result: { success: false },
    });
  });
});

describe("a feed that takes its time", () => {
  test("holds the reading when it is full: a flood arrives whole, in order, and never piles up", async () => {
    await using world = await openWorld();
    const count = 20_000;
    const limit = 100;
    /** What one read of the pipe may bring on top of the limit. */
    const slack = 2_000;
    let written = 0;
    world.model.turn(
      text(
        deltas(count, (n) => {
          written = n + 1;
          return `${n} `;
        }),
      ),
    );
    await world.codex.start();
    const feed = world.codex.client.feed({ limit });
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("flood");
    await standsStill(() => written + feed.size);
    expect(feed.size).toBeGreaterThanOrEqual(limit);
    expect(feed.size).toBeLessThan(limit + slack);
    expect(turn.isOver).toBe(false);
    const pieces: string[] = [];
    for await (const event of feed) {
      expect(feed.size).toBeLessThan(limit + slack);
      if (event.type !== "notification") continue;
      if (event.message.method === "item/agentMessage/delta")
        pieces.push(event.message.params.delta);
      if (event.message.method === "turn/completed") break;
    }
    expect(pieces).toEqual(Array.from({ length: count }, (_, n) => `${n} `));
  });

  test("holds nothing back any more once it is left", async () => {
    await using world = await openWorld();
    world.model.turn(text(deltas(2_000)));
    await world.codex.start();
    const feed = world.codex.client.feed({ limit: 5 });
    const thread = await world.codex.startThread();
    const running = thread.startTurn("flood");
    while (feed.size < 5) await nextTurnOfLoop();
    await feed[Symbol.asyncDispose]();
    expect((await (await running).result()).ok).toBe(true);
  });
});

describe("what is left behind", () => {
  test("by turns that were run, read in part or not watched at all is nothing", async () => {
    await using world = await openWorld();
    const [one, two] = [await world.codex.startThread(), await world.codex.startThread()];
    const { client } = world.codex;
    for (let n = 0; n < 5; n++) {
      world.model.turn(text("one"));
      await one.run("whole");
      world.model.turn(text(["a", "b", "c"]));
      const turn = await two.startTurn("in part");
      for await (const _ of turn.text()) break;
      await turn.result();
      world.model.turn(text("unwatched"));
      const end = first(two.events(), ({ method }) => method === "turn/completed");
      const input = [{ type: "text" as const, text: "unwatched", text_elements: [] }];
      await client.request("turn/start", { threadId: two.id, input });
      await end;
    }
    expect(client.turnsHeld).toBe(0);
    expect(client.counters).toEqual({ unreadable: 0, malformed: 0, unmatched: 0 });
  });
});
