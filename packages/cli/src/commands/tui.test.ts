import { text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../fixtures/run-command.ts";
import { Terminal } from "../../fixtures/terminal.ts";
import { createWatchedWorld, type WatchedWorld } from "../../fixtures/watched-world.ts";

describe("signalbox tui", () => {
  let world: WatchedWorld;
  beforeAll(async () => {
    world = await createWatchedWorld("--runtime", "shared");
  }, 40_000);
  afterAll(() => world[Symbol.asyncDispose]());

  test("opens codex's terminal program in a session of the hub, which hears what is typed there, and gives its exit code", async () => {
    const { model, box, env } = world;
    model.respond((request) =>
      text(JSON.stringify(request.input).includes("Second") ? "Beta." : "Alpha."),
    );
    const { session } = await box.sessions.create({ approvalPolicy: "on-request" });
    const { sessionId } = session;
    await box.sessions.rename({ sessionId, handle: "@shared" });
    const { turnId } = await box.sessions.sendMessage({ sessionId, text: "First" });
    await box.wait.turn({ sessionId, turnId });
    await using terminal = Terminal.signalbox(["tui", "@shared"], { env, rows: 40, columns: 120 });
    await terminal.see(/First.*Alpha\./s);
    const { journal } = await box.system.health({});
    const events = box.stream.events({
      threadId: sessionId,
      cursor: `${journal.epoch}:${journal.head}`,
      types: ["app_server.turn.completed"],
    });
    terminal.enter("Second");
    await events.next();
    await events.return();
    const { data } = await box.sessions.transcript.list({ sessionId });
    expect(data.map(({ content }) => content)).toEqual(["First", "Alpha.", "Second", "Beta."]);
    await terminal.see("Beta.");
    terminal.type("\u0004");
    expect(await terminal.ended()).toBe(0);
  }, 60_000);

  test("refuses a session there is none of, one that is archived, and to run without a terminal", async () => {
    const { box, env } = world;
    const { session } = await box.sessions.create({});
    const { sessionId } = session;
    await using unknown = Terminal.signalbox(["tui", "@nobody"], { env });
    await unknown.see("@nobody");
    expect(await unknown.ended()).toBe(4);
    const piped = await runCommand(["tui", sessionId], { env });
    expect(piped.code).toBe(2);
    expect(piped.stderr).toContain("needs a terminal");
    world.model.respond(() => text("Yes."));
    const { turnId } = await box.sessions.sendMessage({ sessionId, text: "go" });
    await box.wait.turn({ sessionId, turnId });
    await box.sessions.archive({ sessionId });
    await using archived = Terminal.signalbox(["tui", sessionId], { env });
    await archived.see("is archived");
    expect(await archived.ended()).toBe(6);
  }, 60_000);
});

test("signalbox tui says how a hub that holds codex for itself is started otherwise", async () => {
  await using world = await createWatchedWorld();
  const { session } = await world.box.sessions.create({});
  await using terminal = Terminal.signalbox(["tui", session.sessionId], { env: world.env });
  await terminal.see("--runtime shared");
  expect(await terminal.ended()).toBe(7);
}, 60_000);
