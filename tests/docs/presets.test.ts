/** The files and commands of the guide to presets do what it says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configurableFields, instructionsLimit } from "@signalbox/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { World } from "../sdk/world.ts";
import { blocksIn, readGuide } from "./guide.ts";

const guide = readGuide("presets");
const [config = "", trust = ""] = blocksIn(guide, "toml");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-guide-"));
  mkdirSync(join(folder, ".signalbox"));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("its file is read, and a plan names the lines", async () => {
  await using world = await World.start();
  writeFileSync(join(folder, ".signalbox", "config.toml"), config);
  writeFileSync(join(folder, "checklist.md"), "Tests, names, limits.");
  await using box = world.connect();
  const plan = await box.sessions.plan({
    folder,
    presets: ["reviewer", "thorough"],
    title: "Look at the parser",
  });
  const file = join(folder, ".signalbox", "config.toml");
  expect(plan).toMatchObject({
    title: `[${folder.split("/").at(-1)}] Look at the parser`,
    files: [file],
  });
  expect(plan.fields).toContainEqual({
    field: "developerInstructions",
    value: "Tests, names, limits.",
    from: `${file}:15`,
  });
  expect(plan.fields).toContainEqual({ field: "effort", value: "high", from: `${file}:14` });
});

test("its list of keys is whole, and the key for trust is the one there is", () => {
  for (const field of Object.keys(configurableFields)) expect(guide).toContain(`\`${field}\``);
  expect(guide).toContain(`one of instructions ${instructionsLimit.toLocaleString("en")} bytes`);
  expect(trust).toMatch(/^trust = \[/);
});
