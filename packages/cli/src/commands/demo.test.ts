import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCommand, runCommand } from "../../fixtures/run-command.ts";

let env: { readonly TMPDIR: string };

beforeAll(() => {
  env = { TMPDIR: mkdtempSync(join(tmpdir(), "signalbox-demos-")) };
});
afterAll(() => rmSync(env.TMPDIR, { recursive: true }));

const leftovers = () => readdirSync(env.TMPDIR);

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

  test("passes on why the hub did not start", async () => {
    const { code, stderr } = await runCommand(["demo", "--codex", "/nowhere/codex"], { env });
    expect(code).toBe(9);
    expect(stderr).toMatch(/^signalbox: No codex binary at \/nowhere\/codex/);
  });
});
