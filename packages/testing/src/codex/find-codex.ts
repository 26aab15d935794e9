/**
 * Finds the native Codex binary that npm installed.
 *
 * `@openai/codex` is a Node program that starts the binary of its platform package. Tests spawn
 * that binary itself, so that one process is one process: its id, its signals and its exit code.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where a platform's binary lies inside its npm package. */
const TARGETS: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
  "win32-x64": "x86_64-pc-windows-msvc",
  "win32-arm64": "aarch64-pc-windows-msvc",
};

/** Thrown by {@link findCodex}; recognise it by `code`. */
export class CodexNotFoundError extends Error {
  readonly code = "codex_not_found";
  readonly category = "unavailable";
  readonly retryable = false;
  override readonly name = "CodexNotFoundError";
}

/** What {@link findCodex} looks at instead of this process's own surroundings. */
export interface FindCodexOptions {
  /** A file or directory from which `@openai/codex` is resolved. Default: this package. */
  readonly from?: string;
  /** As `process.platform`. */
  readonly platform?: string;
  /** As `process.arch`. */
  readonly arch?: string;
}

/**
 * The absolute path of the installed native `codex` binary.
 *
 * @throws CodexNotFoundError (`codex_not_found`) naming the package to install.
 */
export function findCodex(options: FindCodexOptions = {}): string {
  const platform = options.platform ?? process.platform;
  const arch = options.arch ?? process.arch;
  const target = TARGETS[`${platform}-${arch}`];
  if (target === undefined) {
    throw new CodexNotFoundError(
      `Codex has no binary for ${platform}-${arch}; it exists for ${Object.keys(TARGETS).join(", ")}.`,
    );
  }
  const name = `@openai/codex-${platform}-${arch}`;
  const from = options.from ?? import.meta.url;
  const root = packageRoot(name, from);
  const binary =
    root && join(root, "vendor", target, "bin", platform === "win32" ? "codex.exe" : "codex");
  if (binary === undefined || !existsSync(binary)) {
    throw new CodexNotFoundError(
      `The Codex binary for ${platform}-${arch} is not installed: ${
        binary === undefined
          ? `${name} cannot be resolved from ${from}`
          : `${binary} does not exist`
      }. Install it with "npm install --save-dev @openai/codex" (without --omit=optional).`,
    );
  }
  return binary;
}

/** The platform package is a dependency of `@openai/codex`, so it is also looked for from there. */
function packageRoot(name: string, from: string): string | undefined {
  const require = createRequire(from);
  for (const resolve of [
    () => require.resolve(`${name}/package.json`),
    () =>
      createRequire(require.resolve("@openai/codex/package.json")).resolve(`${name}/package.json`),
  ]) {
    try {
      return dirname(resolve());
    } catch {
      // Not to be found on this way; the caller reports it when none is left.
    }
  }
  return undefined;
}
