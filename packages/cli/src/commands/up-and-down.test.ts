import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { categoryTable } from "@signalbox/contract";
import { isAlive, livingHolder } from "@signalbox/hub";
import { readEnvironment } from "@signalbox/sdk/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubHomes } from "../../fixtures/hub-homes.ts";
import { RunningCommand } from "../../fixtures/run-command.ts";

let homes: HubHomes;
beforeAll(async () => {
  homes = await HubHomes.make();
});
afterAll(() => homes[Symbol.asyncDispose](), 60_000);

const isUp = (url: string) =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

/** The home's lock file, as a process left it that is not this one any more. */
function leaveLock(home: string, pid: number): void {
  mkdirSync(home, { recursive: true });
  const left = {
    pid,
    stamp: "a boot long ago 17",
    startedAt: new Date(0).toISOString(),
    purpose: "hub",
    version: "0.1.0",
    url: "http://127.0.0.1:9",
  };
  writeFileSync(join(home, "hub.lock"), JSON.stringify(left));
}

describe("signalbox up and down", () => {
  test("start a hub that stays, is found without an address, logs to its home, and is gone when down returns", async () => {
    const home = homes.fresh();
    const { url, pid, started } = await homes.up(home);
    expect(started).toBe(true);
    expect(await isUp(url)).toBe(true);
    expect(readEnvironment({ env: { SIGNALBOX_HOME: home } }).url).toBe(url);

    const again = await homes.up(home);
    expect(again).toEqual({ url, pid, started: false });
    const { code, stdout, stderr } = await homes.run(home, "up", "--port", "1");
    expect([code, stdout]).toEqual([
      0,
      `signalbox runs already, listening on ${url} (process ${pid})\n`,
    ]);
    expect(stderr).toContain("the options given did not reach the hub");

    const log = readFileSync(join(home, "hub.log"), "utf8");
    expect(log).toContain('"msg":"The hub listens"');
    expect(log).not.toContain(readFileSync(join(home, "token"), "utf8").trim());
    for (const name of ["hub.log", "hub.lock", "hub.guard", "token", "signalbox.db"]) {
      expect(statSync(join(home, name)).mode & 0o777, name).toBe(0o600);
    }

    const holder = livingHolder(home)!;
    const stopped = await homes.run(home, "down");
    expect(stopped).toEqual({
      code: 0,
      stdout: `stopped the hub of ${home} (process ${pid})\n`,
      stderr: "",
    });
    expect(isAlive(holder)).toBe(false);
    const nothing = await homes.run(home, "down", "--json");
    expect(nothing.code).toBe(0);
    expect(JSON.parse(nothing.stdout)).toMatchObject({ stopped: false, pid: null });
  }, 40_000);

  test("many starters at once make one hub, and each finds it", async () => {
    const home = homes.fresh();
    const found = await Promise.all([homes.up(home), homes.up(home), homes.up(home)]);
    expect(new Set(found.map(({ pid }) => pid)).size).toBe(1);
    expect(found.filter(({ started }) => started)).toHaveLength(1);
    expect(livingHolder(home)?.pid).toBe(found[0]!.pid);
  }, 60_000);

  test("up right after down, and while the hub still ends, gives a new hub", async () => {
    const home = homes.fresh();
    const first = await homes.up(home);
    const [, second] = await Promise.all([homes.run(home, "down"), homes.up(home)]);
    await homes.run(home, "down");
    const third = await homes.up(home);
    expect(third.started).toBe(true);
    expect(third.pid).not.toBe(first.pid);
    expect(second.started).toBe(second.pid !== first.pid);
    expect(await isUp(third.url)).toBe(true);
  }, 60_000);

  test("a lock file of a hub that was killed stops no hub and no other process", async () => {
    const home = homes.fresh();
    const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(bystander, "spawn");
    leaveLock(home, bystander.pid!);
    const { code, stdout } = await homes.run(home, "down", "--force");
    expect([code, stdout]).toEqual([0, `no hub runs on ${home}\n`]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    expect((await homes.up(home)).started).toBe(true);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill("SIGKILL");
  }, 40_000);

  test("down ends a hub that was started in the foreground", async () => {
    const home = homes.fresh();
    await using hub = new RunningCommand(["serve", "--port", "0", "--home", home], {
      env: homes.env,
    });
    await hub.line();
    expect((await homes.run(home, "down")).stdout).toContain(`process ${hub.child.pid}`);
    expect(await hub.ended()).toBe(0);
  }, 40_000);

  test("down says when the hub does not end in time, and kills it only when told to", async () => {
    const home = homes.fresh();
    const { pid } = await homes.up(home);
    const holder = livingHolder(home)!;
    process.kill(pid, "SIGSTOP");
    const refused = await homes.run(home, "down", "--timeout", "0.2");
    expect(refused.code).toBe(10);
    expect(refused.stderr).toContain("--force");
    expect(livingHolder(home)?.pid).toBe(pid);
    const killed = await homes.run(home, "down", "--timeout", "0.2", "--force", "--json");
    expect(JSON.parse(killed.stdout)).toMatchObject({ stopped: true, killed: true, pid });
    expect(isAlive(holder)).toBe(false);
  }, 40_000);

  test("a start that fails says why as serve does, with its exit code", async () => {
    const missing = await homes.run(homes.fresh(), "up", "--codex", "/nowhere/codex");
    expect(missing.code).toBe(9);
    expect(missing.stderr).toMatch(/^signalbox: No codex binary at \/nowhere\/codex/);
    const unknown = await homes.run(homes.fresh(), "up", "--runtime", "cloud", "--json");
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: "invalid_request" } });
    const wrong = await homes.run(homes.fresh(), "up", "--port", "70000");
    expect(wrong.code).toBe(2);
  }, 40_000);

  test("a home or a token that is no such thing is said by its path, with what to do", async () => {
    const home = homes.fresh();
    mkdirSync(home);
    mkdirSync(join(home, "token"));
    const { code, stderr } = await homes.run(home, "up", "--port", "0");
    expect(code).toBe(categoryTable.unavailable.exit);
    expect(stderr).toContain(`The hub's token file ${join(home, "token")} can't be used: EISDIR`);
    const file = homes.fresh();
    writeFileSync(file, "");
    expect((await homes.run(file, "up", "--port", "0")).stderr).toMatch(
      new RegExp(`home folder ${file} can't be used: .*--home`),
    );
  }, 40_000);

  test("a start that takes too long is told of, and goes on until down ends it", async () => {
    const home = homes.fresh();
    const slow = join(homes.folder, "slow-codex");
    writeFileSync(
      slow,
      `#!/bin/sh\ntest "$1" = --version && echo codex-cli 0.169.0 && exit\nexec cat\n`,
    );
    chmodSync(slow, 0o755);
    const { code, stderr } = await homes.run(home, "up", "--codex", slow, "--timeout", "3");
    expect(code).toBe(10);
    const pid = livingHolder(home)?.pid;
    expect(stderr).toContain(`Process ${pid} holds ${home}`);
    const status = await homes.run(home, "status", "--json");
    expect(JSON.parse(status.stdout)).toEqual({ running: false, starting: true, home, pid });
    const stopped = await homes.run(home, "down", "--json");
    expect(JSON.parse(stopped.stdout)).toMatchObject({ stopped: true, killed: false, pid });
  }, 40_000);
});

