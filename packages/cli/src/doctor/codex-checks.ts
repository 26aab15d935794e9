/** The codex a hub would run: found, of a version it knows, with a home and a login. */
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  AppServerClient,
  type CodexBinary,
  findCodex,
  MINIMUM_CODEX_VERSION,
  readCodexVersion,
} from "@signalbox/app-server";
import { CODEX_VERSION } from "@signalbox/protocol";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

/** How long codex may take to say who is logged in, in ms. */
const loginDeadline = 15_000;

/** The checks; `codexPath` as for `serve`. */
export function codexChecks(codexPath: string | undefined): readonly Check[] {
  const given = codexPath ?? (process.env.SIGNALBOX_CODEX || undefined);
  const find = () => findCodex(given);
  return [
    { name: "codex", look: () => lookAtCodex(find(), howFound(codexPath, given)) },
    { name: "codex home", look: lookAtCodexHome },
    { name: "login", look: () => lookAtLogin(find()) },
  ];
}

function howFound(option: string | undefined, given: string | undefined): string {
  if (option !== undefined) return "given by --codex";
  return given === undefined ? "installed, or on PATH" : "given by SIGNALBOX_CODEX";
}

async function lookAtCodex({ path }: CodexBinary, how: string): Promise<Finding> {
  const version = await readCodexVersion(path);
  const where = `at ${path} (${how})`;
  if (version === undefined) {
    return fail(
      `the binary ${where} does not say its version`,
      "Give the path of a codex binary with --codex or SIGNALBOX_CODEX.",
    );
  }
  const order = compare(version, MINIMUM_CODEX_VERSION);
  if (order < 0) {
    return fail(
      `${version} ${where} is older than ${MINIMUM_CODEX_VERSION}`,
      "Update it: npm install --global @openai/codex",
    );
  }
  if (compare(version, CODEX_VERSION) === 0) return ok(`${version} ${where}`);
  return warn(
    `${version} ${where}`,
    `Signalbox is tested with ${CODEX_VERSION}; ${compare(version, CODEX_VERSION) < 0 ? "an older one lacks some of what it offers" : "a newer one may do some things differently"}.`,
  );
}

/** Only the numbers: a pre-release is taken for its release. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split("-")[0]!.split(".").map(Number));
  for (const [index, part] of left!.entries()) {
    const difference = part - (right![index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function lookAtCodexHome(): Finding {
  const given = process.env.CODEX_HOME;
  const path = given || join(homedir(), ".codex");
  const how = given ? "CODEX_HOME" : "the default";
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return given
      ? fail(`${path} (${how}) is not there`, "Make the folder, or unset CODEX_HOME.")
      : ok(`${path} (${how}) is not there yet; codex makes it`);
  }
  if (!stat.isDirectory()) {
    return fail(`${path} (${how}) is no folder`, "Set CODEX_HOME to codex's home folder.");
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch {
    return fail(
      `${path} (${how}) can't be read and written`,
      "Give it to the user that runs the hub.",
    );
  }
  return ok(`${path} (${how})`);
}

/** Asks a codex of its own, which ends with the question. Never says who it is or with what. */
async function lookAtLogin({ path }: CodexBinary): Promise<Finding> {
  await using client = new AppServerClient({ codexPath: path, restart: false });
  const signal = AbortSignal.timeout(loginDeadline);
  await client.start(signal);
  const { account, requiresOpenaiAuth } = await client.request("account/read", {}, { signal });
  if (account !== null) return ok(`codex is logged in (${account.type})`);
  if (!requiresOpenaiAuth) return ok("none needed: the configured model provider has its own");
  if (process.env.OPENAI_API_KEY) return ok("none, and OPENAI_API_KEY is set");
  return warn(
    "codex is not logged in",
    "Log in with `codex login`, or set up a model provider in codex's config.toml.",
  );
}
