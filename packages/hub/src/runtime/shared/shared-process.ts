/**
 * The app-server of a home that outlives its hubs: a process of its own group that listens on a
 * socket file. Started when it is not there; found again by the identity file.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, rmSync } from "node:fs";
import { delimiter } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findCodex } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import { cutLog, openLog, tailOf } from "../../store/bounded-log.ts";
import type { Home } from "../../store/home.ts";
import { isAlive, processStamp } from "../../store/process-stamp.ts";
import { type Identity, livingIdentity, removeIdentity, writeIdentity } from "./identity.ts";
import { checkSocketPath, listens } from "./socket.ts";
import { findUnnoted } from "./unnoted-process.ts";

/** How the process is started. */
export interface SharedProcessOptions {
  readonly home: Home;
  readonly codexPath?: string | undefined;
  /** Merged over this process's; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd?: string | undefined;
}

/** How long a start may take, in ms. */
const startDeadline = 20_000;
/** How long an end may take, after SIGTERM and after SIGKILL, in ms. */
const stopDeadline = 2_000;
/** Between two looks, in ms. */
const pace = 20;

/** The home's shared app-server. */
export class SharedProcess {
  readonly #options: SharedProcessOptions;

  /** Throws `invalid_request` when the home's path is too long for a socket. */
  constructor(options: SharedProcessOptions) {
    checkSocketPath(options.home.appServer.socket);
    this.#options = options;
  }

  /** `unix://…`, where it listens. */
  get url(): string {
    return `unix://${this.#options.home.appServer.socket}`;
  }

  /** The process that is there, if one is. One that its hub had no time to note is noted now. */
  get living(): Identity | undefined {
    return livingIdentity(this.#options.home.appServer.identity) ?? this.#noteUnnoted();
  }

  /**
   * The process that is there and listens, if one is; waits for one that is about to listen, or about
   * to end. Rejects with `codex_start_failed` when it does neither.
   */
  async find(signal: AbortSignal): Promise<Identity | undefined> {
    const found = this.living;
    if (found === undefined) return undefined;
    cutLog(this.#options.home.appServer.log);
    return (await this.#untilListens(found, () => isAlive(found), signal)) ? found : undefined;
  }

  /**
   * Starts the process; there must be none. Rejects with `codex_not_found` or `codex_start_failed`, then
   * none is left.
   */
  async start(signal: AbortSignal): Promise<Identity> {
    const { home, cwd } = this.#options;
    const { socket, identity, log } = home.appServer;
    const env = { ...process.env, ...this.#options.env };
    const binary = findCodex(this.#options.codexPath, env);
    if (binary.toolsDir) env.PATH = [binary.toolsDir, env.PATH].filter(Boolean).join(delimiter);
    // One that was killed this moment may hold it still.
    for (const failAt = performance.now() + stopDeadline; await listens(socket); ) {
      if (performance.now() > failAt) {
        const why = `has no place: another program listens on ${socket}`;
        throw this.#startFailed(binary.path, why, "");
      }
      await delay(pace, undefined, { signal });
    }
    // Left by one that was killed.
    rmSync(socket, { force: true });
    cutLog(log);
    const output = openLog(log);
    const child = spawn(binary.path, ["app-server", "--listen", this.url], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", output, output],
      windowsHide: true,
    });
    closeSync(output);
    let end: string | undefined;
    child.once("exit", (code, by) => {
      end = by === null ? `exited with code ${code}` : `was ended by ${by}`;
    });
    child.unref();
    await once(child, "spawn").catch((error: unknown) => {
      throw this.#startFailed(binary.path, `could not be run: ${String(error)}`, "");
    });
    const started = this.#note(child.pid!, binary.path);
    try {
      if (await this.#untilListens(started, () => end === undefined, signal)) return started;
      throw this.#startFailed(binary.path, end ?? "ended", tailOf(log));
    } catch (error) {
      if (end === undefined) child.kill("SIGKILL");
      removeIdentity(identity);
      throw error;
    }
  }

  /** Ends the process: SIGTERM, after 2 s SIGKILL. Resolves when it is gone; false when none was there. */
  async stop(): Promise<boolean> {
    const { socket, identity } = this.#options.home.appServer;
    const found = this.living;
    if (found !== undefined) {
      process.kill(found.pid, "SIGTERM");
      const killAt = performance.now() + stopDeadline;
      for (let killed = false; isAlive(found); await delay(pace)) {
        if (killed || performance.now() < killAt) continue;
        killed = true;
        process.kill(found.pid, "SIGKILL");
      }
      rmSync(socket, { force: true });
    }
    removeIdentity(identity);
    return found !== undefined;
  }

  /** Ends the process of this id by SIGKILL. Resolves with it when it is gone; undefined when it was not there. */
  async kill(id: string): Promise<Identity | undefined> {
    const found = this.living;
    if (found?.id !== id) return undefined;
    process.kill(found.pid, "SIGKILL");
    while (isAlive(found)) await delay(pace);
    return found;
  }

  #noteUnnoted(): Identity | undefined {
    const found = findUnnoted(this.url);
    return found && this.#note(found.pid, found.path);
  }

  #note(pid: number, codexPath: string): Identity {
    const noted = { id: randomUUID(), pid, stamp: processStamp(pid) ?? "", codexPath };
    writeIdentity(this.#options.home.appServer.identity, noted);
    return noted;
  }

  async #untilListens(
    { pid, codexPath }: Identity,
    isThere: () => boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { socket } = this.#options.home.appServer;
    const failAt = performance.now() + startDeadline;
    while (isThere()) {
      if (await listens(socket)) return isThere();
      if (performance.now() > failAt) {
        throw this.#startFailed(
          codexPath,
          `runs as process ${pid} and does not listen on ${socket}. End it with \`signalbox runtime stop\``,
          "",
        );
      }
      await delay(pace, undefined, { signal });
    }
    return false;
  }

  #startFailed(path: string, what: string, tail: string): SignalboxError {
    const said = tail === "" ? "" : `\nThe end of its log:\n${tail}`;
    return new SignalboxError(
      "codex_start_failed",
      `The shared app-server of ${path} ${what}.${said}`,
      {
        details: { path, log: this.#options.home.appServer.log },
      },
    );
  }
}