describe("signalbox status", () => {
  test("says what the hub has in hand, for people and as JSON, and how to start one where none runs", async () => {
    const home = homes.fresh();
    const none = await homes.run(home, "status");
    expect(none.code).toBe(9);
    expect(none.stdout).toContain("signalbox up");
    const { url, pid } = await homes.up(home);
    const { code, stdout } = await homes.run(home, "status", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      running: true,
      ready: true,
      home,
      url,
      pid,
      runtime: { ready: true, version: expect.stringMatching(/^\d/) },
      journal: { writable: true, bytes: expect.any(Number) },
      sessions: { total: 0 },
      questions: { waiting: 0, toolCalls: 0 },
      messages: { queued: 0, held: 0, ambiguous: 0 },
      triggers: { total: 0, enabled: 0 },
      notices: { pending: 0 },
    });
    const text = (await homes.run(home, "status")).stdout;
    expect(text).toMatch(new RegExp(`ready at ${url}\n.*${pid}, up .*${home}`, "s"));
    for (const noun of ["sessions", "questions", "messages", "triggers", "notices"]) {
      expect(text).toMatch(new RegExp(`^${noun} +none$`, "m"));
    }
    const made = ["create", "--title", "Looked after"];
    const schedule = ["--when.type", "cron", "--when.expression", "0 8 * * *"];
    const question = ["--action.type", "send", "--action.text", "What is open?"];
    const trigger = ["trigger", "add", "Looked after", "Report", ...schedule, ...question];
    for (const words of [made, trigger]) expect((await homes.run(home, ...words)).code).toBe(0);
    const later = (await homes.run(home, "status")).stdout;
    expect(later).toMatch(/^sessions +1 idle$/m);
    expect(later).toMatch(/^triggers +1 enabled$/m);
  }, 40_000);
});
