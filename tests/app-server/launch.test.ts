/** What the process of a client is started with. */
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { AppServerClient, type ClientOptions, findCodex } from "@signalbox/app-server";
import { expect, onTestFinished, test, vi } from "vitest";
import { openWorld } from "./world.ts";

async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-launch-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an executable that tells how it was started, in its last words. */
async function lastWords(path: string, options: Omit<ClientOptions, "codexPath"> = {}) {
  await mkdir(dirname(path), { recursive: true });
  const script = `for a in "$@"; do echo "arg:$a" >&2; done; echo "PATH=$PATH" >&2; echo "INHERITED=$INHERITED CHANGED=$CHANGED REMOVED=\${REMOVED-gone}" >&2; echo "PWD=$(pwd)" >&2; exit 1`;
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  await using client = new AppServerClient({ ...options, codexPath: path });
  const error = await client.start().catch((reason) => reason);
  return String(error.message);
}

test("this process's environment is passed on, with what is given laid over it and what is undefined taken out", async () => {
  vi.stubEnv("INHERITED", "kept");
  vi.stubEnv("CHANGED", "old");
  vi.stubEnv("REMOVED", "old");
  onTestFinished(() => void vi.unstubAllEnvs());
  const said = await lastWords(join(await newFolder(), "codex"), {
    env: { CHANGED: "new", REMOVED: undefined },
  });
  expect(said).toContain("INHERITED=kept CHANGED=new REMOVED=gone");
});

test("codex's own tools come first on the PATH, before what was on it", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "codex-path"));
  const env = { PATH: ["/usr/local/bin", "/usr/bin", "/bin"].join(delimiter) };
  const said = await lastWords(join(folder, "bin", "codex"), { env });
  expect(said).toContain(`PATH=${[join(folder, "codex-path"), env.PATH].join(delimiter)}`);
  const without = await lastWords(join(await newFolder(), "codex"), { env });
  expect(without).toContain(`PATH=${env.PATH}\n`);
});

test("settings come before app-server and further arguments after it, each in the order given; the working directory is the one given", async () => {
  const cwd = await newFolder();
  const said = await lastWords(join(await newFolder(), "codex"), {
    cwd,
    configOverrides: { b: 1, a: "x", "c.d": true },
    args: ["--strict-config", "--listen", "stdio://"],
  });
  expect([...said.matchAll(/arg:(.*)/g)].map(([, argument]) => argument)).toEqual([
    "--config",
    "b=1",
    "--config",
    'a="x"',
    "--config",
    "c.d=true",
    "app-server",
    "--strict-config",
    "--listen",
    "stdio://",
  ]);
  expect(said).toContain(`PWD=${cwd}`);
});

test("the real codex is found without a path, and takes settings of every type", async () => {
  await using world = await openWorld({
    codex: {
      codexPath: undefined as never,
      configOverrides: {
        model: "another-model",
        hide_agent_reasoning: true,
        project_root_markers: [".git"],
      },
    },
  });
  const info = await world.codex.start();
  expect(info.codexPath).toBe(findCodex().path);
  const { config } = await world.codex.client.request("config/read", {});
  expect(config).toMatchObject({ model: "another-model", hide_agent_reasoning: true });
});
