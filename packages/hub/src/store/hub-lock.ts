/**
 * One hub per home folder. The lock itself is one that the operating system drops when its process
 * dies, however it dies: an exclusive lock SQLite holds on an empty file. So a lock can't go stale
 * and two starters can't both win. `hub.lock` beside it only tells people who the holder is.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SignalboxError } from "@signalbox/contract";
import type { Home } from "./home.ts";

/** A lock that is held. */
export interface HubLock {
  /** Gives the lock up. Idempotent. */
  release(): void;
}

/** Takes the lock. Throws `home_in_use`, naming the process that holds it. */
export function lockHome(home: Home): HubLock {
  const guard = new DatabaseSync(home.guard, { timeout: 0 });
  try {
    guard.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    guard.close();
    throw inUse(home, error);
  }
  writeFileSync(home.lock, `${JSON.stringify({ pid: process.pid, startedAt: new Date() })}\n`, {
    mode: 0o600,
  });
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      rmSync(home.lock, { force: true });
      guard.close();
    },
  };
}

function inUse(home: Home, cause: unknown): SignalboxError {
  const pid = holderOf(home);
  const who = pid === undefined ? "Another hub" : `The hub with process id ${pid}`;
  return new SignalboxError(
    "home_in_use",
    `${who} runs on ${home.folder}. Use that one, stop it first, or give this one another home.`,
    { details: { folder: home.folder, pid: pid ?? null }, cause },
  );
}

function holderOf(home: Home): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(home.lock, "utf8")) as { pid?: unknown };
    return typeof pid === "number" ? pid : undefined;
  } catch {
    return undefined;
  }
}
