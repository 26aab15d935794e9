/** The hub's home: whose it is, who else can read it, and how much is in it. */
import { lstatSync, realpathSync, type Stats, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { homeAt, isSocketPathShort, lastEventAt } from "@signalbox/hub";
import { walSize } from "../processes/journal-size.ts";
import { formatBytes } from "../processes/units.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

const mebibyte = 1024 ** 2;
/** Bytes that must, and should, be free on the disk. */
const leastSpace = { fail: 100 * mebibyte, warn: 1024 * mebibyte };
/** The write-ahead log is cut to 64 MiB at each checkpoint; one this large is not checkpointed. */
const largeWal = 256 * mebibyte;
/** How far the newest event may be ahead of the clock, in ms. */
const clockTolerance = 5_000;

/** The checks of one home folder. */
export function homeChecks(folder: string): readonly Check[] {
  const path = resolve(folder);
  return [
    { name: "home", look: () => lookAtHome(path) },
    { name: "token", look: () => lookAtToken(path) },
    { name: "socket", look: () => lookAtSocket(path) },
    { name: "disk", look: () => lookAtDisk(path) },
    { name: "wal", look: () => lookAtWal(path) },
    { name: "clock", look: () => lookAtClock(path) },
  ];
}

function lookAtHome(path: string): Finding {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link === undefined) return ok(`${path} is not there yet; the hub makes it`);
  if (link.isSymbolicLink()) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return fail(`${path} is a link to nowhere`, "Remove it.");
    const problem = problemOf(stat, path);
    return (
      problem ??
      warn(
        `${path} is a link to ${realpathSync(path)}`,
        "Give the hub the folder itself, so that its socket and its files are where they are looked for.",
      )
    );
  }
  return problemOf(link, path) ?? ok(path);
}

function problemOf(stat: Stats, path: string): Finding | undefined {
  if (!stat.isDirectory())
    return fail(`${path} is no folder`, "Move it away, or give another --home.");
  if (stat.uid !== process.getuid?.()) {
    return fail(
      `${path} belongs to another user (${stat.uid})`,
      "Give the hub a home of your own.",
    );
  }
  const mode = stat.mode & 0o777;
  if ((mode & 0o077) === 0) return undefined;
  return fail(
    `${path} is open to others (mode ${mode.toString(8)})`,
    `chmod 700 ${path}; if others may have read the token, delete it and start the hub again.`,
  );
}

function lookAtToken(path: string): Finding {
  const { token } = homeAt(path);
  const stat = lstatSync(token, { throwIfNoEntry: false });
  if (stat === undefined) return ok("none yet; the hub makes it when it first starts");
  if (stat.isSymbolicLink())
    return warn(`${token} is a link`, "Make it a file of the home itself.");
  const mode = stat.mode & 0o777;
  if ((mode & 0o077) === 0) return ok(`${token} is for its owner only`);
  return fail(
    `${token} is open to others (mode ${mode.toString(8)})`,
    "Delete it and start the hub again: it makes a new one.",
  );
}

function lookAtSocket(path: string): Finding {
  const { socket } = homeAt(path).appServer;
  if (isSocketPathShort(socket))
    return ok("the home's path is short enough for the shared runtime");
  return warn(
    `${socket} is too long for a socket`,
    "`serve --runtime shared` needs a home with a shorter path; `--runtime private` does not.",
  );
}

function lookAtDisk(path: string): Finding {
  let there = path;
  while (statSync(there, { throwIfNoEntry: false }) === undefined) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  const what = `${formatBytes(free)} free at ${there}`;
  const remedy = "Make room: a hub that can't write makes its agents wait.";
  if (free < leastSpace.fail) return fail(what, remedy);
  return free < leastSpace.warn ? warn(what, remedy) : ok(what);
}

function lookAtWal(path: string): Finding {
  const bytes = walSize(path);
  if (bytes <= largeWal) return ok(`the write-ahead log has ${formatBytes(bytes)}`);
  return warn(
    `the write-ahead log has ${formatBytes(bytes)}`,
    "Another program keeps the database open and reads in it: end that, then restart the hub.",
  );
}

function lookAtClock(path: string): Finding {
  const last = lastEventAt(homeAt(path).database);
  if (last === undefined) return ok("nothing is in the journal yet");
  const ahead = last - Date.now();
  const when = new Date(last).toISOString();
  if (ahead <= clockTolerance) return ok(`the newest event is of ${when}`);
  return warn(
    `the newest event is of ${when}, ${Math.round(ahead / 1_000)} s from now`,
    "The clock was set back: set it right, or times of events are out of order and deadlines come late.",
  );
}
