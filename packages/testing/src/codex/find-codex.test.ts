import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CODEX_VERSION } from "@signalbox/protocol";
import { expect, test } from "vitest";
import { findCodex } from "./find-codex.ts";

test("the installed binary is the native one, of the version this package is made for", async () => {
  const { stdout } = await promisify(execFile)(findCodex(), ["--version"]);
  expect(stdout).toBe(`codex-cli ${CODEX_VERSION}\n`);
});

test("where it is not installed, the error says what to install", () => {
  const from = join(tmpdir(), "nothing-here.js");
  expect(() => findCodex({ from })).toThrow(
    expect.objectContaining({
      code: "codex_not_found",
      message: expect.stringMatching(/cannot be resolved.*npm install --save-dev @openai\/codex/s),
    }),
  );
});

test("where it does not exist, the error says for what it does", () => {
  expect(() => findCodex({ platform: "plan9", arch: "vax" })).toThrow(
    expect.objectContaining({
      code: "codex_not_found",
      message: expect.stringMatching(/plan9-vax.*linux-x64/),
    }),
  );
});

test("where the package is there without its binary, the error names the file", async () => {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-find-"));
  const home = join(dir, "node_modules", "@openai", "codex-linux-x64");
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "package.json"), "{}");
  const from = join(dir, "test.js");
  try {
    expect(() => findCodex({ from, platform: "linux", arch: "x64" })).toThrow(
      expect.objectContaining({
        code: "codex_not_found",
        message: expect.stringMatching(/vendor.*codex does not exist/),
      }),
    );
  } finally {
    await rm(dir, { recursive: true });
  }
});
