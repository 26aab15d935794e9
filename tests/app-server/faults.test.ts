/**
 * What the real codex won't do on demand: reordered, doubled and lost answers, early and late events,
 * torn and giant lines. A scripted process stands in for codex; it is spawned and spoken to as codex is.
 */
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Codex, type CodexOptions, type LogEntry } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect, first, isAlive } from "./world.ts";

async function play(
  script: fake.AppServerScript | readonly fake.AppServerScript[],
  options: CodexOptions = {},
) {
  const server = await fake.startScriptedAppServer(script);
  const log: LogEntry[] = [];
  const codex = new Codex({
    codexPath: server.command,
    env: server.env,
    restart: false,
    log: (entry) => log.push(entry),
    ...options,
  });
  onTestFinished(async () => {
    await codex.close();
    await server.close();
  });
  return { server, codex, log };
}

/** Closes the client, and gives all it ever wrote. */
async function everythingSent(server: fake.ScriptedAppServer, codex: Codex) {
  const child = await server.process(0);
  await codex.close();
  await child.gone;
  return child.received.flatMap(({ message }) => message ?? []);
}

type Schema = {
  definitions: { ThreadStartParams: { properties: Record<string, unknown> } };
  oneOf: { properties: { method: { enum: [string] } } }[];
};

/** An executable that behaves as `command`, but shows the schema of an older codex. */
async function withSchema(command: string, change: (schema: Schema) => void): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-old-codex-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await promisify(execFile)(
    fake.findCodex(),
    ["app-server", "generate-json-schema", "--experimental", "--out", dir],
    {
      env: { ...process.env, CODEX_HOME: dir },
    },
  );
  const schema = JSON.parse(await readFile(join(dir, "ClientRequest.json"), "utf8")) as Schema;
  change(schema);
  await writeFile(join(dir, "ClientRequest.json"), JSON.stringify(schema));
  const path = join(dir, "codex");
  await writeFile(
    path,
    `#!/bin/sh\n[ "$2" = generate-json-schema ] && exec cp ${join(dir, "ClientRequest.json")} "$5"\nexec ${command} "$@"\n`,
  );
  await chmod(path, 0o755);
  return path;
}

