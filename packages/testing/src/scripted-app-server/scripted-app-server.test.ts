import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CODEX_VERSION } from "@signalbox/protocol";
import { describe, expect, test } from "vitest";
import {
  LineClient,
  type LineClientOptions,
  type WireMessage,
} from "../../fixtures/line-client.ts";
import {
  type AppServerScript,
  agentMessage,
  answeredInOrder,
  awaitAnswer,
  awaitMessage,
  endStdout,
  exit,
  flood,
  giantLine,
  holdAt,
  kill,
  line,
  neverAnswer,
  notify,
  on,
  onFirst,
  overloaded,
  pieces,
  raw,
  reply,
  replyError,
  request,
  type ScriptedAppServer,
  startScriptedAppServer,
  stderr,
  stopReading,
  turnCompleted,
  turnStarted,
  wholeItem,
  wholeTurn,
} from "../index.ts";

interface Pair extends AsyncDisposable {
  readonly server: ScriptedAppServer;
  readonly client: LineClient;
}

async function pair(
  script: AppServerScript = {},
  options: Partial<LineClientOptions> = {},
): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startScriptedAppServer(script));
  const client = stack.use(await LineClient.start({ ...server, ...options }));
  const owned = stack.move();
  return { server, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startTurn(client: LineClient): Promise<Record<string, unknown>> {
  await client.request("thread/start", { cwd: "/somewhere" });
  return await client.request("turn/start", {
    threadId: "thread-1",
    input: [{ type: "text", text: "hi" }],
  });
}

function methods(client: LineClient): string[] {
  return client.lines
    .filter(({ dir }) => dir === "in")
    .map(({ message }) => message.method ?? `answer ${message.id}`);
}

describe("without a script", () => {
  test("it starts a thread and runs a turn in the order of the real app-server", async () => {
    await using it = await pair();
    const started = await startTurn(it.client);
    expect(started).toMatchObject({ turn: { id: "turn-1", status: "inProgress" } });
    await it.client.event("turn/completed");
    expect(methods(it.client)).toEqual([
      "answer 1",
      "answer 2",
      "thread/started",
      "answer 3",
      "thread/status/changed",
      "turn/started",
      "item/started",
      "item/completed",
      "item/started",
      "item/agentMessage/delta",
      "item/completed",
      "thread/status/changed",
      "turn/completed",
    ]);
    expect(it.client.received("item/completed")[0]?.params).toMatchObject({
      threadId: "thread-1",
      turnId: "turn-1",
      item: { type: "userMessage", content: [{ type: "text", text: "hi" }] },
    });
  });

  test("it says which Codex it is, on the command line and in the handshake", async () => {
    await using server = await startScriptedAppServer({ version: "9.8.7" });
    // Also for whoever waits in the same process, without a turn of its loop.
    const stdout = execFileSync(server.command, ["--version"], { encoding: "utf8" });
    expect(stdout).toBe("codex-cli 9.8.7\n");
    await using client = new LineClient(server);
    expect(await client.initialize()).toMatchObject({
      userAgent: expect.stringMatching(/^signalbox-testing\/9\.8\.7 /),
    });
    expect(server.processes).toHaveLength(1);
  });

  test("by default it is the Codex that the protocol was generated from", async () => {
    await using server = await startScriptedAppServer();
    const { stdout } = await promisify(execFile)(server.command, ["--version"]);
    expect(stdout).toBe(`codex-cli ${CODEX_VERSION}\n`);
  });

  test("it keeps every line the client wrote, also one that is no JSON", async () => {
    await using it = await pair();
    it.client.child.stdin!.write("no json\n");
    await it.client.request("thread/list");
    const [first] = it.server.processes;
    expect(first?.received.map(({ line: text, message }) => message?.method ?? text)).toEqual([
      "initialize",
      "initialized",
      "no json",
      "thread/list",
    ]);
    expect(await first?.message("thread/list")).toMatchObject({ params: {} });
  });

  test("it exits 0 when stdin ends and on SIGTERM, and tells that they came", async () => {
    await using it = await pair();
    it.client.child.stdin!.end();
    expect(await it.client.exited).toEqual({ code: 0, signal: null });
    await using other = await pair();
    other.client.child.kill("SIGTERM");
    expect(await other.client.exited).toEqual({ code: 0, signal: null });
    expect(it.server.processes[0]?.signals).toEqual(["stdin_end"]);
    expect(other.server.processes[0]?.signals).toEqual(["SIGTERM"]);
  });
});

describe("the handshake", () => {
  test("it can leave the user agent out, or name another", async () => {
    await using server = await startScriptedAppServer([
      { userAgent: null },
      { userAgent: "other/{{version}}", version: "1.2.3" },
    ]);
    await using first = new LineClient(server);
    expect(await first.initialize()).not.toHaveProperty("userAgent");
    await using second = new LineClient(server);
    expect(await second.initialize()).toHaveProperty("userAgent", "other/1.2.3");
  });

  test("it can exit at start with a code and a text", async () => {
    await using server = await startScriptedAppServer({
      onStart: [stderr("error: no such file\n"), exit(3)],
    });
    await using client = new LineClient(server);
    expect(await client.exited).toEqual({ code: 3, signal: null });
    expect(client.stderr).toBe("error: no such file\n");
  });
});

describe("answers", () => {
  test("it gives them in the order the script names", async () => {
    await using it = await pair({ rules: [answeredInOrder("thread/read", [2, 0, 1])] });
    const asked = [1, 2, 3].map(() => it.client.request("thread/read", { threadId: "t" }));
    await Promise.all(asked);
    expect(methods(it.client).slice(1)).toEqual(["answer 4", "answer 2", "answer 3"]);
  });

  test("it refuses an order that is not one", () => {
    expect(() => answeredInOrder("thread/read", [0, 2])).toThrow(RangeError);
  });

  test("it drops one and gives the next", async () => {
    await using it = await pair({ rules: [onFirst(1, "thread/read")] });
    it.client.write({ id: "dropped", method: "thread/read", params: { threadId: "t" } });
    await it.client.request("thread/read", { threadId: "t" });
    expect(methods(it.client)).toEqual(["answer 1", "answer 2"]);
  });

  test("it refuses the first ones as overloaded, by code and without data", async () => {
    await using it = await pair({ rules: [overloaded(2, "thread/list")] });
    for (const _ of [1, 2]) {
      await expect(it.client.request("thread/list")).rejects.toMatchObject({
        code: -32001,
        data: undefined,
      });
    }
    expect(await it.client.request("thread/list")).toHaveProperty("data");
  });

  test("it gives an error with data, and the same answer twice", async () => {
    await using it = await pair({
      rules: [on("model/list", replyError(-32600, "no", { reason: "x" }), reply({ a: 1 }))],
    });
    await expect(it.client.request("model/list")).rejects.toMatchObject({ data: { reason: "x" } });
    const second = await it.client.next((message) => message.id === 2, "the second answer");
    expect(second.result).toEqual({ a: 1 });
  });

  test("it never answers a method it was told to leave", async () => {
    await using it = await pair({ rules: [neverAnswer("thread/read")] });
    it.client.write({ id: "left", method: "thread/read", params: {} });
    await it.client.request("thread/list");
    expect(methods(it.client)).not.toContain("answer left");
  });
});

describe("turns", () => {
  test("it completes a turn before it answers turn/start", async () => {
    await using it = await pair({ rules: [on("turn/start", ...wholeTurn("early"), reply())] });
    await startTurn(it.client);
    expect(methods(it.client).slice(-2)).toEqual(["turn/completed", "answer 3"]);
    expect(it.client.received("turn/completed")[0]?.params).toMatchObject({
      turn: { id: "turn-1", status: "completed" },
    });
  });

  test("it writes items after the end of their turn", async () => {
    await using it = await pair({
      rules: [
        on("turn/start", reply(), ...wholeTurn(), ...wholeItem({ type: "sleep", id: "late" })),
      ],
    });
    await startTurn(it.client);
    await it.client.event("item/completed", ({ item }) => (item as { id: string }).id === "late");
    expect(methods(it.client).slice(-3)).toEqual([
      "turn/completed",
      "item/started",
      "item/completed",
    ]);
  });

  test("it holds a turn until the client interrupts it", async () => {
    await using it = await pair({ rules: [on("turn/start", reply(), ...turnStarted())] });
    await startTurn(it.client);
    await it.client.event("turn/started");
    await it.client.request("turn/interrupt", { threadId: "thread-1", turnId: "turn-1" });
    const { params } = await it.client.event("turn/completed");
    expect(params).toMatchObject({ turn: { id: "turn-1", status: "interrupted" } });
  });

  test("it knows from thread/read which turns are running and how others ended", async () => {
    await using it = await pair({
      rules: [on("turn/start", reply(), ...turnStarted(), ...turnCompleted("failed", "why"))],
    });
    await startTurn(it.client);
    await it.client.event("turn/completed");
    const read = await it.client.request("thread/read", {
      threadId: "thread-1",
      includeTurns: true,
    });
    expect(read).toMatchObject({
      thread: { turns: [{ id: "turn-1", status: "failed", error: { message: "why" } }] },
    });
  });

  test("it floods the running turns in a circle and completes them", async () => {
    const count = 30_000;
    await using it = await pair({
      rules: [
        on("turn/start", reply(), ...turnStarted()),
        on("thread/list", reply(), flood({ count, complete: true })),
      ],
    });
    await startTurn(it.client);
    await it.client.request("thread/start");
    await it.client.request("turn/start", { threadId: "thread-2", input: [] });
    await it.client.request("thread/list");
    await it.client.event("turn/completed");
    await it.client.event("turn/completed");
    const deltas = it.client.received("item/agentMessage/delta");
    expect(deltas).toHaveLength(count);
    const turns = deltas.slice(0, 4).map(({ params }) => params?.turnId);
    expect(turns).toEqual(["turn-1", "turn-2", "turn-1", "turn-2"]);
  });
});

describe("server requests", () => {
  test("it asks under ids of any kind, twice under the same, and waits for an answer", async () => {
    const ask = request("a-1", "item/tool/call", { threadId: "{{threadId}}", n: "{{params.n}}" });
    await using it = await pair({
      rules: [
        on(
          "thread/list",
          reply(),
          ask,
          ask,
          request(7, "unknown/request", {}),
          awaitAnswer("a-1"),
          notify("done"),
        ),
      ],
    });
    await it.client.request("thread/list", { n: 5 });
    const asked: WireMessage[] = [];
    for (const _ of [1, 2, 3]) {
      asked.push(await it.client.next((one) => one.method !== undefined, "a server request"));
    }
    expect(asked.map(({ id, method }) => [id, method])).toEqual([
      ["a-1", "item/tool/call"],
      ["a-1", "item/tool/call"],
      [7, "unknown/request"],
    ]);
    expect(asked[0]?.params).toEqual({ threadId: null, n: 5 });
    it.client.respond(asked[0]!, { success: true });
    await it.client.event("done");
    const answer = await it.server.processes[0]!.message(({ id }) => id === "a-1");
    expect(answer.result).toEqual({ success: true });
  });
});

describe("lines", () => {
  test("it writes what is no JSON, an id alone, and payloads that are wrong", async () => {
    await using it = await pair({
      rules: [
        on(
          "thread/list",
          line("not json"),
          line('{"id":99}'),
          notify("turn/completed", "no object"),
          notify("brand/new", { a: 1 }),
          reply(),
        ),
      ],
    });
    await it.client.request("thread/list");
    expect(it.client.garbage).toEqual(["not json"]);
    const rest = it.client.lines.filter(({ dir }) => dir === "in").slice(1, 4);
    expect(rest.map(({ message }) => message)).toMatchObject([
      { id: 99 },
      { method: "turn/completed", params: "no object" },
      { method: "brand/new", params: { a: 1 } },
    ]);
  });

  test("it ends inside a line", async () => {
    await using it = await pair({ rules: [on("thread/list", raw('{"method":"turn/st'), exit(1))] });
    await expect(it.client.request("thread/list")).rejects.toThrow("stdout ended");
    expect(await it.client.exited).toEqual({ code: 1, signal: null });
    expect(it.client.garbage).toEqual(['{"method":"turn/st']);
  });

  test("it cuts characters between two writes", async () => {
    const text = '{"method":"x","params":{"text":"ä€😀"}}';
    await using it = await pair({ rules: [on("thread/list", pieces(text), reply())] });
    const chunks: Buffer[] = [];
    it.client.child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
    await it.client.request("thread/list");
    expect((await it.client.event("x")).params).toEqual({ text: "ä€😀" });
    const cut = chunks.filter((chunk) => chunk.toString("utf8").includes("\ufffd"));
    expect(cut.length).toBeGreaterThan(0);
  });

  test("it writes a line of many MiB, JSON or not", async () => {
    await using it = await pair({
      rules: [on("thread/list", giantLine(3), giantLine(0.5, { json: false }), reply())],
    });
    await it.client.request("thread/list");
    const { params } = await it.client.event("warning");
    expect((params.message as string).length).toBe(3 * 1024 * 1024);
    expect(it.client.garbage.map(({ length }) => length)).toEqual([512 * 1024]);
  });

  test("it waits at a gate until the test lets it go on", async () => {
    await using it = await pair({
      rules: [on("thread/list", reply(), notify("before"), holdAt("middle"), notify("after"))],
    });
    await it.client.request("thread/list");
    await it.server.gate("middle").reached;
    await it.client.event("before");
    await it.client.request("thread/read", { threadId: "t" });
    expect(methods(it.client)).not.toContain("after");
    it.server.gate("middle").release();
    await it.client.event("after");
  });

  test("it plays what the test says, when it says so", async () => {
    await using it = await pair();
    await startTurn(it.client);
    await it.client.event("turn/completed");
    await it.server.processes[0]!.play(...agentMessage(["a", "b"], "again"));
    const { params } = await it.client.event(
      "item/completed",
      ({ item }) => (item as { id: string }).id === "again",
    );
    expect(params).toMatchObject({ threadId: "thread-1", turnId: "turn-1", item: { text: "ab" } });
  });

  test("it waits for a message of the client", async () => {
    await using it = await pair({
      rules: [on("thread/list", reply(), awaitMessage("model/list"), notify("seen"))],
    });
    await it.client.request("thread/list");
    await it.client.request("model/list");
    await it.client.event("seen");
    expect(methods(it.client).at(-1)).toBe("seen");
  });
});

describe("the process", () => {
  test("it exits, or kills itself, on a method", async () => {
    await using one = await pair({ rules: [on("thread/list", stderr("panicked\n"), exit(101))] });
    await expect(one.client.request("thread/list")).rejects.toThrow("panicked");
    expect(await one.client.exited).toEqual({ code: 101, signal: null });
    await using other = await pair({ rules: [on("thread/list", kill())] });
    await expect(other.client.request("thread/list")).rejects.toThrow("stdout ended");
    expect(await other.client.exited).toEqual({ code: null, signal: "SIGKILL" });
    await other.server.processes[0]!.gone;
  });

  test("it outlives the end of stdin and SIGTERM until SIGKILL", async () => {
    await using it = await pair({ onStdinEnd: [], onSigterm: [] });
    const [process] = it.server.processes;
    it.client.child.stdin!.end();
    await process!.signal("stdin_end");
    it.client.child.kill("SIGTERM");
    await process!.signal("SIGTERM");
    await process!.play(notify("alive"));
    await it.client.event("alive");
    it.client.child.kill("SIGKILL");
    expect(await it.client.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("it ends stdout and lives on", async () => {
    await using it = await pair({ rules: [on("thread/list", endStdout())] });
    await expect(it.client.request("thread/list")).rejects.toThrow("stdout ended");
    it.client.write({ method: "still/there" });
    await it.server.processes[0]!.message("still/there");
  });

  test("it stops reading, so that the client's writes come to a stop", async () => {
    await using it = await pair({ rules: [on("thread/list", reply(), stopReading())] });
    await it.client.request("thread/list");
    const stdin = it.client.child.stdin!;
    stdin.write(`${JSON.stringify({ method: "big", params: "x".repeat(4 * 1024 * 1024) })}\n`);
    // It goes on writing meanwhile, and would have read it all by then.
    for (let round = 0; round < 50; round += 1) {
      await it.server.processes[0]!.play(notify("alive"));
      await it.client.event("alive");
    }
    expect(stdin.writableLength).toBeGreaterThan(0);
    it.client.child.kill("SIGTERM");
    await it.client.exited;
  });

  test("each spawn takes the next script, and the last is for the rest", async () => {
    await using server = await startScriptedAppServer([{ onStart: [exit(9)] }, {}]);
    await using first = new LineClient(server);
    expect((await first.exited).code).toBe(9);
    for (const index of [1, 2]) {
      await using next = await LineClient.start(server);
      expect((await server.process(index)).pid).toBe(next.child.pid);
    }
  });

  test("closing ends every process that is left, and refuses whoever waits for more", async () => {
    await using it = await pair({ onStdinEnd: [], onSigterm: [] });
    const refused = Promise.all([
      expect(it.server.process(1)).rejects.toThrow("closed before"),
      expect(it.server.processes[0]!.message("never/sent")).rejects.toThrow("gone before"),
    ]);
    await it.server.close();
    await it.client.exited;
    await refused;
  });

  test("it runs from a script in a file, without a test", async () => {
    const dir = await mkdtemp(join(tmpdir(), "signalbox-script-"));
    const file = join(dir, "script.json");
    await writeFile(file, JSON.stringify({ version: "5.5.5" } satisfies AppServerScript));
    const main = fileURLToPath(new URL("./main.ts", import.meta.url));
    await using client = new LineClient({
      command: process.execPath,
      args: [main, `--script=${file}`, "app-server"],
      env: {},
    });
    expect(await client.initialize()).toMatchObject({
      userAgent: expect.stringContaining("/5.5.5 "),
    });
    client.child.stdin!.end();
    await once(client.child, "exit");
    await rm(dir, { recursive: true });
  });
});
