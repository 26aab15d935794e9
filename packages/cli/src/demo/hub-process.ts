/** A hub as a child process of the demo: `signalbox serve`, as anybody would run it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hubFailure } from "../hub-failure.ts";

/** How the hub is started. */
export interface HubProcessOptions {
  readonly home: string;
  readonly codex: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const stopGrace = 8_000;
const keptLogLines = 20;
const command = fileURLToPath(new URL("../../bin/signalbox.js", import.meta.url));

/** A hub that is ready. */
export class HubProcess implements AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: { url: string; pid: number }) {
    this.#child = child;
    this.url = ready.url;
    this.pid = ready.pid;
  }

  /** Resolves once it listens. Rejects with the hub's own error when it ends before that. */
  static async start(options: HubProcessOptions): Promise<HubProcess> {
    const { home, codex, env, signal } = options;
    const args = ["serve", "--json", "--port", "0", "--home", home];
    if (codex !== undefined) args.push("--codex", codex);
    const child = spawn(process.execPath, [command, ...args], {
      env,
      // Over the channel the hub learns that the demo is gone, even when it was killed.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr! }).on("line", (line) => {
      log.push(line);
      if (log.length > keptLogLines) log.shift();
    });
    const stop = () => child.kill("SIGKILL");
    signal.addEventListener("abort", stop, { once: true });
    try {
      const ready = once(createInterface({ input: child.stdout! }), "line");
      const gone = once(child, "close").then(([code]: number[]) => {
        throw signal.aborted ? signal.reason : hubFailure(log, code ?? null);
      });
      const [line] = (await Promise.race([ready, gone])) as [string];
      gone.catch(() => undefined);
      return new HubProcess(child, JSON.parse(line));
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Stops it as a service manager would; resolves with its exit code, null where it had to be killed. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return this.#child.exitCode;
    }
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), stopGrace);
    const [code] = (await exited) as [number | null];
    clearTimeout(timer);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
