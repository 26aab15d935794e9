/** The listeners, the tool bridge, the hooks and the middleware of the examples, run as programs against a hub with the real codex. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { functionCall, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { World } from "./sdk/world.ts";

let world: World;
let config: string;
beforeAll(async () => {
  world = await World.start();
  config = await mkdtemp(join(tmpdir(), "signalbox-profile-"));
  await mkdir(join(config, "signalbox"));
  const profiles = { local: { url: world.url, token: world.token } };
  await writeFile(join(config, "signalbox/config.json"), JSON.stringify({ profiles }));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(config, { recursive: true, force: true });
});

class Program {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #unread: string[] = [];
  #wake = () => {};

  constructor(name: string, ...args: string[]) {
    const example = join(import.meta.dirname, "../scripts/example.ts");
    this.#child = spawn(process.execPath, [example, name, ...args], {
      env: {
        ...process.env,
        XDG_CONFIG_HOME: config,
        NODE_OPTIONS: "--conditions=@signalbox/source",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#lines.on("line", (line) => {
      this.#unread.push(line);
      this.#wake();
    });
    this.#lines.on("close", () => this.#wake());
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  /** The next line. */
  async line(): Promise<string | undefined> {
    if (this.#unread.length === 0 && this.#child.exitCode === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#unread.shift();
  }

  /** The first line that is this one. */
  async saying(wanted: string): Promise<void> {
    for (let line = await this.line(); line !== wanted; line = await this.line())
      if (line === undefined) throw new Error(`It never said ${wanted}.`);
  }

  /** Its exit code, of Ctrl-C or by itself. */
  async end(signal?: "SIGINT"): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    if (signal) this.#child.kill(signal);
    return ((await exited) as [number | null])[0];
  }
}

test("listen and listen-sync tell what happens in a session until Ctrl-C", async () => {
  await using box = world.connect();
  const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
  const { session } = await box.sessions.create({ dynamicTools: [tool] });
  const { sessionId } = session;
  const [listen, sync] = [new Program("listen", sessionId), new Program("listen-sync", sessionId)];
  await Promise.all([listen.saying("listening"), sync.saying("listening")]);
  world.model.when(sessionId).turn(functionCall("look", {}), text("Seen."));
  const { turnId } = await box.sessions.sendMessage({ sessionId, text: `I am ${sessionId}` });
  await listen.saying(`turn ${turnId}`);
  await listen.saying(`transcript update ${sessionId}`);
  const { data } = await box.wait.until(() => box.sessions.toolCalls.list({ sessionId }), {
    predicate: (page) => page.data.length > 0,
    interval: 20,
  });
  await listen.saying(`tool call request ${data[0]?.requestId}`);
  await sync.saying(`turn started ${turnId}`);
  expect([await listen.end("SIGINT"), await sync.end("SIGINT")]).toEqual([0, 0]);
});

test("tool-bridge runs the function its session's agent calls", async () => {
  await using box = world.connect();
  const bridge = new Program("tool-bridge");
  const sessionId = (await bridge.line()) ?? "";
  world.model.when("shout").turn(functionCall("uppercase", { text: "hello" }), text("Done."));
  const turn = await box.sessions.sendMessage({ sessionId, text: "Please shout." });
  expect((await box.wait.reply(turn)).reply).toBe("Done.");
  const { transcript } = await box.sessions.get({ sessionId });
  expect(JSON.stringify(transcript)).toContain("HELLO");
  expect(await bridge.end("SIGINT")).toBe(0);
});

test("hooks adds to a message and tells of every call; middleware tells of all three moments", async () => {
  await using box = world.connect();
  const { session } = await box.sessions.create();
  world.model.when("Say so").turn(text("So."));
  const hooks = new Program("hooks", session.sessionId, "Say so");
  expect(await hooks.line()).toBe("completed sessions.send_message");
  await hooks.saying("So.");
  expect(await hooks.end()).toBe(0);
  const middleware = new Program("middleware");
  expect(await middleware.line()).toBe("before sessions.list");
  expect(await middleware.line()).toBe("after sessions.list");
  expect(await middleware.line()).toBe("before sessions.get");
  expect(await middleware.line()).toMatch(/^error sessions\.get /);
  expect(await middleware.end()).toBe(0);
});
