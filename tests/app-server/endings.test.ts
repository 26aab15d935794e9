/** What a connection's end, a restart and a close leave of what waits: nothing waits for ever, nothing is lost, nothing is left. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { Codex } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { findCodex, gate, text } from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { first, isAlive, openWorld, pidOf } from "./world.ts";

describe("a turn that waits for its thread", () => {
  test("is refused with client_closed when the client is closed", async () => {
    await using world = await openWorld();
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const running = await thread.startTurn("one");
    await world.model.gate("held").reached;
    const outcomes = Promise.allSettled([running.result(), thread.run("two"), thread.run("three")]);
    await world.codex.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "client_closed" } });
    expect(world.model.requests).toHaveLength(1);
  });

  test("is refused with the connection's error when that is lost for good", async () => {
    await using world = await openWorld({ codex: { restart: false } });
    world.model.turn(text(["a", gate("held"), "b"]));
    const thread = await world.codex.startThread();
    const running = await thread.startTurn("one");
    await world.model.gate("held").reached;
    const outcomes = Promise.allSettled([running.result(), thread.run("two")]);
    process.kill(pidOf(world.codex), "SIGKILL");
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "transport_closed" } });
  });
});

/** A client of a scripted app-server that starts it again at once; both end with the test. */
async function startOn(server: fake.ScriptedAppServer): Promise<Codex> {
  const codex = new Codex({
    codexPath: server.command,
    env: server.env,
    restart: { initialDelay: 1, maxDelay: 1 },
  });
  onTestFinished(async () => {
    await codex.close();
    await server.close();
  });
  await codex.start();
  return codex;
}

