/**
 * One hub per home folder. The lock itself is one that the operating system drops when its process
 * dies, however it dies: an exclusive lock SQLite holds on an empty file. So a lock can't go stale
 * and two starters can't both win. `hub.lock` beside it only tells others who the holder is.
 */
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SignalboxError } from "@signalbox/contract";
import { version } from "../version.ts";
import { type Home, ownFile } from "./home.ts";
import { type HomeHolder, livingHolder, reachableUrl, writeHolder } from "./home-holder.ts";
import { processStamp } from "./process-stamp.ts";

/** A lock that is held. */
export interface HubLock {
  /** Tells others where the hub listens. */
  announce(url: string): void;
  /** Tells others that it listens no more. */
  withdraw(): void;
  /** Gives the lock up. Idempotent. */
  release(): void;
}

/** Takes the lock. Throws `home_in_use`, naming the process that holds it. */
export function lockHome(home: Home, purpose: HomeHolder["purpose"] = "hub"): HubLock {
  ownFile(home.guard);
  const guard = new DatabaseSync(home.guard, { timeout: 0 });
  try {
    guard.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    guard.close();
    throw inUse(home, error);
  }
  const holder: HomeHolder = {
    pid: process.pid,
    stamp: processStamp(process.pid) ?? "unknown",
    startedAt: new Date().toISOString(),
    purpose,
    version,
    url: null,
  };
  try {
    writeHolder(home.lock, holder);
  } catch (error) {
    guard.close();
    throw error;
  }
  let held = true;
  return {
    announce(url) {
      writeHolder(home.lock, { ...holder, url: reachableUrl(url) });
    },
    withdraw() {
      try {
        writeHolder(home.lock, holder);
      } catch {
        // A full disk must not keep a hub from ending; who asks there finds nobody listening.
      }
    },
    release() {
      if (!held) return;
      held = false;
      rmSync(home.lock, { force: true });
      guard.close();
    },
  };
}

function inUse(home: Home, cause: unknown): SignalboxError {
  const holder = livingHolder(home.folder);
  const who = holder === undefined ? "Another hub" : `The hub with process id ${holder.pid}`;
  return new SignalboxError(
    "home_in_use",
    `${who} runs on ${home.folder}. Use that one, stop it first (signalbox down), or give this one another home.`,
    { details: { folder: home.folder, pid: holder?.pid ?? null }, cause },
  );
}
