/**
 * Starts scripted app-servers the way a client starts Codex: gives the path of an executable that
 * may be spawned in its place, and shows the test what each of its processes sees.
 */
import { writeFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Gate, Gates } from "../gate.ts";
import { type ChildMessage, nextScriptFile, onControl, sendControl } from "./control.ts";
import type { AppServerScript } from "./script.ts";
import { DirectedProcess, type ScriptedProcess } from "./scripted-process.ts";

/** An executable that behaves as its script says, and the processes that were made of it. */
export interface ScriptedAppServer extends AsyncDisposable {
  /** The path of the executable: spawn it where the native `codex` would be. */
  readonly command: string;
  /** What to spawn it with. */
  readonly args: readonly string[];
  /** The whole environment it needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Every process that has been spawned as an app-server, oldest first (not for `--version`). */
  readonly processes: readonly ScriptedProcess[];
  /** The process with this index, 0 being the first; waits until it has been spawned. */
  process(index: number): Promise<ScriptedProcess>;
  /** The gate of that name, shared by all processes. */
  gate(name: string): Gate;
  /** Ends the processes that are left, whatever their script says, and removes the executable. */
  close(): Promise<void>;
}

/**
 * Makes an executable for this script. Of several scripts, each process takes the next one and the
 * last is for all that follow. Works where `#!/bin/sh` does.
 */
export async function startScriptedAppServer(
  scripts: AppServerScript | readonly AppServerScript[] = {},
): Promise<ScriptedAppServer> {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-app-server-"));
  const list = Array.isArray(scripts) ? (scripts as readonly AppServerScript[]) : [scripts];
  const server = new Director(dir, list as readonly AppServerScript[]);
  await server.listen();
  return server;
}

class Director implements ScriptedAppServer {
  readonly command: string;
  readonly args = ["app-server"];
  readonly env = { PATH: process.env.PATH ?? "" };
  readonly processes: DirectedProcess[] = [];
  readonly #dir: string;
  readonly #scripts: readonly AppServerScript[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #gates = new Gates();
  readonly #spawned: PromiseWithResolvers<ScriptedProcess>[] = [];
  #closing: Promise<void> | undefined;

  constructor(dir: string, scripts: readonly AppServerScript[]) {
    if (scripts.length === 0) throw new RangeError("A scripted app-server needs a script.");
    this.#dir = dir;
    this.#scripts = scripts;
    this.command = join(dir, "codex");
    this.#server = createServer((socket) => this.#connect(socket));
  }

  async listen(): Promise<void> {
    const control = this.#control;
    this.#writeNextScript();
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(control, resolve);
    });
    // `main.ts` when run from source, `main.js` when published.
    const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
    const words = [process.execPath, "--disable-warning=ExperimentalWarning", main];
    const call = [...words, `--control=${control}`].map(shellQuote).join(" ");
    await writeFile(this.command, `#!/bin/sh\nexec ${call} "$@"\n`);
    await chmod(this.command, 0o755);
  }

  process(index: number): Promise<ScriptedProcess> {
    return this.#slot(index).promise;
  }

  gate(name: string): Gate {
    return this.#gates.get(name);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
      for (const socket of this.#sockets) socket.destroy();
      await stopped;
      await rm(this.#dir, { recursive: true, force: true });
      const error = new Error("The scripted app-server was closed before that process came.");
      for (const slot of this.#spawned) slot.reject(error);
    })();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let child: DirectedProcess | undefined;
    onControl<ChildMessage>(socket, (message) => {
      if (message.type === "hello") {
        child = this.#greet(socket, message.pid, message.argv);
      } else if (message.type === "gate") {
        void this.#gates
          .get(message.name)
          .pass()
          .then(() => sendControl(socket, { type: "open", name: message.name }));
      } else {
        child?.take(message);
      }
    });
  }

  #greet(socket: Socket, pid: number, argv: readonly string[]): DirectedProcess {
    const index = this.processes.length;
    sendControl(socket, { type: "script", script: this.#nextScript });
    const child = new DirectedProcess({ index, pid, argv, socket });
    this.processes.push(child);
    this.#writeNextScript();
    this.#slot(index).resolve(child);
    return child;
  }

  get #control(): string {
    return join(this.#dir, "control");
  }

  get #nextScript(): AppServerScript {
    const index = Math.min(this.processes.length, this.#scripts.length - 1);
    return this.#scripts[index] as AppServerScript;
  }

  #writeNextScript(): void {
    writeFileSync(nextScriptFile(this.#control), JSON.stringify(this.#nextScript));
  }

  #slot(index: number): PromiseWithResolvers<ScriptedProcess> {
    const slot = this.#spawned[index] ?? Promise.withResolvers<ScriptedProcess>();
    // Nobody may be waiting for it when it is rejected.
    slot.promise.catch(() => {});
    this.#spawned[index] = slot;
    return slot;
  }
}

function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
