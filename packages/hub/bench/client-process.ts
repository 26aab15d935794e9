/** A bench's clients in a process of their own: one answer for each command. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Starts `programs/NAME.ts`. */
export class ClientProcess implements Disposable {
  readonly child: ChildProcess;

  constructor(name: string, args: readonly string[] = []) {
    this.child = fork(join(import.meta.dirname, "programs", `${name}.ts`), args, {
      // A young generation of one size, so that its steps are not taken for what a bench weighs.
      execArgv: ["--conditions=@signalbox/source", "--expose-gc", "--min-semi-space-size=16"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  /** Sends a command and resolves with its answer. */
  async ask<Answer = string>(command: object): Promise<Answer> {
    const answer = this.told<Answer>();
    this.child.send(command);
    return answer;
  }

  /** The next thing it says. Rejects when it ends instead. */
  async told<Answer = string>(): Promise<Answer> {
    const stop = new AbortController();
    const { signal } = stop;
    try {
      const ended = once(this.child, "exit", { signal }).then(([code, killed]) => {
        throw new Error(`${this.child.spawnargs.join(" ")} ended with ${String(code ?? killed)}`);
      });
      const [answer] = await Promise.race([once(this.child, "message", { signal }), ended]);
      return answer as Answer;
    } finally {
      stop.abort();
    }
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
  }
}
