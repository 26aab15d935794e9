/** An app-server that runs already, over a socket file and over TCP with a token. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { type CodexHome, findCodex, gate, text } from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { first, openWorld } from "./world.ts";

/** Starts `codex app-server --listen …` and waits until it says that it listens. */
async function listen(home: CodexHome, address: string, ...args: string[]): Promise<string> {
  const child: ChildProcess = spawn(findCodex(), ["app-server", "--listen", address, ...args], {
    env: { ...home.env, RUST_LOG: "info" },
    cwd: home.workspace,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  if (!child.stderr) throw new Error("no stderr");
  for await (const line of createInterface(child.stderr)) {
    const said = /listening(?: on:?\s+(ws:\S+))?/i.exec(stripVTControlCharacters(line));
    if (!said) continue;
    child.stderr.resume();
    return said[1] ?? address;
  }
  throw new Error("codex ended before it listened");
}

describe("over a socket file", () => {
  test("turns stream as over stdio, and two clients share a thread", async () => {
    await using world = await openWorld();
    world.model.turn(text("first"));
    world.model.turn(text(["over ", gate("held"), "the socket"]));
    const path = join(world.home.dir, "app.sock");
    await listen(world.home, `unix://${path}`);
    const own = { url: `unix://${path}`, codexPath: undefined, env: undefined, cwd: undefined };
    const [one, two] = [world.another(own), world.another(own)];
    const thread = await one.startThread({ cwd: world.home.workspace });
    await thread.run("begin");
    const turn = await thread.startTurn("go");
    await world.model.gate("held").reached;
    const same = await two.resumeThread(thread.id);
    expect(same.activeTurn?.id).toBe(turn.id);
    const joined = same.activeTurn?.result();
    const end = first(same.events(), ({ method }) => method === "turn/completed");
    world.model.gate("held").release();
    expect((await turn.result()).text).toBe("over the socket");
    expect(await end).toMatchObject({ params: { turn: { id: turn.id } } });
    expect((await joined)?.text).toBe("over the socket");
    expect(one.client.info).toMatchObject({
      version: "0.169.0",
      codexHome: world.home.dir,
      pid: undefined,
    });
  });
});

describe("over TCP", () => {
  test("a token opens the door; a wrong one is refused with its reason and without the token in the message", async () => {
    await using world = await openWorld();
    const token = "a-token-for-this-test";
    const digest = createHash("sha256").update(token).digest("hex");
    const url = await listen(
      world.home,
      "ws://127.0.0.1:0",
      "--ws-auth",
      "capability-token",
      "--ws-token-sha256",
      digest,
    );
    const own = {
      url,
      codexPath: undefined,
      env: undefined,
      cwd: undefined,
      restart: false as const,
    };
    expect((await world.another({ ...own, token }).start()).version).toBe("0.169.0");
    const refused = await world
      .another({ ...own, token: "wrong-token" })
      .start()
      .catch((error) => error);
    expect(refused.message).toContain("401");
    expect(refused.message).not.toContain("wrong-token");
  });

  test("a token is not sent in the clear to another host", async () => {
    await using world = await openWorld();
    const codex = world.another({
      url: "ws://192.0.2.1:9",
      token: "secret",
      codexPath: undefined,
      env: undefined,
      cwd: undefined,
    });
    await expect(codex.start()).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.not.stringContaining("secret"),
    });
  });

  test("a message larger than app-server takes is refused before it is sent, and the connection stays", async () => {
    await using world = await openWorld();
    const url = await listen(world.home, "ws://127.0.0.1:0");
    const codex = world.another({ url, codexPath: undefined, env: undefined, cwd: undefined });
    const thread = await codex.startThread({ cwd: world.home.workspace });
    await expect(thread.rename("x".repeat(16 * 1024 * 1024))).rejects.toMatchObject({
      code: "message_too_large",
    });
    await thread.rename("short");
    expect((await thread.read()).name).toBe("short");
  });
});