describe("answers", () => {
  test("find their request however they are ordered", async () => {
    const { codex } = await play({ rules: [fake.answeredInOrder("command/exec", [2, 0, 1])] });
    const results = await Promise.all(
      [1, 2, 3].map((n) => codex.client.request("command/exec", { command: [`${n}`] })),
    );
    expect(results).toHaveLength(3);
    expect(codex.client.counters.unmatched).toBe(0);
  });

  test("that come twice, or to nobody, are counted and hurt nothing", async () => {
    const { codex } = await play({
      rules: [
        fake.on(
          "thread/list",
          fake.reply({ data: [], nextCursor: null }),
          fake.reply({ data: [], nextCursor: null }),
          fake.line('{"id":999,"result":{}}'),
        ),
      ],
    });
    expect(await collect(codex.listThreads())).toEqual([]);
    await codex.client.request("thread/loaded/list", {});
    expect(codex.client.counters.unmatched).toBe(2);
  });

  test("of -32001 are asked for again until they come, and no other error is", async () => {
    const { codex, server } = await play({
      rules: [
        fake.overloaded(3, "thread/start"),
        fake.on("thread/name/set", fake.replyError(-32603, "it broke")),
      ],
    });
    const thread = await codex.startThread();
    await expect(thread.rename("x")).rejects.toMatchObject({
      code: "internal",
      rpc: { code: -32603, message: "it broke" },
    });
    const sent = (await everythingSent(server, codex)).map(({ method }) => method);
    expect(sent.filter((method) => method === "thread/start")).toHaveLength(4);
    expect(sent.filter((method) => method === "thread/name/set")).toHaveLength(1);
  });

  test("that never come end at the deadline, as ambiguous for a write and not for a read, and leave no waiter", async () => {
    const { codex } = await play({
      rules: [fake.neverAnswer("thread/name/set"), fake.neverAnswer("thread/list")],
    });
    await codex.start();
    const write = codex.client.request(
      "thread/name/set",
      { threadId: "t", name: "n" },
      { deadline: 50 },
    );
    await expect(write).rejects.toMatchObject({
      code: "timeout",
      ambiguous: true,
      message: expect.stringContaining("50 ms"),
    });
    const read = codex.client.request("thread/list", {}, { deadline: 50 });
    await expect(read).rejects.toMatchObject({ code: "timeout", ambiguous: false });
  });

  test("are not waited for by a caller that aborts, and come later without harm", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "thread/name/set",
          fake.holdAt("answer"),
          fake.reply({}),
          fake.notify("late/answered", {}),
        ),
      ],
    });
    await codex.start();
    const stop = new AbortController();
    const naming = codex.client.request(
      "thread/name/set",
      { threadId: "t", name: "n" },
      { signal: stop.signal },
    );
    await server.gate("answer").reached;
    stop.abort();
    await expect(naming).rejects.toMatchObject({ code: "aborted", ambiguous: true });
    server.gate("answer").release();
    await first(codex.events(), ({ method }) => (method as string) === "late/answered");
    expect(codex.client.counters.unmatched).toBe(1);
  });

  test("are waited for by at most 64 requests at a time, in the order they were made", async () => {
    const { codex, server } = await play({
      rules: [fake.on("fs/readFile", fake.holdAt("all"), fake.reply({ dataBase64: "" }))],
    });
    await codex.start();
    const reading = Array.from({ length: 100 }, (_, n) =>
      codex.client.request("fs/readFile", { path: `/${n}` }),
    );
    const child = await server.process(0);
    const pathOf = (message: fake.ReceivedMessage) => (message.params as { path?: string }).path;
    await child.message((message) => message.method === "fs/readFile" && pathOf(message) === "/63");
    await child.play(fake.notify("all/read", {}));
    const reads = () => child.received.filter(({ message }) => message?.method === "fs/readFile");
    expect(reads()).toHaveLength(64);
    server.gate("all").release();
    await Promise.all(reading);
    const sent = await everythingSent(server, codex);
    expect(sent.filter(({ method }) => method === "fs/readFile").map(pathOf)).toEqual(
      reading.map((_, n) => `/${n}`),
    );
  });

  test("that are errors without a shape still reach their request", async () => {
    const { codex } = await play({
      rules: [fake.on("thread/list", fake.line('{"id":1,"error":"what?"}'))],
    });
    await expect(codex.client.request("thread/list", {})).rejects.toMatchObject({
      code: "internal",
    });
  });
});

describe("every request", () => {
  test("carries params, also where it has none, and undefined ones are left out", async () => {
    const { codex, server } = await play({});
    await codex.logout();
    await codex.startThread({ model: undefined });
    const sent = await everythingSent(server, codex);
    expect(sent.find(({ method }) => method === "account/logout")?.params).toEqual({});
    expect(sent.find(({ method }) => method === "thread/start")?.params).toEqual({});
  });
});

