/** The hub's home folder and the secret in it. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contract";
import { holderPath } from "./home-holder.ts";

/** Paths in a home folder. */
export interface Home {
  readonly folder: string;
  readonly database: string;
  readonly token: string;
  readonly lock: string;
  readonly guard: string;
  readonly log: string;
  /** Of the shared runtime. */
  readonly appServer: { readonly socket: string; readonly identity: string; readonly log: string };
}

/**
 * Makes the folder when it is not there, for its owner only, and names what is in it. Throws
 * `storage_unavailable` where it can't be made or is another's.
 */
export function openHome(folder: string): Home {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw unusable("home folder", folder, error);
  }
  return homeAt(folder);
}

/** Makes a file when it is not there; in either case it is for its owner only. */
export function ownFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

/** Names what is in a home folder, whether or not it is there. */
export function homeAt(folder: string): Home {
  return {
    folder,
    database: join(folder, "signalbox.db"),
    token: join(folder, "token"),
    lock: holderPath(folder),
    guard: join(folder, "hub.guard"),
    log: join(folder, "hub.log"),
    appServer: {
      socket: join(folder, "app-server.sock"),
      identity: join(folder, "app-server.json"),
      log: join(folder, "app-server.log"),
    },
  };
}

/**
 * The token every client must show. It is made on the first start: 32 random bytes in base64url, in
 * a file only its owner can read. A token file that is empty is replaced. Throws
 * `storage_unavailable` for one that can't be read.
 */
export function readToken(home: Home): string {
  return existingToken(home.token) ?? makeToken(home.token);
}

function existingToken(path: string): string | undefined {
  try {
    const token = readFileSync(path, "utf8").trim();
    chmodSync(path, 0o600);
    if (token !== "") return token;
    rmSync(path);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable("token file", path, error);
  }
}

function unusable(what: string, path: string, error: unknown): SignalboxError {
  return new SignalboxError(
    "storage_unavailable",
    `The hub's ${what} ${path} can't be used: ${(error as Error).message}. Mend it, or give the hub another home (--home).`,
    { cause: error },
  );
}

// Written aside and linked, so that nobody reads half a token.
function makeToken(path: string): string {
  const token = randomBytes(32).toString("base64url");
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, `${token}\n`, { mode: 0o600 });
  try {
    linkSync(aside, path);
  } finally {
    rmSync(aside);
  }
  return token;
}
