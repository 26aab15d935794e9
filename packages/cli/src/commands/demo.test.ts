import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deltas,
  execCommand,
  functionCall,
  type Reply,
  startScriptedModel,
  text,
  writeCodexHome,
} from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCommand, runCommand } from "../../fixtures/run-command.ts";
import { demoCommand } from "../demo/script.ts";

let env: { readonly TMPDIR: string };

beforeAll(() => {
  env = { TMPDIR: mkdtempSync(join(tmpdir(), "signalbox-demos-")) };
});
afterAll(() => rmSync(env.TMPDIR, { recursive: true, maxRetries: 20, retryDelay: 200 }));

// Codex leaves a file of its own in the temporary folder.
const leftovers = () =>
  readdirSync(env.TMPDIR).filter((name) => name !== "apart" && !name.startsWith("codex-"));

const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );

describe("signalbox demo", () => {
  test("runs the whole of it on the real codex, misses and doubles nothing, and leaves nothing behind", async () => {
    const { code, stdout, stderr } = await runCommand(["demo"], { env });
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^\d{3} events seen, 0 missed, 0 doubled$/);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /uppercase\("signalbox"\) is SIGNALBOX.*accept .*wire .*cut at delta 80.*stream lost.*connected again/s,
    );
    // No colours where stdout is no terminal.
    expect(stdout).not.toContain("\u001b[");
    expect(leftovers()).toEqual([]);
  }, 40_000);

  test("says it as JSON lines too, and stops cleanly when interrupted", async () => {
    await using command = new RunningCommand(["demo", "--json"], { env });
    let line: { actor?: string; text?: string; url?: string } = {};
    while (line.url === undefined) line = JSON.parse(await command.line());
    command.child.kill("SIGINT");
    expect(await command.ended()).toBe(130);
    await expect(fetch(`${line.url}/healthz`)).rejects.toThrow();
    expect(leftovers()).toEqual([]);
  }, 40_000);

  test("takes its hub with it when it is killed", async () => {
    // A folder apart: nobody is left to clear it when this ends.
    const apart = join(env.TMPDIR, "apart");
    mkdirSync(apart);
    await using command = new RunningCommand(["demo", "--json"], { env: { TMPDIR: apart } });
    let line: { url?: string } = {};
    while (line.url === undefined) line = JSON.parse(await command.line());
    command.child.kill("SIGKILL");
    // The test's timeout bounds this: a hub that stays fails it.
    while (await isUp(line.url));
  }, 20_000);

  describe("with --real", () => {
    /** A model that stands for the real one, and the codex home of a user who has it configured. */
    async function demoWith(...replies: Reply[]) {
      const home = join(env.TMPDIR, "own");
      await using model = await startScriptedModel();
      model.turn(...replies);
      const own = await writeCodexHome(home, { model });
      const run = await runCommand(["demo", "--real"], { env: { ...own, ...env } });
      await rm(home, { recursive: true });
      return { ...run, prompt: model.requests[0]?.lastUserText };
    }

    test("uses the user's own codex home and asks the model in words", async () => {
      const { code, stdout, prompt } = await demoWith(
        functionCall("uppercase", { text: "signalbox" }),
        execCommand({ cmd: demoCommand }),
        text(deltas(120)),
      );
      expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
        /^\d{3} events seen, 0 missed, 0 doubled$/,
      );
      expect(code).toBe(0);
      expect(prompt).toContain("uppercase");
      expect(leftovers()).toEqual([]);
    }, 40_000);

    test("lets no command run but its own", async () => {
      const forbidden = join(env.TMPDIR, "forbidden");
      const { stdout } = await demoWith(
        execCommand({ cmd: `touch ${forbidden}`, escalate: true }),
        text(deltas(120)),
      );
      expect(stdout).toMatch(/decline \/bin\/bash -lc .*touch/);
      expect(leftovers()).toEqual([]);
    }, 40_000);

    test("says what did not happen, and ends with 1", async () => {
      const { code, stdout } = await demoWith(text(deltas(120)));
      expect(stdout).toMatch(/wrong: the skill ran 0 times.*wrong: 0 commands were approved/s);
      expect(stdout).not.toContain("wrong: the wire");
      expect(code).toBe(1);
    }, 40_000);
  });

  test("passes on why the hub did not start", async () => {
    const { code, stderr } = await runCommand(["demo", "--codex", "/nowhere/codex"], { env });
    expect(code).toBe(9);
    expect(stderr).toMatch(/^signalbox: No codex binary at \/nowhere\/codex/);
  });
});
