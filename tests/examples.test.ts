/** The examples are whole programs: each runs, on the real codex over a scripted model. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createCodexHome, functionCall, startScriptedModel, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { World } from "./sdk/world.ts";

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

test("team hands work from session to session until the reviewer is done", async () => {
  await using world = await World.start();
  const { model } = world;
  const call = (name: string, args: object = {}) => functionCall(`team_${name}`, args);
  model
    .when("You are the developer")
    .turn(
      call("pull_work"),
      call("publish_artifact", { kind: "code", summary: "isLeapYear" }),
      call("queue_work", { owner: "docs", task: "Explain isLeapYear" }),
      call("mark_done", { note: "written" }),
      text("Written."),
    );
  model
    .when("You are the docs")
    .turn(
      call("pull_work"),
      call("queue_work", { owner: "developer", task: "Explain it yourself" }),
      call("queue_work", { owner: "nobody", task: "Look at it" }),
      call("queue_work", { owner: "reviewer", task: "Look at isLeapYear" }),
      text("Explained."),
    );
  model
    .when("You are the reviewer")
    .turn(
      call("pull_work"),
      call("read_board"),
      call("mark_done", { note: "good" }),
      text("Good."),
    );
  const { stdout } = await run(process.execPath, [join(root, "scripts/example.ts"), "team"], {
    env: {
      ...process.env,
      SIGNALBOX_URL: world.url,
      SIGNALBOX_TOKEN: world.token,
      NODE_OPTIONS: "--conditions=@signalbox/source",
    },
  });
  expect(stdout.trim().split("\n")).toEqual([
    "[reviewer] to developer: Write a function that says whether a year is a leap year.",
    "round 1: developer",
    "[developer] code: isLeapYear",
    "[developer] to docs: Explain isLeapYear",
    "[developer] done: written",
    "[developer] turn completed",
    "round 2: docs",
    "[docs] to reviewer: Look at isLeapYear",
    "[docs] turn completed",
    "round 3: reviewer",
    "[reviewer] done: good",
    "[reviewer] turn completed",
    "The team is done.",
  ]);
  const outputs = JSON.stringify(
    model.requests.map((request) => [...request.toolOutputs.values()]),
  );
  for (const told of ["Write a function", "developer is done", "invalid_arguments", "isLeapYear"]) {
    expect(outputs).toContain(told);
  }
}, 60_000);

test("the README shows the examples as they are", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const shown = [...readme.matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)];
  expect(shown.length).toBeGreaterThan(0);
  for (const [, file = "", code] of shown)
    expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

test("every example has a test, here or in seed-examples.test.ts", () => {
  expect(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"))).toEqual([
    "hooks.ts",
    "listen-sync.ts",
    "listen.ts",
    "middleware.ts",
    "team.ts",
    "tool-bridge.ts",
    "two-turns.ts",
  ]);
});