describe("a restart", () => {
  test("brings threads back before the requests that wait for it, however many they are", async () => {
    await using world = await openWorld({
      codex: { restart: { initialDelay: 1, maxDelay: 1 } },
    });
    world.model.turn(text("one"));
    world.model.turn(text("two"));
    const thread = await world.codex.startThread();
    await thread.run("one");
    const feed = world.codex.client.feed();
    process.kill(pidOf(world.codex), "SIGKILL");
    await first(feed, (event) => event.type === "runtime" && event.state === "exited");
    const waiting = Array.from({ length: 200 }, () =>
      world.codex.client.request("thread/loaded/list", {}),
    );
    for (const { data } of await Promise.all(waiting)) expect(data).toEqual([thread.id]);
    expect((await thread.run("two")).text).toBe("two");
  });

  test("ends a turn that was told to begin right behind the answer that loaded its thread", async () => {
    const thread = { id: "t", ephemeral: false, status: { type: "idle" } };
    const turn = { id: "u", items: [], status: "inProgress" };
    const resumed = { id: "REQUEST", result: { thread } };
    const began = { method: "turn/started", params: { threadId: "t", turn } };
    const inOneWrite = `${JSON.stringify(resumed)}\n${JSON.stringify(began)}\n`;
    const server = await fake.startScriptedAppServer([
      {
        rules: [
          fake.on("thread/resume", fake.raw(inOneWrite.replace('"REQUEST"', "{{requestId}}"))),
          fake.on("thread/loaded/list", fake.kill()),
        ],
      },
      {
        rules: [
          fake.on("thread/resume", fake.reply({ thread })),
          fake.on("thread/turns/list", fake.reply({ data: [{ ...turn, status: "interrupted" }] })),
        ],
      },
    ]);
    const codex = await startOn(server);
    const feed = codex.client.feed();
    await codex.client.request("thread/resume", { threadId: "t" });
    await expect(codex.client.request("thread/loaded/list", {})).rejects.toThrow();
    const end = await first(
      feed,
      (event) => event.type === "notification" && event.message.method === "turn/completed",
    );
    expect(end).toMatchObject({ message: { recovered: true, params: { turn: { id: "u" } } } });
  });

  test("brings back only the threads this client is still subscribed to", async () => {
    await using world = await openWorld({
      codex: { restart: { initialDelay: 1, maxDelay: 1 } },
    });
    const [kept, left] = [await world.codex.startThread(), await world.codex.startThread()];
    for (const thread of [kept, left]) {
      world.model.turn(text("hello"));
      await thread.run("hi");
    }
    expect(await left.unsubscribe()).toBe("unsubscribed");
    const feed = world.codex.client.feed();
    process.kill(pidOf(world.codex), "SIGKILL");
    await first(feed, (event) => event.type === "runtime" && event.state === "exited");
    const { data } = await world.codex.client.request("thread/loaded/list", {});
    expect(data).toEqual([kept.id]);
  });

  test("leaves the questions of the process before behind: an answer to one is not given to the next process", async () => {
    const server = await fake.startScriptedAppServer([
      { rules: [fake.on("thread/list", fake.kill())] },
      {},
    ]);
    const codex = await startOn(server);
    const { client } = codex;
    const question = { generation: client.generation, id: 0 };
    expect(client.respond(question, { result: {} })).toBe(true);
    await expect(client.request("thread/list", {})).rejects.toMatchObject({
      code: "transport_closed",
    });
    await client.request("thread/loaded/list", {});
    expect(client.generation).toBe(2);
    expect(client.respond(question, { result: {} })).toBe(false);
    expect(client.respond({ generation: 2, id: 0 }, { result: { now: true } })).toBe(true);
    const next = await server.process(1);
    expect(await next.message(({ id }) => id === 0)).toEqual({ id: 0, result: { now: true } });
  });

  test("that is under way when the client is closed is given up, and its process with it", async () => {
    const server = await fake.startScriptedAppServer({ version: "0.150.0" });
    const dir = await mkdtemp(join(tmpdir(), "signalbox-slow-codex-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    onTestFinished(() => server.close());
    // An old codex is asked what it knows after the handshake: here the second one takes its time.
    const path = join(dir, "codex");
    await writeFile(
      path,
      `#!/bin/sh
cd ${dir}
if [ "$2" = generate-json-schema ]; then
  [ -e second ] && touch asked && until [ -e closing ]; do sleep 0.02; done
  exit 1
fi
exec ${server.command} "$@"
`,
    );
    await chmod(path, 0o755);
    const codex = new Codex({
      codexPath: path,
      env: server.env,
      restart: { initialDelay: 1, maxDelay: 1 },
    });
    await codex.start();
    await writeFile(join(dir, "second"), "");
    process.kill(pidOf(codex), "SIGKILL");
    await expect.poll(() => existsSync(join(dir, "asked")), { timeout: 10_000 }).toBe(true);
    const closing = codex.close();
    await writeFile(join(dir, "closing"), "");
    await closing;
    expect(server.processes).toHaveLength(2);
    for (const { pid } of server.processes) expect(isAlive(pid)).toBe(false);
  });
});

describe("a socket", () => {
  test("lives on when the time its opening was given is over", async () => {
    await using world = await openWorld();
    const path = join(world.home.dir, "app.sock");
    const child: ChildProcess = spawn(findCodex(), ["app-server", "--listen", `unix://${path}`], {
      env: { ...world.home.env, RUST_LOG: "info" },
      cwd: world.home.workspace,
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    if (!child.stderr) throw new Error("no stderr");
    await first(createInterface(child.stderr), (line) =>
      /listening/i.test(stripVTControlCharacters(line)),
    );
    child.stderr.resume();
    const codex = world.another({
      url: `unix://${path}`,
      codexPath: undefined,
      env: undefined,
      cwd: undefined,
      startDeadline: 1_000,
      restart: false,
    });
    await codex.start();
    // Codex itself lets the deadline pass: its answer comes after it, over the same connection.
    await codex.client.request("command/exec", { command: ["sleep", "1.2"] });
    expect(codex.client.state).toBe("ready");
  });
});

describe("a process that ends while a full feed holds the reading", () => {
  test("loses nothing of what it wrote: the feed gives it all, then the exit", async () => {
    const server = await fake.startScriptedAppServer({
      rules: [
        fake.on(
          "thread/list",
          fake.flood({
            count: 600,
            turns: [{ threadId: "t", turnId: "u" }],
            text: "x".repeat(100),
          }),
          fake.notify("last/words", {}),
          fake.exit(0),
        ),
      ],
    });
    const codex = new Codex({ codexPath: server.command, env: server.env, restart: false });
    onTestFinished(async () => {
      await codex.close();
      await server.close();
    });
    await codex.start();
    const feed = codex.client.feed({ limit: 10 });
    const asked = codex.client.request("thread/list", {});
    asked.catch(() => {});
    await (await server.process(0)).gone;
    const heard: string[] = [];
    for await (const event of feed)
      heard.push(
        "message" in event
          ? event.message.method
          : event.type === "runtime"
            ? event.state
            : event.type,
      );
    expect(heard.filter((what) => what === "item/agentMessage/delta")).toHaveLength(600);
    expect(heard.slice(-2)).toEqual(["last/words", "exited"]);
    await expect(asked).rejects.toMatchObject({ code: "transport_closed" });
  });
});
