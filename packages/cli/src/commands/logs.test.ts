import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rotateLog } from "@signalbox/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubHomes } from "../../fixtures/hub-homes.ts";
import { RunningCommand } from "../../fixtures/run-command.ts";

let homes: HubHomes;
beforeAll(async () => {
  homes = await HubHomes.make();
});
afterAll(() => homes[Symbol.asyncDispose]());

const entry = (level: number, msg: string) => JSON.stringify({ level, msg });

describe("signalbox logs", () => {
  test("gives the last lines of a hub in the background, as they are in the file where it is piped, and no secret", async () => {
    const home = homes.fresh();
    await homes.up(home);
    const { code, stdout } = await homes.run(home, "logs");
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(home, "hub.log"), "utf8"));
    expect(JSON.parse(stdout.split("\n")[0]!)).toMatchObject({ msg: "The hub listens" });
    expect(stdout).not.toContain(readFileSync(join(home, "token"), "utf8").trim());
  }, 40_000);

  test("keeps to the number of lines and the level asked for, over both parts of the log", async () => {
    const home = homes.fresh();
    mkdirSync(home);
    writeFileSync(join(home, "hub.log.1"), `${entry(50, "a")}\n${entry(30, "b")}\n`);
    writeFileSync(join(home, "hub.log"), `${entry(40, "c")}\n${entry(20, "d")}\n`);
    const messages = async (...args: string[]) =>
      (await homes.run(home, "logs", ...args)).stdout.match(/(?<="msg":")./g) ?? [];
    expect(await messages()).toEqual(["a", "b", "c", "d"]);
    expect(await messages("-n", "3")).toEqual(["b", "c", "d"]);
    expect(await messages("-n", "0")).toEqual([]);
    expect(await messages("--level", "warn", "-n", "2")).toEqual(["a", "c"]);
    expect((await homes.run(home, "logs", "--level", "loud")).code).toBe(2);
    expect((await homes.run(home, "logs", "-n", "-1")).code).toBe(2);
  }, 40_000);

  test("follows what comes, also when the log is put aside, until it is interrupted", async () => {
    const home = homes.fresh();
    const path = join(home, "hub.log");
    await using command = new RunningCommand(["logs", "-f", "--home", home], { env: homes.env });
    mkdirSync(home, { recursive: true });
    appendFileSync(path, "one\n");
    expect(await command.line()).toBe("one");
    appendFileSync(path, "two\n");
    rotateLog(path, 1);
    appendFileSync(path, "three\n");
    expect([await command.line(), await command.line()]).toEqual(["two", "three"]);
    command.child.kill("SIGINT");
    expect(await command.ended()).toBe(0);
    expect(command.stdout).toBe("one\ntwo\nthree\n");
  }, 40_000);

  test("says where a log would be when there is none", async () => {
    const home = homes.fresh();
    const { code, stderr } = await homes.run(home, "logs");
    expect(code).toBe(4);
    expect(stderr).toContain(join(home, "hub.log"));
    await using hub = new RunningCommand(["serve", "--port", "0", "--home", home], {
      env: homes.env,
    });
    await hub.line();
    expect((await homes.run(home, "logs")).stderr).toContain("started in the foreground");
  }, 40_000);
});