describe("a turn", () => {
  test("whose every event comes before the answer that names it is still whole and over", async () => {
    const { codex } = await play({
      rules: [fake.on("turn/start", ...fake.wholeTurn(["a", "b"]), fake.reply())],
    });
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    expect(await collect(turn.text())).toEqual(["a", "b"]);
    expect(await turn.result()).toMatchObject({ ok: true, text: "ab" });
  });

  test("of somebody else on a reserved thread is not mistaken for the one that was started", async () => {
    const other = { threadId: "{{threadId}}", turnId: "somebody-elses" };
    const { codex } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.notify("item/agentMessage/delta", { ...other, itemId: "x", delta: "not yours" }),
          ...fake.wholeTurn("yours"),
          fake.reply(),
        ),
      ],
    });
    const thread = await codex.startThread();
    expect(await collect((await thread.startTurn("go")).text())).toEqual(["yours"]);
  });

  test("gets an unknown notification that names it, by turnId or by turn.id, and one that names nothing goes to the global stream", async () => {
    const { codex } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          fake.notify("future/one", { threadId: "{{threadId}}", turnId: "{{turnId}}", x: 1 }),
          fake.notify("future/two", { threadId: "{{threadId}}", turn: { id: "{{turnId}}" } }),
          fake.notify("future/three", { y: 2 }),
          ...fake.turnCompleted(),
        ),
      ],
    });
    const thread = await codex.startThread();
    const unscoped = first(codex.events(), ({ method }) => (method as string) === "future/three");
    const methods = (await collect((await thread.startTurn("go")).events())).map(
      ({ method }) => method as string,
    );
    expect(methods).toEqual(["turn/started", "future/one", "future/two", "turn/completed"]);
    expect(await unscoped).toMatchObject({ params: { y: 2 } });
  });

  test("survives a known notification with a payload of another shape, which passes through raw", async () => {
    const { codex } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          fake.notify("turn/started", { threadId: "{{threadId}}" }),
          fake.notify("item/completed", { threadId: "{{threadId}}", turnId: "{{turnId}}" }),
          fake.notify("thread/status/changed", null),
          fake.notify("turn/completed", { threadId: "{{threadId}}" }),
          ...fake.turnCompleted(),
        ),
      ],
    });
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    const methods = (await collect(turn.events())).map(({ method }) => method);
    expect(methods).toEqual(["turn/started", "item/completed", "turn/completed"]);
  });

  test("gets what comes late for it, after its end, in its items and for whoever still reads", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.wholeTurn("done"),
          ...fake.wholeItem({ type: "subAgentActivity", id: "late" }),
        ),
      ],
    });
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    const late = await first(
      turn.events({ late: true }),
      (message) => message.method === "item/completed" && message.params.item.id === "late",
    );
    expect(late.method).toBe("item/completed");
    expect((await turn.result()).items.map(({ id }) => id)).toContain("late");
    await server.close();
  });

  test("that nobody watches leaves nothing behind", async () => {
    const { codex, server } = await play({});
    const thread = await codex.startThread();
    const flood = Array.from({ length: 2_000 }, (_, n) => ({
      threadId: thread.id,
      turnId: `unwatched-${n}`,
    }));
    const seen = first(codex.client.subscribe(), ({ method }) => (method as string) === "all/sent");
    await server.processes[0]?.play(
      fake.flood({ count: 4_000, turns: flood, complete: true }),
      fake.notify("all/sent", {}),
    );
    await seen;
    expect(codex.client.turnsHeld).toBe(0);
  });

  test("ends once: a second end under the same id is seen by nobody", async () => {
    const { codex } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.wholeTurn("a"),
          ...fake.turnCompleted("failed"),
        ),
      ],
    });
    const thread = await codex.startThread();
    expect(await thread.run("go")).toMatchObject({ ok: true });
  });

  test("whose end never comes is looked up when its thread went idle, and ends with a mark", async () => {
    const turn = {
      id: "turn-1",
      rootTurnId: null,
      items: [],
      itemsView: "full",
      status: "completed",
      error: null,
      startedAt: 1,
      completedAt: 2,
      durationMs: 3,
    };
    const { codex } = await play(
      {
        rules: [
          fake.on(
            "turn/start",
            fake.reply(),
            ...fake.turnStarted(),
            fake.notify("thread/status/changed", {
              threadId: "{{threadId}}",
              status: { type: "idle" },
            }),
          ),
          fake.on(
            "thread/turns/list",
            fake.reply({ data: [turn], nextCursor: null, backwardsCursor: null }),
          ),
        ],
      },
      { idleGrace: 20 },
    );
    const thread = await codex.startThread();
    const started = await thread.startTurn("go");
    const end = (await collect(started.events())).at(-1);
    expect(end).toMatchObject({
      method: "turn/completed",
      recovered: true,
      params: { turn: { status: "completed" } },
    });
  });
});

