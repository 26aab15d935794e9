/**
 * Finds the native codex binary.
 *
 * The npm package `@openai/codex` is a wrapper in JavaScript around a binary of the platform's own
 * package. Spawning the wrapper would put a second process between us and app-server, so a wrapper
 * that is found is followed to its binary.
 */
import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { AppServerError } from "../errors.ts";

export type CodexBinary = {
  /** The native executable. */
  path: string;
  /** A folder of tools codex expects on its PATH (`rg`), where its package has one. */
  toolsDir: string | undefined;
};

/**
 * The binary at `path`; without one, of an installed `@openai/codex` (seen from the working
 * directory, then from this package), then of `codex` on PATH.
 * Throws `codex_not_found`, naming every place that was looked at.
 */
export function findCodex(path?: string, env: NodeJS.ProcessEnv = process.env): CodexBinary {
  const looked: string[] = [];
  const candidates = path === undefined ? installedCandidates(env) : [resolve(path)];
  for (const candidate of candidates) {
    looked.push(candidate);
    const found = toNative(candidate);
    if (found) return found;
  }
  throw new AppServerError(
    "codex_not_found",
    `No codex binary ${path === undefined ? "was found" : `at ${resolve(path)}`}; looked at ${looked.join(", ")}. ` +
      "Install it with `npm install @openai/codex`, or give the path of one.",
    { details: { looked } },
  );
}

/** The version that `codex --version` prints, or undefined where it prints none. */
export async function readCodexVersion(
  path: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ["--version"], { env, timeout: 2_000 });
    return /(\d+\.\d+\.\d+\S*)/.exec(stripVTControlCharacters(stdout))?.[1];
  } catch {
    return undefined;
  }
}

function installedCandidates(env: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  for (const from of [join(process.cwd(), "noop.js"), import.meta.url]) {
    try {
      found.push(createRequire(from).resolve("@openai/codex/bin/codex.js"));
    } catch {
      // Not installed there.
    }
  }
  const name = process.platform === "win32" ? "codex.exe" : "codex";
  for (const dir of (env.PATH ?? "").split(delimiter)) if (dir) found.push(join(dir, name));
  return [...new Set(found)];
}

function toNative(candidate: string): CodexBinary | undefined {
  let real: string;
  try {
    real = realpathSync(candidate);
    if (!statSync(real).isFile()) return undefined;
    if (real.endsWith(".js")) return fromWrapper(real);
    accessSync(real, constants.X_OK);
  } catch {
    return undefined;
  }
  return { path: real, toolsDir: toolsBeside(real) };
}

function fromWrapper(wrapper: string): CodexBinary | undefined {
  const triple = targetTriple();
  if (!triple) return undefined;
  const executable = process.platform === "win32" ? "codex.exe" : "codex";
  const platformPackage = `@openai/codex-${process.platform}-${process.arch}/package.json`;
  const roots = [join(dirname(wrapper), "..")];
  try {
    roots.unshift(dirname(createRequire(wrapper).resolve(platformPackage)));
  } catch {
    // Older packages carry the binary themselves.
  }
  for (const root of roots) {
    const path = join(root, "vendor", triple, "bin", executable);
    try {
      accessSync(path, constants.X_OK);
      return { path, toolsDir: toolsBeside(path) };
    } catch {
      // Not there.
    }
  }
  return undefined;
}

function targetTriple(): string | undefined {
  const cpu = process.arch === "arm64" ? "aarch64" : process.arch === "x64" ? "x86_64" : undefined;
  if (!cpu) return undefined;
  switch (process.platform) {
    case "linux":
    case "android":
      return `${cpu}-unknown-linux-musl`;
    case "darwin":
      return `${cpu}-apple-darwin`;
    case "win32":
      return `${cpu}-pc-windows-msvc`;
    default:
      return undefined;
  }
}

function toolsBeside(binary: string): string | undefined {
  const dir = join(dirname(binary), "..", "codex-path");
  try {
    return statSync(dir).isDirectory() ? resolve(dir) : undefined;
  } catch {
    return undefined;
  }
}
