/** The examples are whole programs: each runs, on the real codex over a scripted model. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { operations } from "@signalbox/contract";
import {
  createCodexHome,
  functionCall,
  gate,
  mcpToolCall,
  startScriptedModel,
  text,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, createHubWorld, StreamClient } from "../packages/hub/fixtures/hub-world.ts";
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

test("agent-drives-sessions has an agent begin a session, ask it, hear its answer, and take nothing away", async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), "signalbox-agent-"));
  const home = join(dir.path, "hub");
  const signalbox = {
    command: process.execPath,
    args: [join(root, "packages/cli/bin/signalbox.js"), "mcp", "--home", home],
    startup_timeout_sec: 120,
    tool_timeout_sec: 120,
  };
  await using world = await createHubWorld({
    hub: { home },
    codex: { mcpServers: { signalbox } },
  });
  const { model, hub } = world;
  const tool = (name: string, input: object) =>
    mcpToolCall("signalbox", `signalbox_${name}`, input);
  const sessionId = "@helper";
  model
    .when("You lead a helper")
    .turn(
      tool("sessions_write", { op: "sessions.create", title: "Helper", handle: sessionId }),
      tool("turns_write", { op: "sessions.send_message", sessionId, text: "How can it fail?" }),
      [gate("answered"), tool("turns_read", { op: "sessions.transcript.list", sessionId })],
      tool("sessions_destroy", { op: "sessions.delete", sessionId }),
      text("It said: in three ways."),
    );
  model.when("How can it fail?").turn(text("In three ways."));
  using stream = await StreamClient.open(hub, {});
  const running = run(
    process.execPath,
    [join(root, "scripts/example.ts"), "agent-drives-sessions"],
    {
      env: {
        ...process.env,
        SIGNALBOX_URL: hub.url,
        SIGNALBOX_TOKEN: hub.token,
        NODE_OPTIONS: "--conditions=@signalbox/source",
      },
    },
  );
  await stream.event("app_server.turn.completed");
  model.gate("answered").release();
  expect((await running).stdout.trim().split("\n")).toEqual([
    "[lead] completed: It said: in three ways.",
    "[audit] the lead: sessions.create (ok)",
    "[audit] the lead: sessions.send_message (ok)",
  ]);
  // What the agent was given back: the helper's answer, and that the rest was not allowed.
  const last = model.requests.findLast(({ lastUserText }) => lastUserText.includes("You lead"));
  const outputs = [...last!.toolOutputs.values()].map((output) => JSON.stringify(output));
  expect(outputs).toHaveLength(4);
  expect(outputs[2]).toContain("In three ways.");
  expect(outputs[3]).toContain("user rejected MCP tool call");
  const { data } = await call(hub, operations["sessions.list"], {});
  expect(data.map(({ handle }) => handle)).toContain(sessionId);
}, 180_000);

test("the README shows the examples as they are", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const shown = [...readme.matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)];
  expect(shown.length).toBeGreaterThan(0);
  for (const [, file = "", code] of shown)
    expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

test("every example has a test, here or in seed-examples.test.ts", () => {
  expect(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"))).toEqual([
    "agent-drives-sessions.ts",
    "hooks.ts",
    "listen-sync.ts",
    "listen.ts",
    "middleware.ts",
    "team.ts",
    "tool-bridge.ts",
    "two-turns.ts",
  ]);
});
