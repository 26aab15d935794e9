/** Makes a program with decorators into JavaScript that Node runs. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The file compiled, in a folder from where it finds its packages and which goes with it. */
export async function compile(path: string): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(dirname(path), ".compiled-"));
  const options = ["--target", "es2024", "--module", "nodenext", "--moduleDetection", "force"];
  // Types are checked with everything else; here only what comes out matters.
  const only = [
    "--noCheck",
    "--noResolve",
    "--ignoreConfig",
    "--types",
    "node",
    "--outDir",
    folder,
  ];
  const compiler = join(root, "node_modules/typescript/lib/tsc.js");
  await run(process.execPath, [compiler, path, ...options, ...only], { cwd: root });
  return {
    path: join(folder, `${basename(path, ".ts")}.js`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
