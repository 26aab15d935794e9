/** Questions codex asks, against the real codex: nobody else waits for whoever answers. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  addFilePatch,
  applyPatch,
  deltas,
  execCommand,
  functionCall,
  gate,
  requestUserInput,
  text,
} from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { collect, first, openWorld } from "./world.ts";

const never = new Promise<never>(() => {});

describe("a command approval", () => {
  test("goes to its handler, and what it accepts is run", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
    });
    world.model.turn(
      execCommand({ cmd: "touch made-it", escalate: true, justification: "to see" }),
      text("done"),
    );
    const asked: unknown[] = [];
    world.codex.onRequest("item/commandExecution/requestApproval", (params) => {
      asked.push(params.command);
      return { decision: "accept" };
    });
    const thread = await world.codex.startThread();
    expect((await thread.run("make it")).ok).toBe(true);
    expect(asked).toEqual([expect.stringContaining("touch made-it")]);
    expect(existsSync(join(world.home.workspace, "made-it"))).toBe(true);
  });

  test.each([
    ["there is no handler", undefined],
    ["its handler throws", () => Promise.reject(new Error("broken"))],
    ["its handler gives nothing", () => undefined as never],
  ])("is declined when %s, and the turn goes on", async (_, handler) => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
    });
    world.model.turn(
      execCommand({ cmd: "touch made-it", escalate: true, justification: "to see" }),
      text("as you wish"),
    );
    if (handler) world.codex.onRequest("item/commandExecution/requestApproval", handler);
    const thread = await world.codex.startThread();
    const result = await thread.run("make it");
    expect(result).toMatchObject({ ok: true, text: "as you wish" });
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "commandExecution", status: "declined" }),
    );
    expect(existsSync(join(world.home.workspace, "made-it"))).toBe(false);
  });

  test("is declined at its handler's deadline, whose signal tells it so", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
    });
    world.model.turn(
      execCommand({ cmd: "true", escalate: true, justification: "to see" }),
      text("never mind"),
    );
    const told = Promise.withResolvers<unknown>();
    world.codex.onRequest(
      "item/commandExecution/requestApproval",
      (_, { signal }) => {
        signal.addEventListener("abort", () => told.resolve(signal.reason));
        return never;
      },
      { deadline: 50 },
    );
    const thread = await world.codex.startThread();
    expect((await thread.run("go")).text).toBe("never mind");
    expect(await told.promise).toMatchObject({
      message: expect.stringContaining("its deadline passed"),
    });
  });

  test("that nobody ever answers delays no other turn, no other request and no event", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
    });
    world.model
      .when("stuck")
      .turn(execCommand({ cmd: "true", escalate: true, justification: "to see" }));
    world.model.when("free").turn(text(deltas(500)));
    const open = Promise.withResolvers<AbortSignal>();
    world.codex.onRequest("item/commandExecution/requestApproval", (_, { signal }) => {
      open.resolve(signal);
      return never;
    });
    const [stuck, free] = await Promise.all([world.codex.startThread(), world.codex.startThread()]);
    const waiting = await stuck.startTurn("stuck");
    const signal = await open.promise;
    expect(await collect((await free.startTurn("free")).text())).toHaveLength(500);
    expect(await stuck.read()).toMatchObject({
      status: { type: "active", activeFlags: ["waitingOnApproval"] },
    });
    await waiting.interrupt();
    expect((await waiting.result()).status).toBe("interrupted");
    expect(signal.aborted).toBe(true);
  });
});

describe("a file change approval", () => {
  test("asked of a thread goes to that thread's handler before the one for all", async () => {
    await using world = await openWorld({
      home: { approvalPolicy: "on-request", sandboxMode: "read-only" },
    });
    world.model.turn(applyPatch(addFilePatch("note.txt", "hello\n")), text("written"));
    world.codex.onRequest("item/fileChange/requestApproval", () => ({ decision: "decline" }));
    const thread = await world.codex.startThread();
    thread.onRequest("item/fileChange/requestApproval", () => ({ decision: "accept" }));
    const result = await thread.run("write it");
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "fileChange", status: "completed" }),
    );
    expect(existsSync(join(world.home.workspace, "note.txt"))).toBe(true);
  });
});

describe("a tool call", () => {
  const dynamicTools = [
    {
      type: "function" as const,
      name: "uppercase",
      description: "Makes text upper case",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    },
  ];

  test("is answered by its handler, and the model gets the answer", async () => {
    await using world = await openWorld();
    world.model.turn(functionCall("uppercase", { text: "quiet" }), text("It is QUIET."));
    world.codex.onRequest("item/tool/call", ({ tool, arguments: args }) => ({
      success: true,
      contentItems: [
        {
          type: "inputText",
          text: `${tool}: ${String((args as { text: string }).text).toUpperCase()}`,
        },
      ],
    }));
    const thread = await world.codex.startThread({ dynamicTools });
    const result = await thread.run("shout");
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "dynamicToolCall", success: true }),
    );
    expect(JSON.stringify(world.model.requests[1]?.input)).toContain("uppercase: QUIET");
  });

  test("that nobody answers fails with a text that says so", async () => {
    await using world = await openWorld();
    world.model.turn(functionCall("uppercase", { text: "quiet" }), text("Then not."));
    const thread = await world.codex.startThread({ dynamicTools });
    const result = await thread.run("shout");
    expect(result.items).toContainEqual(
      expect.objectContaining({ type: "dynamicToolCall", success: false }),
    );
    expect(JSON.stringify(world.model.requests[1]?.input)).toContain(
      "Nobody answers item/tool/call",
    );
  });
});

describe("a question for the user", () => {
  const planMode = {
    mode: "plan" as const,
    settings: { model: "mock-model", reasoning_effort: null, developer_instructions: null },
  };
  const question = {
    id: "colour",
    header: "Colour",
    question: "Which?",
    options: [{ label: "red", description: "warm" }],
  };

  test("is answered by its handler", async () => {
    await using world = await openWorld();
    world.model.turn(requestUserInput([question]), text("Red it is."));
    world.codex.onRequest("item/tool/requestUserInput", ({ questions }) => ({
      answers: Object.fromEntries(questions.map(({ id }) => [id, { answers: ["red"] }])),
    }));
    const thread = await world.codex.startThread();
    expect((await thread.run("plan", { collaborationMode: planMode })).text).toBe("Red it is.");
    expect(JSON.stringify(world.model.requests[1]?.input)).toContain("red");
  });
});

describe("handlers", () => {
  test("of one kind are one: a second is refused until the first is gone, and leaving twice does nothing", async () => {
    await using world = await openWorld();
    const leave = world.codex.onRequest("item/tool/call", () => never);
    expect(() => world.codex.onRequest("item/tool/call", () => never)).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
    leave();
    const leaveSecond = world.codex.onRequest("item/tool/call", () => never);
    leave();
    expect(() => world.codex.onRequest("item/tool/call", () => never)).toThrow();
    leaveSecond();
  });
});

describe("a consumer that never reads", () => {
  test("delays nobody, loses deltas first, and still finds the end of the turn", async () => {
    await using world = await openWorld();
    world.model.turn(text(deltas(20_000)));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("flood");
    const idle = turn.events();
    const unreadText = turn.text();
    const started = await idle.next();
    expect(started.value?.method).toBe("turn/started");
    const result = await turn.result();
    expect(result.text?.length).toBeGreaterThan(20_000);
    const rest = (await collect(idle)).map(({ method }) => method);
    expect(rest.length).toBeLessThan(9_000);
    expect(rest.at(-1)).toBe("turn/completed");
    expect(rest).toContain("item/completed");
    expect((await collect(unreadText)).join("")).toBe(result.text);
  });
});

describe("events that come late", () => {
  test("are still given to whoever asks for them", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    const late = turn.events({ late: true });
    world.model.gate("held").release();
    await first(late, ({ method }) => method === "turn/completed");
  });
});
