/** The examples are whole programs: each runs, on the real codex over a scripted model. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createCodexHome, startScriptedModel, text } from "@signalbox/testing";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

test("two-turns runs two turns at once and prints both as they are written", async () => {
  await using model = await startScriptedModel();
  await using home = await createCodexHome({ model });
  model.when("README").turn(text(["It is about ", "signals."]));
  model.when("haiku").turn(text(["Red lamp ", "in the rain"]));
  const { stdout } = await run(process.execPath, [join(root, "scripts/example.ts"), "two-turns"], {
    cwd: home.workspace,
    env: { ...home.env, NODE_OPTIONS: "--conditions=@signalbox/source" },
  });
  for (const line of [
    "[readme] signals.",
    "[haiku] Red lamp ",
    "[readme] completed, 15 tokens",
    "[haiku] completed, 15 tokens",
  ]) {
    expect(stdout.split("\n")).toContain(line);
  }
});

test("the README shows the examples as they are", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const shown = [...readme.matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)];
  expect(shown.length).toBeGreaterThan(0);
  for (const [, file = "", code] of shown)
    expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

test("every example has a test here", () => {
  expect(readdirSync(join(root, "examples"))).toEqual(["two-turns.ts"]);
});
