/** Bounds, refused starts and what must not be remembered, with a scripted process in codex's place. */
import { Codex, type CodexOptions } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";

async function play(
  script: fake.AppServerScript | readonly fake.AppServerScript[],
  options: CodexOptions = {},
) {
  const server = await fake.startScriptedAppServer(script);
  const codex = new Codex({ codexPath: server.command, env: server.env, ...options });
  onTestFinished(async () => {
    await codex.close();
    await server.close();
  });
  return { server, codex };
}

const ask = (id: number) =>
  fake.request(id, "item/tool/call", {
    threadId: "t",
    turnId: "u",
    callId: `call-${id}`,
    tool: "t",
    arguments: {},
  });
const done = { success: true, contentItems: [] };

describe("a turn whose start is refused", () => {
  test("leaves its thread free for the next one, and nothing recorded", async () => {
    const { codex } = await play({
      rules: [
        fake.onFirst(1, "turn/start", fake.replyError(-32600, "no active turn to start")),
        fake.on("turn/start", fake.reply(), ...fake.wholeTurn("second")),
      ],
    });
    const thread = await codex.startThread();
    const [first, second] = await Promise.allSettled([thread.run("one"), thread.run("two")]);
    expect(first).toMatchObject({ status: "rejected", reason: { method: "turn/start" } });
    expect(second).toMatchObject({ status: "fulfilled", value: { text: "second" } });
    expect(codex.client.turnsHeld).toBe(0);
  });
});

describe("turns that wait for a thread", () => {
  test("are so many and no more: the next one is refused, and sent for none of them", async () => {
    const { codex, server } = await play({
      rules: [fake.on("turn/start", fake.holdAt("start"), fake.reply())],
    });
    const thread = await codex.startThread();
    const waiting = Array.from({ length: 256 }, () => thread.startTurn("go"));
    const outcomes = Promise.allSettled(waiting);
    await expect(thread.startTurn("one more")).rejects.toMatchObject({
      code: "queue_full",
      retryable: true,
    });
    await server.gate("start").reached;
    await codex.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "client_closed" } });
    const { received } = await server.process(0);
    expect(received.filter(({ message }) => message?.method === "turn/start")).toHaveLength(1);
  });
});

describe("a turn that is over", () => {
  test("is not interrupted: nothing is sent", async () => {
    const { codex, server } = await play({});
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    await turn.result();
    await turn.interrupt();
    await codex.client.request("thread/loaded/list", {});
    const child = await server.process(0);
    const methods = child.received.map(({ message }) => message?.method);
    expect(methods).toContain("turn/start");
    expect(methods).not.toContain("turn/interrupt");
  });
});

describe("questions", () => {
  test("of a new process are new ones, though their ids begin again", async () => {
    const script = (end: fake.Action): fake.AppServerScript => ({
      rules: [fake.on("thread/list", ask(0), fake.awaitAnswer(0), end)],
    });
    const { codex, server } = await play(
      [script(fake.kill()), script(fake.reply({ data: [], nextCursor: null }))],
      { restart: { initialDelay: 1, maxDelay: 1 } },
    );
    let asked = 0;
    codex.onRequest("item/tool/call", () => ({
      success: true,
      contentItems: [{ type: "inputText", text: `answer ${++asked}` }],
    }));
    await expect(codex.client.request("thread/list", {})).rejects.toMatchObject({
      code: "transport_closed",
    });
    await codex.client.request("thread/list", {});
    expect(asked).toBe(2);
    const answers = await Promise.all(
      [0, 1].map(async (n) => (await server.process(n)).message(({ id }) => id === 0)),
    );
    expect(JSON.stringify(answers)).toMatch(/answer 1.*answer 2/);
  });

  test("past the bound on open ones get their safe answer at once, and the open ones stay open", async () => {
    const bound = 1_024;
    const questions = Array.from({ length: bound + 1 }, (_, id) => ask(id));
    const { codex, server } = await play({
      rules: [
        fake.on(
          "thread/list",
          ...questions,
          fake.awaitAnswer(bound),
          fake.reply({ data: [], nextCursor: null }),
        ),
      ],
    });
    let asked = 0;
    const answer = Promise.withResolvers<typeof done>();
    codex.onRequest("item/tool/call", () => {
      asked += 1;
      return answer.promise;
    });
    await codex.client.request("thread/list", {});
    const child = await server.process(0);
    await child.message(({ id, method }) => id === bound && method === undefined);
    const answered = () =>
      child.received.filter(
        ({ message }) => typeof message?.id === "number" && message.method === undefined,
      );
    expect(answered().map(({ message }) => message)).toMatchObject([
      { id: bound, result: { success: false } },
    ]);
    expect(asked).toBe(bound);
    answer.resolve(done);
    // Answers are written in the order of their questions.
    await child.message(({ id, method }) => id === bound - 1 && method === undefined);
    expect(answered()).toHaveLength(bound + 1);
  });
});
