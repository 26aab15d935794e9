/** The process behind a client: how it is found, started, explained when it won't start, and ended. */
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AppServerClient, Codex } from "@signalbox/app-server";
import { createCodexHome, findCodex } from "@signalbox/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { isAlive, openWorld, pidOf } from "./world.ts";

/** An executable that stands where codex should be. */
async function executable(script: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-binary-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, "codex");
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("a client that can't start", () => {
  test("names the path it was given, where nothing is", async () => {
    await using client = new AppServerClient({ codexPath: "/nowhere/codex" });
    await expect(client.start()).rejects.toMatchObject({
      code: "codex_not_found",
      message: expect.stringContaining("/nowhere/codex"),
    });
  });

  test("names the path, both versions and the last stderr lines of a binary that exits at once", async () => {
    const path = await executable(
      '[ "$1" = --version ] && echo "codex-cli 0.169.0" && exit 0; echo "cannot read config" >&2; exit 3',
    );
    await using client = new AppServerClient({ codexPath: path });
    const error = await client.start().catch((reason) => reason);
    expect(error).toMatchObject({ code: "codex_start_failed" });
    for (const part of [path, "0.169.0", "exited with code 3", "cannot read config"])
      expect(error.message).toContain(part);
  });

  test("names the version found and the one wanted of a binary that is too old, also of one that does not know app-server", async () => {
    const path = await executable(
      '[ "$1" = --version ] && echo "codex-cli 0.20.0" && exit 0; echo "unrecognized subcommand" >&2; exit 2',
    );
    await using client = new AppServerClient({ codexPath: path });
    const error = await client.start().catch((reason) => reason);
    expect(error).toMatchObject({ code: "codex_too_old", details: { found: "0.20.0" } });
    expect(error.message).toContain(path);
  });

  test("ends its process once, stays unstarted, and can be started when the cause is gone", async () => {
    const path = await executable('echo "$$" >> "$0.pids"; exec sleep 60');
    await using client = new AppServerClient({
      codexPath: path,
      startDeadline: 200,
      closeGrace: 100,
    });
    await expect(client.start()).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("200 ms"),
    });
    expect(client.state).toBe("idle");
    expect(client.info).toBeUndefined();
    const pids = (await readFile(`${path}.pids`, "utf8")).trim().split("\n").map(Number);
    expect(pids.some(isAlive)).toBe(false);
    await using home = await createCodexHome({ model: "http://127.0.0.1:9/v1" });
    await writeFile(
      path,
      `#!/bin/sh\nexec env ${Object.entries(home.env)
        .map(([name, value]) => `${name}='${value}'`)
        .join(" ")} ${findCodex()} "$@"\n`,
    );
    await using again = new AppServerClient({ codexPath: path });
    expect((await again.start()).version).toBe("0.169.0");
  });
});

describe("a client", () => {
  test("starts one process however many calls come first at once", async () => {
    await using world = await openWorld();
    const threads = await Promise.all([
      world.codex.startThread(),
      world.codex.startThread(),
      world.codex.models(),
    ]);
    expect(threads).toHaveLength(3);
    expect(world.codex.client.generation).toBe(1);
  });

  test("spawns the native binary, not its wrapper", async () => {
    await using world = await openWorld({
      codex: { codexPath: createRequire(import.meta.url).resolve("@openai/codex/bin/codex.js") },
    });
    const info = await world.codex.start();
    expect(info.codexPath).toBe(findCodex());
  });

  test("ends its process when it is closed, and settles what waits with client_closed", async () => {
    await using world = await openWorld();
    await world.codex.start();
    const pid = pidOf(world.codex);
    const waiting = world.codex.client.request("command/exec", { command: ["sleep", "30"] });
    const closing = world.codex.close();
    await expect(waiting).rejects.toMatchObject({ code: "client_closed" });
    await closing;
    await world.codex.close();
    expect(isAlive(pid)).toBe(false);
    await expect(world.codex.models()).rejects.toMatchObject({ code: "client_closed" });
  });

  test("takes its process with it when it is itself killed", async () => {
    await using home = await createCodexHome({ model: "http://127.0.0.1:9/v1" });
    const program = `
      import { Codex } from "@signalbox/app-server";
      const codex = new Codex({ codexPath: ${JSON.stringify(findCodex())}, env: ${JSON.stringify(home.env)} });
      console.log((await codex.start()).pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(
      process.execPath,
      ["--conditions=@signalbox/source", "--input-type=module", "--eval", program],
      {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = (await createInterface(parent.stdout)
      [Symbol.asyncIterator]()
      .next()
      .then(({ value }) => [value])) as [string];
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  test("passes its settings in order as --config, its environment merged, and codex's tools on the PATH", async () => {
    const path = await executable(
      'for a in "$@"; do echo "arg:$a" >&2; done; echo "FOO=$FOO HOME=$HOME" >&2; exit 1',
    );
    await using client = new AppServerClient({
      codexPath: path,
      env: { FOO: "bar", HOME: undefined },
      configOverrides: { model: "m", "features.apps": false, list: ["a", "b"] },
    });
    const error = await client.start().catch((reason) => reason);
    expect(error.message).toContain(
      [
        "arg:--config",
        'arg:model="m"',
        "arg:--config",
        "arg:features.apps=false",
        "arg:--config",
        'arg:list=["a","b"]',
        "arg:app-server",
        "FOO=bar HOME=",
      ].join("\n"),
    );
  });
});

test("options that exclude each other are refused before anything is started", () => {
  expect(() => new Codex({ url: "unix:///x", codexPath: "/y" })).toThrow(
    expect.objectContaining({ code: "invalid_input" }),
  );
  expect(() => new Codex({ token: "t" })).toThrow(
    expect.objectContaining({ code: "invalid_input" }),
  );
});
