/**
 * The app-server of a home that no file names, since its hub was killed between starting it and noting
 * it. Its command line has the home's socket, which no other process has.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";

/** A process, by its command line. */
export interface UnnotedProcess {
  readonly pid: number;
  /** What was run. */
  readonly path: string;
}

/** The process of this user that was started as `… app-server --listen URL`, the first where there are several. */
export function findUnnoted(url: string): UnnotedProcess | undefined {
  return process.platform === "linux" ? fromProc(url) : fromPs(url);
}

function fromProc(url: string): UnnotedProcess | undefined {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  for (const pid of pids.toSorted((a, b) => a - b)) {
    try {
      const [path = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (!args.join("\0").startsWith(`app-server\0--listen\0${url}\0`)) continue;
      if (statSync(`/proc/${pid}`).uid === process.getuid?.()) return { pid, path };
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}

function fromPs(url: string): UnnotedProcess | undefined {
  const ending = ` app-server --listen ${url}`;
  for (const line of ownProcesses()) {
    const [, pid, args] = /^\s*(\d+) (.*?)\s*$/.exec(line) ?? [];
    if (args?.endsWith(ending)) return { pid: Number(pid), path: args.slice(0, -ending.length) };
  }
  return undefined;
}

function ownProcesses(): readonly string[] {
  try {
    const list = execFileSync("ps", ["-U", String(process.getuid?.()), "-o", "pid=,args="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 * 1024 * 1024,
    });
    return list.split("\n");
  } catch {
    return [];
  }
}
