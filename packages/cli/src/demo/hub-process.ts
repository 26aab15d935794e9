/** A hub as a child process of the demo: `signalbox serve`, as anybody would run it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SignalboxError } from "@signalbox/contract";

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
        throw signal.aborted ? signal.reason : failureOf(log, code);
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

function failureOf(log: readonly string[], exitCode: number | undefined): Error {
  for (const line of log.toReversed()) {
    const body = toError(line);
    if (body !== undefined) return new SignalboxError(body.code, body.message);
  }
  return new SignalboxError(
    "internal_error",
    `The hub ended with exit code ${exitCode} before it was ready. Its last lines:\n${log.join("\n")}`,
  );
}

function toError(line: string): { code: string; message: string } | undefined {
  try {
    const { error } = JSON.parse(line) as { error?: { code?: unknown; message?: unknown } };
    const { code, message } = error ?? {};
    if (typeof code === "string" && typeof message === "string") return { code, message };
  } catch {
    // A line of its log.
  }
  return undefined;
}
