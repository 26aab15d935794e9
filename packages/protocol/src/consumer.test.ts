/**
 * What a consumer gets: the package is built, packed and unpacked as npm would do it, and a
 * program is compiled against it the strict way, reading declarations too.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const packageFolder = join(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "signalbox-consumer-"));
const installed = join(project, "node_modules/@signalbox/protocol");

beforeAll(() => {
  const stage = join(project, "stage");
  mkdirSync(installed, { recursive: true });
  mustSucceed(
    tsc(
      "-p",
      packageFolder,
      "--outDir",
      join(stage, "dist"),
      "--tsBuildInfoFile",
      join(stage, "dist/.tsbuildinfo"),
    ),
  );
  for (const file of ["package.json", "README.md", "schema"]) {
    cpSync(join(packageFolder, file), join(stage, file), { recursive: true });
  }
  mustSucceed(
    run("npm", ["pack", "--offline", "--ignore-scripts", "--pack-destination", project], stage),
  );
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  mustSucceed(
    run("tar", ["-xzf", join(project, tarball!), "--strip-components=1", "-C", installed], project),
  );

  cpSync(join(packageFolder, "fixtures/consumer.ts"), join(project, "consumer.ts"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
}, 60_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test("a consumer under nodenext gets the types, with the declarations checked as well", () => {
  expect(compile({ skipLibCheck: false })).toMatchObject({ status: 0, stdout: "" });
});

test("the compiled consumer runs on what is installed", () => {
  const { stdout, stderr } = run(process.execPath, ["out/consumer.js"], project);
  expect(stderr).toBe("");
  expect(stdout).toBe("0.169.0 app_server.thread.archived a-thread\n");
});

test("the tarball has no build leftovers", () => {
  const files = readdirSync(installed, { recursive: true }) as string[];
  expect(files.filter((file) => /\.tsbuildinfo$|\.map$|\.test\./.test(file))).toEqual([]);
  expect(files).toContain("README.md");
  const schema = readFileSync(join(installed, "schema/experimental.json"), "utf8");
  expect(schema).toContain("ThreadStartParams");
});

test("with imports as codex generates them the same consumer does not compile", () => {
  for (const file of readdirSync(join(installed, "dist/generated"), {
    recursive: true,
  }) as string[]) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(installed, "dist/generated", file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/(from "\.[^"]*?)(\/index)?\.ts"/g, '$1"'));
  }
  const { status, stdout } = compile({ skipLibCheck: true });
  expect(status).not.toBe(0);
  expect(stdout).toMatch(/^consumer\.ts.*Type 'true' is not assignable to type 'false'/m);
});

function compile(options: { skipLibCheck: boolean }): SpawnSyncReturns<string> {
  const compilerOptions = {
    ...options,
    target: "es2024",
    module: "nodenext",
    strict: true,
    types: ["node"],
    typeRoots: [join(dirname(resolvePackage("@types/node")), "..")],
    outDir: "out",
  };
  const config = { compilerOptions, files: ["consumer.ts"] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  return tsc("-p", project);
}

function tsc(...args: string[]): SpawnSyncReturns<string> {
  const bin = join(dirname(resolvePackage("typescript")), "bin/tsc");
  return run(process.execPath, [bin, ...args], project);
}

function resolvePackage(name: string): string {
  return createRequire(import.meta.url).resolve(`${name}/package.json`);
}

function run(command: string, args: string[], cwd: string): SpawnSyncReturns<string> {
  const env = { ...process.env, NODE_OPTIONS: "" };
  return spawnSync(command, args, { cwd, env, encoding: "utf8" });
}

function mustSucceed(result: SpawnSyncReturns<string>): void {
  if (result.status !== 0) {
    throw new Error(`${result.error ?? ""}${result.stdout}${result.stderr}`);
  }
}
