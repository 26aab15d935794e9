/** A scripted model, the real codex and a real hub as a process that can be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type EventPage, eventsPath, type StreamEvent } from "@signalbox/contract";
import { stopSharedRuntime } from "@signalbox/hub";
import { Signalbox, type SignalboxOptions, type WebSocketConstructor } from "@signalbox/sdk";
import {
  findCodex,
  type ScriptedModel,
  startScriptedModel,
  writeCodexHome,
} from "@signalbox/testing";
import WebSocket from "ws";

const command = fileURLToPath(new URL("../../packages/cli/bin/signalbox.js", import.meta.url));

export class World implements AsyncDisposable {
  readonly model: ScriptedModel;
  readonly #dir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #serve: readonly string[];
  readonly #node: readonly string[];
  #child: ChildProcess | undefined;
  url = "";
  token = "";

  private constructor(
    model: ScriptedModel,
    dir: string,
    env: Readonly<Record<string, string>>,
    serve: readonly string[],
    node: readonly string[],
  ) {
    this.model = model;
    this.#serve = serve;
    this.#node = node;
    this.#dir = dir;
    this.#env = env;
  }

  /** `serve` takes what is given here beside its home, port and codex. */
  static async start(...serve: string[]): Promise<World> {
    return World.around(await startScriptedModel(), serve);
  }

  /** A world of this model, which it closes in the end; Node takes what is given for it in every hub. */
  static async around(
    model: ScriptedModel,
    serve: readonly string[],
    node: readonly string[] = [],
  ): Promise<World> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), "signalbox-sdk-")));
    const env = await writeCodexHome(join(dir, "codex"), { model, approvalPolicy: "on-request" });
    const world = new World(model, dir, env, serve, node);
    await world.startHub(0);
    world.token = (await readFile(join(world.home, "token"), "utf8")).trim();
    return world;
  }

  /** The hub's home folder. */
  get home(): string {
    return join(this.#dir, "hub");
  }

  /** Starts the hub on the world's home; on the port it had when there was one before. */
  async startHub(port = Number(new URL(this.url).port)): Promise<void> {
    const args = [
      "serve",
      "--json",
      "--port",
      String(port),
      "--home",
      this.home,
      "--codex",
      findCodex(),
      ...this.#serve,
    ];
    const child = spawn(process.execPath, [...this.#node, command, ...args], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log = (log + chunk).slice(-4_000);
    });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      this.url = JSON.parse(line).url;
      this.#child = child;
      return;
    }
    throw new Error(`The hub did not start: ${log}`);
  }

  /** Kills the hub without a warning. */
  async killHub(): Promise<void> {
    if (this.#child === undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  /** A client that reconnects quickly. */
  connect(options: Partial<SignalboxOptions> = {}): Signalbox {
    return new Signalbox({
      url: this.url,
      token: this.token,
      ...options,
      stream: { backoff: { base: 20, cap: 200 }, ...options.stream },
    });
  }

  /** The hub's journal after a cursor, to its end. */
  async journal(after: string, filter: Record<string, string> = {}): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (let cursor: string | null = after; cursor !== null; ) {
      const query = new URLSearchParams({ ...filter, after: cursor, limit: "500" });
      const response = await fetch(`${this.url}${eventsPath}?${query}`, {
        headers: { authorization: `Bearer ${this.token}` },
      });
      const page = (await response.json()) as EventPage;
      events.push(...page.data);
      cursor = page.next;
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined && this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      await exited;
    }
    await stopSharedRuntime(this.home);
    await this.model.close();
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Sockets of the `ws` package that can be cut without a good-bye. */
export function cuttable(): { WebSocket: WebSocketConstructor; cut(): void } {
  const open = new Set<WebSocket>();
  class Tracked extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      open.add(this);
      this.once("close", () => open.delete(this));
    }
  }
  return {
    WebSocket: Tracked,
    cut() {
      for (const socket of open) socket.terminate();
    },
  };
}
