/** The client a command calls the hub with, found by its options, the environment or a profile. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SignalboxError } from "@signalbox/contract";
import {
  type HubAddress,
  hubHome,
  hubUrl,
  readEnvironment,
  readProfile,
  Signalbox,
} from "@signalbox/sdk/node";
import type { Shell } from "../shell.ts";
import { version } from "../version.ts";

/** The options of every command that say which hub is meant. */
export interface HubOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly profile?: string;
  readonly home?: string;
  readonly actor?: string;
}

/**
 * Makes the client. Which hub: `--profile`; else `--url`, `--token-file` and `--home` with what they
 * leave open taken from the environment; else the environment; else the current profile. Throws
 * `invalid_request` where there is no token to be had.
 */
export function connect(options: HubOptions, shell: Shell, callTimeout: number): Signalbox {
  return new Signalbox({
    ...findHub(options, shell.env),
    surface: { name: "cli", version },
    callTimeout,
    ...(options.actor === undefined ? {} : { actor: options.actor }),
  });
}

/** Which hub is meant, as `connect` says. A home without a token is one on which no hub has run. */
export function findHub(options: HubOptions, env: Shell["env"]): HubAddress {
  try {
    return addressOf(options, env);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException) : undefined;
    if (cause?.code !== "ENOENT" || options.tokenFile !== undefined) throw error;
    throw new SignalboxError("hub_unreachable", `No hub has run yet: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function addressOf({ url, tokenFile, profile, home }: HubOptions, env: Shell["env"]): HubAddress {
  if (profile !== undefined) {
    if (url === undefined && tokenFile === undefined && home === undefined) {
      return readProfile(profile, { env });
    }
    throw new SignalboxError(
      "invalid_request",
      "--profile says which hub is meant: leave out --url, --token-file and --home.",
    );
  }
  if (url !== undefined || tokenFile !== undefined || home !== undefined) {
    const here = home === undefined ? env : { ...env, SIGNALBOX_HOME: resolve(home) };
    const isElsewhere = home === undefined && url !== undefined && env.SIGNALBOX_TOKEN;
    return {
      url: url ?? (home === undefined ? env.SIGNALBOX_URL : undefined) ?? hubUrl({ env: here }),
      token:
        tokenFile === undefined && isElsewhere
          ? isElsewhere
          : readToken(tokenFile ?? `${hubHome({ env: here })}/token`),
    };
  }
  return env.SIGNALBOX_URL || env.SIGNALBOX_TOKEN
    ? readEnvironment({ env })
    : readProfile(undefined, { env });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new SignalboxError(
      "invalid_request",
      `There is no token to be read at ${file} (${why}). A hub writes one when it first starts (signalbox up); of a hub elsewhere give --token-file.`,
      { cause: error },
    );
  }
}