describe("questions", () => {
  const ask = (id: string | number) =>
    fake.request(id, "item/tool/call", {
      threadId: "{{threadId}}",
      turnId: "{{turnId}}",
      callId: "c",
      tool: "t",
      arguments: {},
    });
  const done = { success: true, contentItems: [] };

  test("under string ids are answered under the same string", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          ask("a-string"),
          fake.awaitAnswer("a-string"),
          ...fake.turnCompleted(),
        ),
      ],
    });
    codex.onRequest("item/tool/call", () => done);
    await (await codex.startThread()).run("go");
    expect((await everythingSent(server, codex)).at(-1)).toEqual({ id: "a-string", result: done });
  });

  test("that are sent again while their handler thinks are handled once and answered once", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          ask(0),
          ask(0),
          fake.notify("both/asked", {}),
          fake.awaitAnswer(0),
          ...fake.turnCompleted(),
        ),
      ],
    });
    let handled = 0;
    const bothAsked = first(codex.events(), ({ method }) => (method as string) === "both/asked");
    codex.onRequest("item/tool/call", async () => {
      handled += 1;
      await bothAsked;
      return done;
    });
    await (await codex.startThread()).run("go");
    expect(handled).toBe(1);
    expect((await everythingSent(server, codex)).filter(({ id }) => id === 0)).toHaveLength(1);
  });

  test("that are sent again after they were answered get the same answer, without their handler", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          ask(0),
          fake.awaitAnswer(0),
          ask(0),
          ...fake.turnCompleted(),
        ),
      ],
    });
    let handled = 0;
    codex.onRequest("item/tool/call", () => {
      handled += 1;
      return done;
    });
    await (await codex.startThread()).run("go");
    expect(handled).toBe(1);
    const answers = (await everythingSent(server, codex)).filter(({ id }) => id === 0);
    expect(answers).toEqual([
      { id: 0, result: done },
      { id: 0, result: done },
    ]);
  });

  test("that were resolved elsewhere tell their handler, whose answer is not sent", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "turn/start",
          fake.reply(),
          ...fake.turnStarted(),
          ask(7),
          fake.holdAt("asked"),
          fake.notify("serverRequest/resolved", { threadId: "{{threadId}}", requestId: 7 }),
          ...fake.turnCompleted(),
        ),
      ],
    });
    const told = Promise.withResolvers<void>();
    codex.onRequest("item/tool/call", async (_, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      told.resolve();
      return done;
    });
    const turn = await (await codex.startThread()).startTurn("go");
    await server.gate("asked").reached;
    server.gate("asked").release();
    await told.promise;
    const events = await collect(turn.events());
    expect(events.map(({ method }) => method)).toContain("serverRequest/resolved");
    expect((await everythingSent(server, codex)).some(({ id }) => id === 7)).toBe(false);
  });

  test("of a kind nobody knows are refused as a method that is not served", async () => {
    const { codex, server } = await play({
      rules: [
        fake.on(
          "thread/start",
          fake.reply(),
          fake.request(3, "future/ask", {}),
          fake.awaitAnswer(3),
        ),
      ],
    });
    await codex.startThread();
    const answer = await server.processes[0]?.message((message) => message.id === 3);
    expect(answer).toMatchObject({ error: { code: -32601 } });
  });
});

describe("lines", () => {
  test("that are no JSON, or JSON of no meaning, are logged, counted and skipped", async () => {
    const { codex, log } = await play({
      rules: [
        fake.on(
          "thread/list",
          fake.line("panic!"),
          fake.line('{"id":1}'),
          fake.line("[1,2]"),
          fake.line("null"),
          fake.reply({ data: [], nextCursor: null }),
        ),
      ],
    });
    await codex.client.request("thread/list", {});
    expect(codex.client.counters).toMatchObject({ unreadable: 1, malformed: 3 });
    expect(log.filter(({ message }) => message.includes("Left out"))).toHaveLength(4);
    expect(log).toContainEqual(
      expect.objectContaining({
        level: "warn",
        fields: expect.objectContaining({ starts: "panic!" }),
      }),
    );
  });

  test("cut inside a character arrive whole", async () => {
    const text = JSON.stringify({
      method: "warning",
      params: { message: "Grüße, 世界 👋🏽", threadId: null },
    });
    const { codex } = await play({
      rules: [
        fake.on(
          "thread/list",
          fake.pieces(text, { size: 1 }),
          fake.reply({ data: [], nextCursor: null }),
        ),
      ],
    });
    const warning = first(codex.events(), ({ method }) => method === "warning");
    await codex.client.request("thread/list", {});
    expect(await warning).toMatchObject({ params: { message: "Grüße, 世界 👋🏽" } });
  });

  test("of 63 MiB are taken; one past the limit ends the connection with an error that names the limit", async () => {
    const { codex } = await play({
      rules: [
        fake.on("thread/list", fake.giantLine(63), fake.reply({ data: [], nextCursor: null })),
      ],
    });
    await codex.client.request("thread/list", {});
    const small = await play(
      {
        rules: [
          fake.on("thread/list", fake.giantLine(2), fake.reply({ data: [], nextCursor: null })),
        ],
      },
      { maxMessageBytes: 1024 * 1024 },
    );
    await expect(small.codex.client.request("thread/list", {})).rejects.toMatchObject({
      message: expect.stringContaining("1048576 bytes"),
    });
  });

  test("cut off by the end of the process are told in the error, with its exit code and last words", async () => {
    const { codex } = await play({
      rules: [
        fake.on(
          "thread/list",
          fake.raw('{"method":"warn'),
          fake.stderr("thread 'main' panicked\n"),
          fake.exit(101),
        ),
      ],
    });
    const error = await codex.client.request("thread/list", {}).catch((reason) => reason);
    expect(error).toMatchObject({
      code: "transport_closed",
      details: { exitCode: 101, signal: null },
    });
    for (const part of ["exited with code 101", "cut off after 15 bytes", "panicked"])
      expect(error.message).toContain(part);
  });
});

