/** Where a start leaves what it compiled. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCommand } from "../fixtures/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing is set but what is given. */
const help = (env: Readonly<Record<string, string | undefined>>) =>
  runCommand(["--help"], {
    env: {
      NODE_COMPILE_CACHE: undefined,
      NODE_DISABLE_COMPILE_CACHE: undefined,
      XDG_CACHE_HOME: undefined,
      HOME: join(folder, "home"),
      ...env,
    },
  });
const place = (...names: readonly string[]) => join(folder, ...names);

test.each([
  ["the user's cache folder", { XDG_CACHE_HOME: place("xdg") }, place("xdg/signalbox/compiled")],
  ["their home where there is none", {}, place("home/.cache/signalbox/compiled")],
  [
    "their home where it is no whole path",
    { XDG_CACHE_HOME: "caches", HOME: place("other") },
    place("other/.cache/signalbox/compiled"),
  ],
  ["the folder that Node is told", { NODE_COMPILE_CACHE: place("told") }, place("told")],
])("what was compiled is kept in %s", async (_, env, where) => {
  expect(await help(env)).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(where)).toBe(true);
  expect(existsSync("caches")).toBe(false);
});

test("nothing is kept where Node is told so, or where it can't be, and nobody hears of it", async () => {
  const disabled = { XDG_CACHE_HOME: place("off"), NODE_DISABLE_COMPILE_CACHE: "1" };
  expect(await help(disabled)).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(place("off"))).toBe(false);
  writeFileSync(place("file"), "");
  const impossible = await help({ XDG_CACHE_HOME: place("file") });
  expect(impossible).toMatchObject({ code: 0, stderr: "" });
  expect(impossible.stdout).toContain("A control plane for Codex agents");
});
