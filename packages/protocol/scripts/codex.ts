/**
 * Runs the codex that npm installed for this machine, offline and in a home of its own, and reads
 * back what it generates. The native binary is called, not the npm wrapper, so that nothing but
 * the pinned package decides the output.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** File contents by path relative to the folder they were generated into, sorted, with `/`. */
export type FileSet = ReadonlyMap<string, string>;

export interface InstalledCodex {
  /** What package.json of `@openai/codex` says. */
  packageVersion: string;
  /** What `codex --version` prints, such as `codex-cli 0.169.0`. */
  versionLine: string;
  /** Runs `codex app-server ARGS --out FOLDER` and returns the files it wrote. */
  generate(args: readonly string[]): FileSet;
}

/** Throws when `@openai/codex` has no binary for this platform, or one of another version. */
export function openInstalledCodex(): InstalledCodex {
  const require = createRequire(import.meta.url);
  const wrapper = require.resolve("@openai/codex/package.json");
  const { version } = JSON.parse(readFileSync(wrapper, "utf8")) as { version: string };
  const binary = findBinary(wrapper);
  const versionLine = inOwnHome((home) => run(binary, ["--version"], home).trim());
  if (!versionLine.endsWith(` ${version}`)) {
    throw new Error(
      `@openai/codex is ${version}, but its binary says "${versionLine}". Reinstall.`,
    );
  }
  return {
    packageVersion: version,
    versionLine,
    generate: (args) =>
      inOwnHome((home) => {
        const out = join(home, "out");
        run(binary, ["app-server", ...args, "--out", out], home);
        return readFiles(out);
      }),
  };
}

/** Every file below a folder. A folder that does not exist has none. */
export function readFiles(folder: string): FileSet {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1).replaceAll("\\", "/"), path] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(files.map(([name, path]) => [name, readFileSync(path, "utf8")]));
}

function findBinary(wrapper: string): string {
  const platform = `@openai/codex-${process.platform}-${process.arch}`;
  const vendor = join(
    dirname(createRequire(wrapper).resolve(`${platform}/package.json`)),
    "vendor",
  );
  const name = process.platform === "win32" ? "codex.exe" : "codex";
  const found = readdirSync(vendor)
    .map((triple) => join(vendor, triple, "bin", name))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`${platform} is installed without its binary. Run npm ci again.`);
  }
  return found;
}

function run(binary: string, args: readonly string[], home: string): string {
  return execFileSync(binary, args, {
    encoding: "utf8",
    env: { HOME: home, CODEX_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function inOwnHome<T>(use: (home: string) => T): T {
  const home = mkdtempSync(join(tmpdir(), "signalbox-codex-"));
  try {
    return use(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
