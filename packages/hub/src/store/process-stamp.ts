/** Tells a process from a later one with the same id. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** When a process began, as a text to be compared; undefined when there is none, or only its remains. */
export function processStamp(pid: number): string | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** A process, told from a later one with the same id. */
export interface StampedProcess {
  readonly pid: number;
  /** As `processStamp` gave it. */
  readonly stamp: string;
}

/** Whether this very process is there. */
export function isAlive({ pid, stamp }: StampedProcess): boolean {
  return processStamp(pid) === stamp;
}

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it is in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}
