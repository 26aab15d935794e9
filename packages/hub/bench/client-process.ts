/** A bench's clients in a process of their own: one answer for each command. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Starts `programs/NAME.ts`. */
export class ClientProcess implements Disposable {
  readonly child: ChildProcess;

  constructor(name: string, args: readonly string[] = []) {
    this.child = fork(join(import.meta.dirname, "programs", `${name}.ts`), args, {
      execArgv: ["--conditions=@signalbox/source", "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  /** Sends a command and resolves with its answer. */
  async ask<Answer = string>(command: object): Promise<Answer> {
    const answer = this.told<Answer>();
    this.child.send(command);
    return answer;
  }

  /** The next thing it says. */
  async told<Answer = string>(): Promise<Answer> {
    const [answer] = (await once(this.child, "message")) as [Answer];
    return answer;
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
  }
}
