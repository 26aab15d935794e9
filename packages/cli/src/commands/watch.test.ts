import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execCommand, functionCall, requestUserInput, text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCommand, runCommand } from "../../fixtures/run-command.ts";
import { Terminal } from "../../fixtures/terminal.ts";
import { createWatchedWorld, type WatchedWorld } from "../../fixtures/watched-world.ts";

let world: WatchedWorld;
beforeAll(async () => {
  world = await createWatchedWorld();
}, 40_000);
afterAll(() => world[Symbol.asyncDispose]());

async function newSession(handle: string): Promise<string> {
  const { session } = await world.box.sessions.create({ approvalPolicy: "on-request" });
  const { sessionId } = session;
  await world.box.sessions.rename({ sessionId, handle });
  return sessionId;
}

describe("signalbox watch on a terminal", () => {
  test("shows sessions live, answers an approval of codex from the keyboard, and leaves the terminal as it was", async () => {
    const sessionId = await newSession("@builder");
    const file = join(world.homes.folder, "touched");
    world.model.turn(execCommand({ cmd: `touch ${file}`, escalate: true }), text("Touched it."));
    await using terminal = Terminal.signalbox(["watch"], { env: world.env });
    await terminal.see(/@builder +rests/);
    await world.box.sessions.sendMessage({ sessionId, text: "touch it" });
    await terminal.see(/@builder +asks.*touch .*touched.*a accept {3}.*q quit/s);
    expect(existsSync(file)).toBe(false);
    terminal.type("a");
    await terminal.see(/@builder +rests .*done {2}Touched it\./);
    expect(existsSync(file)).toBe(true);
    const { data } = await world.box.audit.list({ sessionId, operation: "requests.respond" });
    expect(data).toMatchObject([{ surface: "cli", outcome: "ok" }]);
    terminal.type("q");
    expect(await terminal.ended()).toBe(0);
    // The other screen was left, the cursor is there, and keys are echoed again.
    for (const [on, off] of [
      ["\u001b[?1049h", "\u001b[?1049l"],
      ["\u001b[?25l", "\u001b[?25h"],
    ] as const) {
      expect(terminal.raw).toContain(on);
      expect(terminal.raw.lastIndexOf(off)).toBeGreaterThan(terminal.raw.lastIndexOf(on));
    }
    expect(terminal.raw).toMatch(/[^-]icanon.*[^-]echo /s);
  }, 60_000);

  test("answers codex's own questions by number and by text, and a tool call by text", async () => {
    const { session } = await world.box.sessions.create({
      approvalPolicy: "on-request",
      dynamicTools: [
        { name: "lookup", description: "Look up", inputSchema: { type: "object", properties: {} } },
      ],
    });
    const { sessionId } = session;
    await world.box.sessions.rename({ sessionId, handle: "@asker" });
    const option = (label: string) => ({ label, description: "-" });
    const question = (id: string, text: string) => ({
      id,
      header: id,
      question: text,
      options: [option("red"), option("blue")],
    });
    const questions = [question("colour", "Which colour?"), question("why", "Why that?")];
    world.model.turn(requestUserInput(questions), functionCall("lookup", {}), text("I see."));
    await using terminal = Terminal.signalbox(["watch", "@asker"], { env: world.env });
    await terminal.see(/@asker +rests/);
    await world.box.sessions.sendMessage({ sessionId, text: "ask me" });
    await terminal.see(/Which colour\?.*1 red.*2 blue/s);
    terminal.type("2");
    await terminal.see(/Why that\?.*2\/2/s);
    terminal.type("habit, mostyl\u007f\u007fly\r");
    await terminal.see(/What lookup gives.*t type an answer/s);
    terminal.type("tit is sunny\r");
    await terminal.see(/done {2}I see\./);
    terminal.type("q");
    expect(await terminal.ended()).toBe(0);
    const outputs = JSON.stringify(world.model.requests.at(-1)?.input);
    expect(outputs).toMatch(/blue.*habit, mostly.*it is sunny/s);
  }, 60_000);

  test("draws itself anew when the terminal's size changes", async () => {
    await newSession("@resized");
    await using terminal = Terminal.signalbox(["watch", "@resized"], {
      env: world.env,
      columns: 70,
    });
    await terminal.see("1 session, 0 working");
    const before = terminal.raw.length;
    terminal.resize(10, 40);
    await terminal.see(/@resized/);
    const after = stripVTControlCharacters(terminal.raw.slice(before));
    expect(Math.max(...after.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(40);
    terminal.type("q");
    expect(await terminal.ended()).toBe(0);
  }, 60_000);

  test("watches only the sessions it is told, and ends at ctrl-c", async () => {
    await newSession("@seen");
    await newSession("@unseen");
    await using terminal = Terminal.signalbox(["watch", "@seen"], { env: world.env });
    await terminal.see(/1 session,.*@seen/s);
    expect(terminal.raw).not.toContain("@unseen");
    terminal.type("\u0003");
    expect(await terminal.ended()).toBe(0);
  }, 60_000);

  test("says that no hub runs, and which session there is none of", async () => {
    const none = await runCommand(["watch", "--home", world.homes.fresh()], { env: world.env });
    expect(none.code).toBe(9);
    expect(none.stderr).toContain("signalbox up");
    const unknown = await runCommand(["watch", "@nobody"], { env: world.env });
    expect(unknown.code).toBe(4);
    expect(unknown.stderr).toContain("@nobody");
  }, 40_000);
});

describe("signalbox watch in a pipe", () => {
  test("knows a session it is told by its handle, however many were used since", async () => {
    const sessionId = await newSession("@old");
    const { journal } = await world.box.system.health({});
    world.model.turn(text("Still here."));
    const { turnId } = await world.box.sessions.sendMessage({ sessionId, text: "Are you?" });
    await world.box.wait.turn({ sessionId, turnId });
    for (let n = 0; n < 200; n += 1) await world.box.sessions.create({});
    const args = ["watch", "@old", "--after", `${journal.epoch}:${journal.head}`];
    await using command = new RunningCommand(args, { env: world.env });
    let line = "";
    while (!line.includes("turn started")) line = await command.line();
    expect(line).toContain("  @old  ");
  }, 60_000);

  test("writes what happens as lines until it is interrupted", async () => {
    const sessionId = await newSession("@piped");
    world.model.turn(text("One line\nand another."));
    const from = await world.box.system.health({});
    const after = `${from.journal.epoch}:${from.journal.head}`;
    await using command = new RunningCommand(["watch", "@piped", "--after", after], {
      env: world.env,
    });
    await world.box.sessions.sendMessage({ sessionId, text: "say something" });
    const lines: string[] = [];
    while (!lines.at(-1)?.endsWith("turn completed")) lines.push(await command.line());
    const said = lines.map((line) => /^\d\d:\d\d:\d\d {2}@piped {2}(.*)$/.exec(line)?.[1]);
    expect(said).not.toContain(undefined);
    expect(said).toEqual(
      expect.arrayContaining([
        "turn started",
        "is told: say something",
        "says: One line and another.",
        "turn completed",
      ]),
    );
    command.child.kill("SIGINT");
    expect(await command.ended()).toBe(0);
  }, 40_000);

  test("writes whole events as JSON, each with the cursor that goes on after it", async () => {
    const sessionId = await newSession("@json");
    world.model.turn(text("Yes."));
    const { journal } = await world.box.system.health({});
    const watchAfter = (cursor: string) =>
      new RunningCommand(["watch", "--json", "--after", cursor], { env: world.env });
    await using command = watchAfter(`${journal.epoch}:${journal.head}`);
    await world.box.sessions.sendMessage({ sessionId, text: "go" });
    const events: { type: string; seq: number; cursor: string }[] = [];
    while (events.at(-1)?.type !== "app_server.turn.completed") {
      events.push(JSON.parse(await command.line()));
    }
    expect(events[0]?.seq).toBe(journal.head + 1);
    const middle = events[Math.floor(events.length / 2)]!;
    await using second = watchAfter(middle.cursor);
    expect(JSON.parse(await second.line())).toEqual(events[events.indexOf(middle) + 1]);
  }, 40_000);

  test("refuses a cursor that is none", async () => {
    const { code, stderr } = await runCommand(["watch", "--json", "--after", "soon"], {
      env: world.env,
    });
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "invalid_cursor" } });
  }, 40_000);
});
