/** How sessions begin, and how copies of them do, on the real codex. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

let world: HubWorld;
beforeEach(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Done."));
});
afterEach(() => world[Symbol.asyncDispose]());

async function say(sessionId: string, message: string) {
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: message });
  await stream.event("app_server.turn.completed");
}

/** What the model was asked last. */
function lastAsked(): string {
  return JSON.stringify(world.model.requests.at(-1)?.body);
}

const start = {
  title: "Reviewer",
  handle: "@rev",
  effort: "high",
  summary: "detailed",
  serviceTier: "flex",
  approvalPolicy: "untrusted",
  filesystemSandbox: "workspace-write",
  developerInstructions: "Be brief, says the test.",
} as const;

test("what a session begins with holds for its first message, and for later ones after the hub was started again", async () => {
  using stream = await StreamClient.open(world.hub);
  const created = await call(world.hub, operations["sessions.create"], { ...start, text: "Look" });
  const { sessionId } = created.session;
  expect(created).toMatchObject({
    session: { title: "Reviewer", handle: "@rev", effort: "high" },
    thread: { name: "Reviewer" },
    turnId: expect.any(String),
  });
  await stream.event("app_server.turn.completed");
  const expectAsAsked = () => {
    expect(lastAsked()).toContain("Be brief, says the test.");
    expect(lastAsked()).toContain('"effort":"high"');
    expect(lastAsked()).toContain('"summary":"detailed"');
    expect(lastAsked()).toContain('"service_tier":"flex"');
  };
  expectAsAsked();
  await world.restart();
  await say(sessionId, "Again");
  expectAsAsked();
  const { session } = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(session.sessionControls).toMatchObject({
    approvalPolicy: "untrusted",
    filesystemSandbox: "workspace-write",
  });
});

test("presets of the folder are asked for by name, and a plan says beforehand what they make", async () => {
  const folder = join(world.codex.workspace, ".signalbox");
  await mkdir(folder);
  await writeFile(join(folder, "config.toml"), '[presets.careful]\neffort = "high"\n');
  const wishes = { presets: ["careful"], title: "Careful one" };
  const file = join(folder, "config.toml");
  expect(await call(world.hub, operations["sessions.plan"], wishes)).toEqual({
    title: "Careful one",
    handle: null,
    files: [file],
    fields: [{ field: "effort", value: "high", from: `${file}:2` }],
  });
  expect(await call(world.hub, operations["presets.list"], {})).toEqual({
    data: [{ name: "careful", from: file, trusted: false, fields: { effort: "high" } }],
  });
  const { session } = await call(world.hub, operations["sessions.create"], wishes);
  expect(session).toMatchObject({ title: "Careful one", effort: "high" });
});

test("a session whose first message fails stays, and the failure and the audit name it", async () => {
  const tooLong = "x".repeat(1_048_577);
  const { status, body } = await callRaw(world.hub, operations["sessions.create"], {
    title: "Talkative",
    text: tooLong,
  });
  const { code, details } = body as { code: string; details: { sessionId: string } };
  expect([status, code]).toEqual([400, "invalid_params"]);
  const { sessionId } = details;
  const { session } = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(session).toMatchObject({ title: "Talkative", activeTurnId: null });
  const { data } = await call(world.hub, operations["audit.list"], { sessionId });
  expect(data).toMatchObject([{ operation: "sessions.create", outcome: "invalid_params" }]);
  await say(sessionId, "Shorter");
});

test("of sessions begun at the same time under one handle one is begun", async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      callRaw(world.hub, operations["sessions.create"], { handle: "@only" }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
  expect((await call(world.hub, operations["sessions.list"], {})).data).toHaveLength(1);
});

test("a copy has the settings of its source, but for what is given with it", async () => {
  const { session } = await call(world.hub, operations["sessions.create"], start);
  await say(session.sessionId, "Look");
  const elsewhere = join(world.codex.workspace, "elsewhere");
  await mkdir(elsewhere);
  const { session: copy } = await call(world.hub, operations["sessions.fork"], {
    sessionId: session.sessionId,
    title: "Second",
    handle: "@second",
    cwd: elsewhere,
    approvalPolicy: "never",
  });
  expect(copy).toMatchObject({
    title: "Second",
    handle: "@second",
    cwd: elsewhere,
    effort: "high",
    sessionControls: { approvalPolicy: "never", filesystemSandbox: "workspace-write" },
  });
  await say(copy.sessionId, "And you?");
  expect(lastAsked()).toContain('"service_tier":"flex"');
  expect(lastAsked()).toContain('"effort":"high"');
  expect(lastAsked()).toContain("Be brief, says the test.");
  expect(
    await callRaw(world.hub, operations["sessions.fork"], {
      sessionId: session.sessionId,
      handle: "@second",
    }),
  ).toMatchObject({ status: 409, body: { code: "handle_taken" } });
});
