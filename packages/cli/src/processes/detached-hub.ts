/** A hub that outlives who started it: `signalbox serve` in a session of its own, its log in its home. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SignalboxError } from "@signalbox/contract";
import { type Home, rotateLog } from "@signalbox/hub";
import { hubFailure } from "../hub-failure.ts";

const command = fileURLToPath(new URL("../../bin/signalbox.js", import.meta.url));
/** Of what it said, the lines that are shown when it fails. */
const shownLines = 20;
/** Bytes of the log that are looked at for them. */
const readBytes = 64 * 1024;

/** A hub that was started. */
export class DetachedHub {
  readonly pid: number;
  /** Its exit code, once it has ended; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #log: string;
  readonly #from: number;

  private constructor(pid: number, ended: Promise<number | null>, log: string, from: number) {
    this.pid = pid;
    this.ended = ended;
    this.#log = log;
    this.#from = from;
  }

  /** Resolves once its process runs; `livingHolder` tells when the hub is ready. */
  static async start({ log }: Home, serveArguments: readonly string[]): Promise<DetachedHub> {
    rotateLog(log);
    const output = openSync(log, "a", 0o600);
    const from = statSync(log).size;
    try {
      const child = spawn(process.execPath, [command, "serve", "--json", ...serveArguments], {
        detached: true,
        // Its one line on stdout stands in hub.lock too, and the log holds nothing but its log.
        stdio: ["ignore", "ignore", output],
        windowsHide: true,
      });
      const ended = once(child, "exit").then(([code]) => code as number | null);
      ended.catch(() => undefined);
      await once(child, "spawn");
      // It keeps nobody waiting who only wanted it to run.
      child.unref();
      return new DetachedHub(child.pid!, ended, log, from);
    } finally {
      closeSync(output);
    }
  }

  /** Why it ended, from what it logged. */
  failure(exitCode: number | null): SignalboxError {
    const lines = this.#said().trimEnd().split("\n");
    return hubFailure(lines.slice(-shownLines), exitCode);
  }

  #said(): string {
    const file = openSync(this.#log, "r");
    try {
      const size = statSync(this.#log).size;
      const start = Math.max(this.#from, size - readBytes);
      const bytes = Buffer.alloc(Math.max(0, size - start));
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, start));
    } finally {
      closeSync(file);
    }
  }
}