describe("a process", () => {
  test("that heeds neither the end of its input nor SIGTERM is killed, in that order", async () => {
    const { codex, server } = await play({ onStdinEnd: [], onSigterm: [] }, { closeGrace: 50 });
    await codex.start();
    const child = await server.process(0);
    await codex.close();
    expect(isAlive(child.pid)).toBe(false);
    expect(child.signals).toEqual(["stdin_end", "SIGTERM"]);
  });

  test("that ends its output but lives on is given up", async () => {
    const { codex, server } = await play(
      { rules: [fake.on("thread/list", fake.endStdout())] },
      { closeGrace: 50 },
    );
    await expect(codex.client.request("thread/list", {})).rejects.toMatchObject({
      code: "transport_closed",
    });
    const child = await server.process(0);
    await child.gone;
  });

  test("that dies again and again is started with a bounded number of attempts, then everything ends", async () => {
    const dying: fake.AppServerScript = { onStart: [fake.exit(1)] };
    const { codex, server } = await play(
      [{ rules: [fake.on("thread/list", fake.kill())] }, dying],
      {
        restart: { initialDelay: 1, maxDelay: 2, maxAttempts: 3 },
      },
    );
    await expect(codex.client.request("thread/list", {})).rejects.toMatchObject({
      code: "transport_closed",
    });
    await expect(codex.models()).rejects.toMatchObject({ code: "transport_closed" });
    expect(server.processes).toHaveLength(4);
    expect(codex.client.state).toBe("closed");
  });
});

describe("an old codex", () => {
  test.each(["0.150.0", "0.169.0-alpha.2", "0.0.0"])(
    "of version %s is not sent a method or parameter it does not know, and serves what it knows",
    async (version) => {
      const { server, codex } = await play({ version });
      const wrapped = await withSchema(server.command, (schema) => {
        delete schema.definitions.ThreadStartParams.properties.ephemeral;
        schema.oneOf = schema.oneOf.filter(
          ({ properties }) => properties.method.enum[0] !== "thread/search",
        );
      });
      await codex.close();
      const old = new Codex({ codexPath: wrapped, env: server.env });
      onTestFinished(() => old.close());
      expect((await old.startThread()).id).toBe("thread-1");
      await expect(old.startThread({ ephemeral: true })).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("ephemeral"),
      });
      await expect(old.client.request("thread/search", { searchTerm: "x" })).rejects.toMatchObject({
        code: "unsupported",
      });
      const sent = (await everythingSent(server, old)).map(({ method }) => method);
      expect(sent).toEqual(["initialize", "initialized", "thread/start"]);
    },
  );

  test("of a version below the least is refused at the handshake", async () => {
    const { codex, server } = await play({ version: "0.139.0-alpha.3" });
    await expect(codex.start()).rejects.toMatchObject({
      code: "codex_too_old",
      details: { found: "0.139.0-alpha.3", path: server.command },
    });
  });
});
