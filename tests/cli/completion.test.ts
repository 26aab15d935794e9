/** What a shell offers as somebody types, and the command in a real shell. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { exampleIds, operations } from "@signalbox/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runMain } from "../../packages/cli/fixtures/captured-shell.ts";
import { CommandWorld } from "./world.ts";

const bin = fileURLToPath(new URL("../../packages/cli/bin/signalbox.js", import.meta.url));

let world: CommandWorld;
let folder: string;
let sessionId: string;
beforeAll(async () => {
  world = await CommandWorld.start();
  folder = await mkdtemp(join(tmpdir(), "signalbox-bin-"));
  await symlink(bin, join(folder, "signalbox"));
  const input = { handle: "@reviewer", title: "Reviews" };
  ({ sessionId } = (await world.call(operations["sessions.create"], input)).session);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The words offered for the last one, without what they are. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await world.run(["complete", "--", ...words]);
  expect([code, err]).toEqual([0, ""]);
  return out.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("completion offers", () => {
  test("commands, and those below a command", async () => {
    expect(await offered("arc")).toEqual(["archive"]);
    expect(await offered("")).toEqual(expect.arrayContaining(["serve", "send", "queue", "help"]));
    expect(await offered("")).not.toContain("complete");
    expect(await offered("queue", "c")).toEqual(["cancel", "clear"]);
  });

  test("options, and the choices of one", async () => {
    expect(await offered("send", "@reviewer", "--st")).toEqual(["--sticky", "--start", "--steer"]);
    expect(await offered("create", "--approval-policy", "")).toEqual([
      "untrusted",
      "on-request",
      "never",
    ]);
    expect(await offered("serve", "--ho")).toEqual(["--host", "--home"]);
    expect(await offered("approval", "decide", "req", "")).toEqual(["accept", "decline", "cancel"]);
  });

  test("handles of sessions, also where an option stands before", async () => {
    expect(await offered("get", "@r")).toEqual(["@reviewer"]);
    expect(await offered("send", "--mode", "queue", "@r")).toEqual(["@reviewer"]);
    expect(await offered("send", "--actor", "ann", "--queue", "@r")).toEqual(["@reviewer"]);
    expect(await offered("log", "--session", "@")).toEqual(["@reviewer"]);
  });

  test("nothing, and says nothing, where there is no hub", async () => {
    const env = { SIGNALBOX_URL: "http://127.0.0.1:1", SIGNALBOX_TOKEN: "t" };
    expect(await runMain(["complete", "--", "get", "@"], { env })).toEqual({
      code: 0,
      out: "",
      err: "",
    });
  });

  test("what it is beside each word", async () => {
    const { out } = await world.run(["complete", "--", "get", "@r"]);
    expect(out).toBe("@reviewer\tReviews\n");
  });
});

describe("in a shell", () => {
  /** Runs a script in bash, where `signalbox` is the command. */
  async function bash(script: string) {
    const env = {
      ...process.env,
      ...world.env,
      PATH: [folder, process.env.PATH].join(delimiter),
    };
    return promisify(execFile)("bash", ["--norc", "-c", script], { env });
  }

  test("bash completes with what signalbox completion prints", async () => {
    const { stdout, stderr } = await bash(`
      source <(signalbox completion bash)
      COMP_WORDS=(signalbox get @rev) COMP_CWORD=2
      _signalbox
      printf '%s\\n' "\${COMPREPLY[@]}" "\${COMP_WORDBREAKS//[^@:]/}"
      complete -p signalbox
    `);
    expect(stderr).toBe("");
    expect(stdout).toBe("@reviewer\n\ncomplete -o default -F _signalbox signalbox\n");
  });

  test("a text comes from a pipe, and a reader that stops early is no failure", async () => {
    const { stdout } = await bash(`
      set -o pipefail
      printf 'Named\\nby a pipe' | signalbox rename @reviewer - --json
    `);
    expect(JSON.parse(stdout)).toMatchObject({ session: { sessionId, title: "Named\nby a pipe" } });
    // More than a pipe holds, so that it is cut while the command writes.
    const head = await bash("set -o pipefail; signalbox system openapi --json | head -c 1");
    expect(head).toMatchObject({ stdout: "{", stderr: "" });
  });

  test("exit codes are those of the errors' categories", async () => {
    const script = `signalbox get ${exampleIds.unknownSessionId} 2>/dev/null; echo $?`;
    expect((await bash(script)).stdout).toBe("4\n");
  });
});

test("a shell that is not known is refused, naming those that are", async () => {
  const { code, err } = await runMain(["completion", "tcsh"]);
  expect([code, err]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
});
