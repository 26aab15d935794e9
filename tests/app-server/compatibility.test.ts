/** What a later codex may say, and the form in which this client speaks to any. */
import { Codex } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect, first } from "./world.ts";

async function play(script: fake.AppServerScript) {
  const server = await fake.startScriptedAppServer(script);
  const codex = new Codex({ codexPath: server.command, env: server.env, restart: false });
  onTestFinished(async () => {
    await codex.close();
    await server.close();
  });
  return { server, codex };
}

describe("values that this version of the protocol does not have", () => {
  test("pass through in turns, items, statuses, errors and questions", async () => {
    const place = { threadId: "{{threadId}}", turnId: "{{turnId}}" };
    const error = {
      message: "too warm",
      codexErrorInfo: { overheated: { degrees: 90 } },
      later: 1,
    };
    const { codex } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          fake.notify("thread/status/changed", {
            threadId: "{{threadId}}",
            status: { type: "active", activeFlags: ["waitingOnWeather"] },
          }),
          fake.notify("item/completed", {
            ...place,
            completedAtMs: 1,
            item: { type: "agentMessage", id: "m", text: "hm", phase: "afterthought", later: true },
          }),
          fake.notify("error", { ...place, willRetry: true, error }),
          fake.request("q", "item/tool/call", {
            ...place,
            callId: "c",
            tool: "t",
            arguments: {},
            urgency: "someday",
          }),
          fake.awaitAnswer("q"),
          fake.notify("thread/status/changed", {
            threadId: "{{threadId}}",
            status: { type: "idle" },
          }),
          fake.notify("turn/completed", {
            threadId: "{{threadId}}",
            turn: { id: "{{turnId}}", status: "postponed", items: [], itemsView: "hidden", error },
          }),
        ),
      ],
    });
    let urgency: unknown;
    codex.onRequest("item/tool/call", (params) => {
      urgency = (params as { urgency?: unknown }).urgency;
      return { success: true, contentItems: [] };
    });
    const thread = await codex.startThread();
    const waiting = first(thread.sessionEvents(), ({ type }) => type === "session.waiting");
    const turn = await thread.startTurn("go");
    const events = await collect(turn.events());
    const result = await turn.result();
    expect(await waiting).toMatchObject({ flags: ["waitingOnWeather"] });
    expect(urgency).toBe("someday");
    expect(events.find(({ method }) => method === "error")).toMatchObject({ params: { error } });
    expect(result).toMatchObject({ ok: false, status: "postponed", error });
    expect(result.items).toContainEqual(
      expect.objectContaining({ phase: "afterthought", later: true }),
    );
    await expect(collect(turn.text())).rejects.toMatchObject({ code: "turn_failed" });
  });

  test("pass through in what began a thread: a word, and an object with or without a word of its own", async () => {
    const sources = ["cli", "teleport", { custom: "mine" }, { subAgent: { other: "later" } }];
    const rows = sources.map((source, n) => ({ id: `thread-${n}`, source, later: n }));
    const { codex } = await play({
      rules: [fake.on("thread/list", fake.reply({ data: rows, nextCursor: null }))],
    });
    const threads = await collect(codex.listThreads());
    expect(threads).toEqual(rows);
  });

  test("are sent as they are given, in params of a known method", async () => {
    const { codex, server } = await play({});
    await codex.startThread({
      personality: "grumpy" as never,
      approvalPolicy: "on-mondays" as never,
    });
    const child = await server.process(0);
    expect(await child.message(({ method }) => method === "thread/start")).toMatchObject({
      params: { personality: "grumpy", approvalPolicy: "on-mondays" },
    });
  });
});

describe("what is written", () => {
  test("is what was given and nothing else: no nulls, no undefined fields, the wire's own names", async () => {
    const { codex, server } = await play({});
    const thread = await codex.startThread({ model: undefined, developerInstructions: "be brief" });
    await thread.run("hi", { sandbox: "read-only", effort: undefined });
    await thread.rename("n");
    const child = await server.process(0);
    await child.message(({ method }) => method === "thread/name/set");
    const paramsOf = (method: string) =>
      child.received.find(({ message }) => message?.method === method)?.message?.params;
    expect(paramsOf("thread/start")).toEqual({ developerInstructions: "be brief" });
    expect(paramsOf("turn/start")).toEqual({
      threadId: thread.id,
      input: [{ type: "text", text: "hi", text_elements: [] }],
      sandboxPolicy: { type: "readOnly", networkAccess: false },
    });
    expect(paramsOf("thread/name/set")).toEqual({ threadId: thread.id, name: "n" });
    for (const { message } of child.received) expect(message).not.toHaveProperty("jsonrpc");
  });
});
