/**
 * app-server as a child process that speaks one JSON text a line on stdin and stdout.
 *
 * The child ends with this process however that ends: its stdin is a pipe only we hold, and
 * app-server exits when that pipe closes.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { delimiter } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppServerError } from "../errors.ts";
import { type CodexBinary, findCodex } from "./codex-binary.ts";
import { LineSplitter } from "./line-splitter.ts";
import { OutputTail } from "./output-tail.ts";
import { MAX_MESSAGE_BYTES, type Transport, type TransportReceiver } from "./transport.ts";

export type StdioOptions = {
  /** The codex binary (or its npm wrapper); default: found as `findCodex` says. */
  codexPath?: string;
  /** Merged over this process's environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Settings given as `--config key=value`, in this order; a value is written as TOML. */
  configOverrides?: Record<string, string | number | boolean | readonly string[]>;
  /** Further arguments after `app-server`. */
  args?: readonly string[];
  /** The longest line taken, in bytes. Default: 64 MiB. */
  maxMessageBytes?: number;
  /** How long `close()` waits after closing stdin, and again after SIGTERM, in ms. Default: 2,000. */
  closeGrace?: number;
};

/** How long after its last output a process has to report how it ended, in ms. */
const EXIT_REPORT_WAIT = 250;

/** How a process ended; both null while it runs on. */
type Exit = { how: string; exitCode: number | null; signal: string | null };

const stillRunning: Exit = { how: "closed its output", exitCode: null, signal: null };

export class StdioTransport implements Transport {
  readonly #options: StdioOptions;
  readonly #stderr = new OutputTail();
  #binary: CodexBinary | undefined;
  #child: ChildProcessWithoutNullStreams | undefined;
  #exit: Promise<Exit> | undefined;
  #ended = false;
  #closing: Promise<void> | undefined;

  constructor(options: StdioOptions = {}) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The binary that was started. */
  get codexPath(): string | undefined {
    return this.#binary?.path;
  }

  async open(receiver: TransportReceiver, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const env = mergeEnv(this.#options.env);
    const binary = findCodex(this.#options.codexPath, env);
    this.#binary = binary;
    if (binary.toolsDir) env.PATH = [binary.toolsDir, env.PATH].filter(Boolean).join(delimiter);
    const child = spawn(binary.path, codexArguments(this.#options), {
      cwd: this.#options.cwd,
      env,
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once("exit", (exitCode, signal) =>
        resolve({
          how: signal ? `was killed by ${signal}` : `exited with code ${exitCode}`,
          exitCode,
          signal,
        }),
      );
      child.once("error", (error) =>
        resolve({ ...stillRunning, how: `could not be run: ${error.message}` }),
      );
    });
    child.stderr.on("data", (chunk: Buffer) => this.#stderr.push(chunk));
    child.stdin.on("error", () => {
      // A write to a dead process; its end is reported by stdout and exit.
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => {
        reject(
          new AppServerError(
            "codex_start_failed",
            `${binary.path} could not be run: ${error.message}`,
            {
              cause: error,
              details: { path: binary.path },
            },
          ),
        );
      });
    });
    this.#read(child, receiver);
  }

  send(text: string): void {
    const child = this.#child;
    if (!child || this.#ended || this.#closing || !child.stdin.writable) {
      throw new AppServerError(
        "transport_closed",
        "app-server's stdin is closed; nothing was sent.",
      );
    }
    child.stdin.write(`${text}\n`);
  }

  pause(): void {
    this.#child?.stdout.pause();
  }

  resume(): void {
    this.#child?.stdout.resume();
  }

  stderrTail(): string {
    return this.#stderr.lastLines();
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  close(): Promise<void> {
    this.#closing ??= this.#endProcess();
    return this.#closing;
  }

  /** stdin EOF, then SIGTERM, then SIGKILL, each given its time. */
  async #endProcess(): Promise<void> {
    const child = this.#child;
    if (!child?.pid || !this.#exit) return;
    const grace = this.#options.closeGrace ?? 2_000;
    child.stdin.end();
    child.stdout.resume();
    for (const name of ["SIGTERM", "SIGKILL"] as const) {
      const timer = new AbortController();
      const ended = await Promise.race([
        this.#exit.then(() => true),
        delay(grace, false, { signal: timer.signal }).catch(() => false),
      ]);
      timer.abort();
      if (ended) return;
      child.kill(name);
    }
    await this.#exit;
  }

  #read(child: ChildProcessWithoutNullStreams, receiver: TransportReceiver): void {
    const limit = this.#options.maxMessageBytes ?? MAX_MESSAGE_BYTES;
    const lines = new LineSplitter(limit, (line, bytes) => receiver.message(line, bytes));
    const end = (error: AppServerError) => {
      if (this.#ended) return;
      this.#ended = true;
      receiver.closed(error);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      if (this.#ended || lines.push(chunk)) return;
      end(
        new AppServerError(
          "message_too_large",
          `app-server wrote a line longer than the limit of ${limit} bytes. The connection was ended, since what follows can't be read; raise maxMessageBytes if such lines are expected.`,
          { details: { limit } },
        ),
      );
      void this.close();
    });
    const finish = async () => {
      const exit = await Promise.race([this.#exit, delay(EXIT_REPORT_WAIT, stillRunning)]);
      end(this.#endError(exit ?? stillRunning, lines.pendingBytes));
    };
    child.stdout.once("end", () => void finish());
    // A grandchild may keep stdout open after the process is gone: then no end comes.
    child.once("exit", () => {
      setTimeout(() => void finish(), EXIT_REPORT_WAIT).unref();
    });
  }

  #endError({ how, exitCode, signal }: Exit, unfinished: number): AppServerError {
    const tail = this.#stderr.lastLines();
    const torn = unfinished > 0 ? ` Its last line was cut off after ${unfinished} bytes.` : "";
    const said = tail === "" ? " It wrote nothing to stderr." : ` Its last stderr lines:\n${tail}`;
    return new AppServerError("transport_closed", `codex app-server ${how}.${torn}${said}`, {
      details: { path: this.#binary?.path, exitCode, signal },
    });
  }
}

function mergeEnv(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** `--config` pairs in order, then `app-server`, then what the caller adds. */
function codexArguments({ configOverrides = {}, args = [] }: StdioOptions): string[] {
  const config = Object.entries(configOverrides).flatMap(([key, value]) => [
    "--config",
    `${key}=${toToml(value)}`,
  ]);
  return [...config, "app-server", ...args];
}

/** JSON's strings, numbers, booleans and arrays of strings are TOML as well. */
function toToml(value: string | number | boolean | readonly string[]): string {
  return JSON.stringify(value);
}
