/** A program in a terminal of its own, made by `script` of util-linux, to be typed into and read. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

/** Where a program runs. */
export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A running program. Disposing ends it. */
export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  #written = "";
  #wake = Promise.withResolvers<void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "exit");
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#written += text;
      this.#wakeAll();
    });
    child.once("close", () => this.#wakeAll());
  }

  /** Starts a program in a terminal of 120 by 40. Rejects, and says what is missing, where there is no `script`. */
  static async open(command: readonly string[], options: TerminalOptions): Promise<Terminal> {
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const child = spawn("script", ["-qefc", `stty rows 40 cols 120; exec ${quoted}`, "/dev/null"], {
      cwd: options.cwd,
      env: { ...options.env, TERM: "xterm-256color", SHELL: "/bin/sh" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const terminal = new Terminal(child);
    await once(child, "spawn").catch((error: unknown) => {
      throw new Error("This test needs `script` (Debian: bsdutils) to make a terminal.", {
        cause: error,
      });
    });
    return terminal;
  }

  /** Everything it wrote, without its control sequences. */
  get text(): string {
    return stripVTControlCharacters(this.#written);
  }

  /** Resolves once it has written this. Rejects when it ends before. */
  async shows(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      if (this.#child.stdout!.closed)
        throw new Error(`It ended and never showed "${text}":\n${this.text}`);
      await this.#wake.promise;
    }
  }

  /** Writes keys. */
  press(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Pastes a text, which is never taken for keys, and presses Enter. */
  enter(text: string): void {
    this.press(`\u001b[200~${text}\u001b[201~\r`);
  }

  /** Its exit code, once it has ended and everything it wrote is read. */
  async ended(): Promise<number | null> {
    const [code] = await this.#exited;
    while (!this.#child.stdout!.closed) await this.#wake.promise;
    return code as number | null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
    }
    await this.#exited;
  }

  #wakeAll(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
