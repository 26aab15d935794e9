import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { findCodex, readCodexVersion } from "./codex-binary.ts";

const wrapper = createRequire(import.meta.url).resolve("@openai/codex/bin/codex.js");

async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-codex-binary-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function newExecutable(path: string, script = "exit 0"): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("findCodex", () => {
  test("follows the npm wrapper to the native binary of this platform, with its tools beside it", () => {
    const found = findCodex(wrapper);
    expect(found.path).not.toMatch(/\.js$/);
    expect(found.path).toContain(`${process.platform === "win32" ? "codex.exe" : "codex"}`);
    expect(found.toolsDir).toBe(join(dirname(found.path), "..", "codex-path"));
  });

  test("finds the installed package without a path, before anything on PATH", async () => {
    const folder = await newFolder();
    await newExecutable(join(folder, "codex"));
    expect(findCodex(undefined, { PATH: folder }).path).toBe(findCodex(wrapper).path);
  });

  test("takes an executable as it is, also through a link, and knows no tools where there are none", async () => {
    const folder = await newFolder();
    const path = await newExecutable(join(folder, "real", "codex"));
    await symlink(path, join(folder, "codex"));
    expect(findCodex(join(folder, "codex"))).toEqual({ path, toolsDir: undefined });
  });

  test("finds the tools of a native binary that is given itself", async () => {
    const folder = await newFolder();
    const path = await newExecutable(join(folder, "bin", "codex"));
    await mkdir(join(folder, "codex-path"));
    expect(findCodex(path).toolsDir).toBe(join(folder, "codex-path"));
  });

  test("finds the binary that an older wrapper carries itself, and none in a wrapper that carries none", async () => {
    const folder = await newFolder();
    const old = join(folder, "bin", "codex.js");
    await mkdir(dirname(old));
    await writeFile(old, "");
    expect(() => findCodex(old)).toThrow(expect.objectContaining({ code: "codex_not_found" }));
    const native = findCodex(wrapper).path;
    const triple = dirname(dirname(native)).split(/[\\/]/).at(-1) ?? "";
    const path = await newExecutable(join(folder, "vendor", triple, "bin", "codex"));
    expect(findCodex(old).path).toBe(path);
  });

  test.each([
    ["nothing", async () => {}],
    ["a folder", (path: string) => mkdir(path)],
    ["a file that may not be run", (path: string) => writeFile(path, "", { mode: 0o644 })],
    ["a link to nothing", (path: string) => symlink("/nowhere/at/all", path)],
  ])("refuses %s, naming where it looked and what to do", async (_, make) => {
    const path = join(await newFolder(), "codex");
    await make(path);
    expect(() => findCodex(path)).toThrow(
      expect.objectContaining({
        code: "codex_not_found",
        category: "setup",
        message: expect.stringMatching(new RegExp(`${path}.*npm install @openai/codex`)),
        details: { looked: [path] },
      }),
    );
  });

  test("where no package is installed, looks on PATH, passes over what can't be run, and names every place", async () => {
    const folder = await newFolder();
    for (const file of ["errors.ts", "transport/codex-binary.ts"])
      await cp(join(import.meta.dirname, "..", file), join(folder, "src", file));
    const path = await newExecutable(join(folder, "b", "codex"));
    await mkdir(join(folder, "a", "codex"), { recursive: true });
    const module = pathToFileURL(join(folder, "src", "transport", "codex-binary.ts")).href;
    const program = `
      const { findCodex } = await import(${JSON.stringify(module)});
      const found = (PATH) => { try { return findCodex(undefined, { PATH }).path } catch (error) { return error } };
      const missing = found(${JSON.stringify(join(folder, "a"))});
      console.log(JSON.stringify([found(${JSON.stringify(["", join(folder, "a"), join(folder, "b")].join(delimiter))}), missing.code, missing.message]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], {
      cwd: folder,
    });
    const [found, code, message] = JSON.parse(stdout);
    expect([found, code]).toEqual([path, "codex_not_found"]);
    expect(message).toContain(join(folder, "a", "codex"));
  });
});

describe("readCodexVersion", () => {
  test("gives the version the real binary prints", async () => {
    expect(await readCodexVersion(findCodex(wrapper).path)).toBe("0.169.0");
  });

  test.each([
    ["echo codex-cli 0.170.0-alpha.3", "0.170.0-alpha.3"],
    ["printf '\\033[1mcodex-cli 1.2.3\\033[0m\\n'", "1.2.3"],
    ["echo no version here", undefined],
    ["echo 1.2.3; exit 1", undefined],
  ])("gives for %j %s", async (script, version) => {
    const path = await newExecutable(join(await newFolder(), "codex"), script);
    expect(await readCodexVersion(path)).toBe(version);
  });

  test("gives undefined where nothing can be run", async () => {
    expect(await readCodexVersion("/nowhere/codex")).toBeUndefined();
  });
});
