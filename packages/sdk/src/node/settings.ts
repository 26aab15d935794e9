/** Where a program on this machine finds its hub: profiles, the environment, the hub's home. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SignalboxError } from "@signalbox/contract";

/** Where a hub is and how to be let in. */
export interface HubAddress {
  readonly url: string;
  readonly token: string;
}

/** What settings are read from. Default: this process's own. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home?: string;
}

/** Where a hub on this machine listens unless told otherwise. */
export const localUrl = "http://127.0.0.1:4777";

/**
 * Where the hub of this home listens: as it says itself in its `hub.lock` while it runs, else where
 * one listens that was told nothing.
 */
export function hubUrl(surroundings: Surroundings = {}): string {
  try {
    const file: unknown = JSON.parse(readFileSync(join(hubHome(surroundings), "hub.lock"), "utf8"));
    if (!isObject(file) || typeof file.url !== "string" || typeof file.pid !== "number") {
      return localUrl;
    }
    // Left behind by a hub that was killed, it throws here: its port may be anybody's by now.
    process.kill(file.pid, 0);
    return file.url;
  } catch {
    return localUrl;
  }
}

/** The file that holds the profiles. */
export function profilesPath(surroundings: Surroundings = {}): string {
  const { env, home } = withDefaults(surroundings);
  return join(textOf(env.XDG_CONFIG_HOME) ?? join(home, ".config"), "signalbox", "config.json");
}

/** The folder a hub on this machine keeps its files in. */
export function hubHome(surroundings: Surroundings = {}): string {
  const { env, home } = withDefaults(surroundings);
  const given = textOf(env.SIGNALBOX_HOME);
  return given === undefined ? join(home, ".signalbox") : resolve(given);
}

/**
 * The address a profile stands for. The file is
 * `{"current": "work", "profiles": {"work": {"url": "...", "token": "..." or "tokenFile": "..."}}}`;
 * without a name it is the current one, else `local`, which always exists: the hub on this machine,
 * with the token in its home. Throws `invalid_request` for an unknown name, naming those there are,
 * and for a file or token that can't be read.
 */
export function readProfile(name?: string, surroundings: Surroundings = {}): HubAddress {
  const path = profilesPath(surroundings);
  const { current, profiles } = readProfiles(path);
  const wanted = name ?? current ?? "local";
  const profile = profiles.get(wanted);
  if (profile === undefined && wanted !== "local") {
    const known = [...new Set(["local", ...profiles.keys()])].sort().join(", ");
    throw invalid(`There is no profile ${JSON.stringify(wanted)} in ${path}. Known: ${known}.`);
  }
  const { home } = withDefaults(surroundings);
  const url = profile?.url ?? hubUrl(surroundings);
  if (profile?.token !== undefined) return { url, token: profile.token };
  if (profile !== undefined && profile.tokenFile === undefined && profile.url !== undefined) {
    throw invalid(`Profile ${wanted} in ${path} has neither token nor tokenFile.`);
  }
  const file =
    profile?.tokenFile === undefined
      ? join(hubHome(surroundings), "token")
      : resolve(profile.tokenFile.replace(/^~(?=\/|$)/, home));
  return { url, token: readToken(file) };
}

/**
 * `SIGNALBOX_URL` and `SIGNALBOX_TOKEN`. Without a URL it is the hub on this machine, whose token is
 * then read from its home unless given; a hub elsewhere needs its token given. Profiles are not
 * looked at. Throws `invalid_request` when there is no token.
 */
export function readEnvironment(surroundings: Surroundings = {}): HubAddress {
  const { env } = withDefaults(surroundings);
  const url = textOf(env.SIGNALBOX_URL);
  const token = textOf(env.SIGNALBOX_TOKEN);
  if (token !== undefined) return { url: url ?? hubUrl(surroundings), token };
  if (url !== undefined) {
    throw invalid("SIGNALBOX_URL is set, but SIGNALBOX_TOKEN is not. Set it to that hub's token.");
  }
  return { url: hubUrl(surroundings), token: readToken(join(hubHome(surroundings), "token")) };
}

interface Profile {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
}

interface Profiles {
  readonly current: string | undefined;
  readonly profiles: ReadonlyMap<string, Profile>;
}

function readProfiles(path: string): Profiles {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isNotFound(error)) return { current: undefined, profiles: new Map() };
    throw invalid(`The profiles in ${path} can't be read.`, error);
  }
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw invalid(`The profiles in ${path} are not JSON: ${(error as Error).message}`, error);
  }
  if (!isObject(file) || (file.profiles !== undefined && !isObject(file.profiles))) {
    throw invalid(`The profiles in ${path} must be {"current": name, "profiles": {name: {...}}}.`);
  }
  const profiles = Object.entries(file.profiles ?? {}).map(([name, profile]) => {
    if (!isObject(profile)) throw invalid(`Profile ${name} in ${path} must be an object.`);
    const field = (key: keyof Profile) => {
      const value = profile[key];
      if (value === undefined || (typeof value === "string" && value !== "")) return value;
      throw invalid(`Profile ${name} in ${path}: ${key} must be a text.`);
    };
    const fields = { url: field("url"), token: field("token"), tokenFile: field("tokenFile") };
    return [name, fields] as const;
  });
  return {
    current: typeof file.current === "string" ? file.current : undefined,
    profiles: new Map(profiles),
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw invalid(
      isNotFound(error)
        ? `There is no token at ${file}. A hub writes it when it first starts: signalbox serve.`
        : `The token at ${file} can't be read.`,
      error,
    );
  }
}

function withDefaults({ env, home }: Surroundings) {
  return { env: env ?? process.env, home: home ?? homedir() };
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string, cause?: unknown): SignalboxError {
  return new SignalboxError("invalid_request", message, { cause });
}
