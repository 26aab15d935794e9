/** A session's whole life over the command line, with the real codex behind the hub. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type OperationOutput, operations } from "@signalbox/contract";
import { execCommand, gate, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { speakElsewhere } from "../../packages/hub/fixtures/thread-elsewhere.ts";
import { CommandWorld } from "./world.ts";

let world: CommandWorld;
beforeAll(async () => {
  world = await CommandWorld.start({ codex: { features: { goals: true } } });
});
afterAll(() => world[Symbol.asyncDispose]());

type Created = OperationOutput<"sessions.create">;
type Sent = OperationOutput<"sessions.send">;
type Waited = OperationOutput<"sessions.wait">;
type Read = OperationOutput<"sessions.get">;

/** Says it and waits for the end of the turn; gives what the agent said. */
async function say(handle: string, words: string, answer: string): Promise<string | null> {
  world.hub.model.when(words).turn(text(answer));
  const { turnId } = await world.json<Sent>("send", handle, words);
  const { outcome, reply } = await world.json<Waited>("wait", handle, "--turn-id", turnId!);
  expect(outcome).toBe("completed");
  return reply;
}

const saidIn = async (handle: string) =>
  (await world.json<Read>("get", handle)).transcript.map(({ content }) => content);

test("a session is begun with a message, answers, and is listed and shown", async () => {
  world.hub.model.when("Are you there?").turn(text("I am."));
  const words = ["create", "Are you there?", "--handle", "@day", "--title", "A day"];
  const { session, turnId } = await world.json<Created>(...words);
  const waited = await world.json<Waited>("wait", "@day", "--turn-id", turnId!);
  expect(waited).toMatchObject({ outcome: "completed", reply: "I am." });
  const { data } = await world.json<OperationOutput<"sessions.list">>("list");
  expect(data.find(({ handle }) => handle === "@day")).toMatchObject({
    sessionId: session.sessionId,
    title: "A day",
  });
  expect(await saidIn("A day")).toEqual(["Are you there?", "I am."]);
});

test("a title that is given stands in codex too", async () => {
  await world.json("create", "--handle", "@named");
  await say("@named", "Begin", "Begun.");
  await world.json("rename", "@named", "Another name");
  const { session, thread } = await world.json<Read>("get", "@named");
  expect([session.title, thread.name]).toEqual(["Another name", "Another name"]);
  const found = await world.json<OperationOutput<"sessions.discover">>("discover");
  expect(found.data.find(({ handle }) => handle === "@named")).toMatchObject({
    name: "Another name",
  });
});

test("each way of saying something is a flag, two of them are refused, and what the turn forbids is told by the exit code", async () => {
  const { model } = world.hub;
  await world.json("create", "--handle", "@ways");
  for (const flag of ["--steer", "--interject"]) {
    expect((await world.run(["send", "@ways", "Now", flag])).code).toBe(6);
  }
  expect((await world.run(["stop", "@ways"])).code).toBe(6);
  expect((await world.run(["send", "@ways", "Now", "--steer", "--queue"])).code).toBe(2);

  model.when("The code word is plum").turn(text(["One moment", gate("ways"), "."]));
  await world.json("send", "@ways", "Remember", "--context");
  const first = await world.json<Sent>("send", "@ways", "The code word is plum", "--start");
  await model.gate("ways").reached;
  expect((await world.run(["send", "@ways", "Me too", "--start"])).code).toBe(5);
  const queued = await world.json<Sent>("send", "@ways", "Later", "--queue");
  expect(queued).toMatchObject({ status: "queued", position: 0 });
  expect(await world.json<Sent>("send", "@ways", "Faster", "--steer")).toMatchObject({
    turnId: first.turnId,
  });
  model.when("Stop that").turn(text(["Stopped", gate("cut"), "."]));
  model.when("Later").turn(text("It is later."));
  const cut = await world.json<Sent>("send", "@ways", "Stop that", "--interject");
  await model.gate("cut").reached;
  const stopped = await world.json("stop", "@ways", "--turn-id", cut.turnId!);
  expect(stopped).toMatchObject({ turnId: cut.turnId });
  await world.json("wait", "@ways");
  await world.json("queue", "resume", "@ways");
  const { state } = (await world.call(operations["messages.get"], { messageId: queued.messageId }))
    .message;
  expect(["accepted", "completed", "starting"]).toContain(state);
  await world.json("wait", "@ways");
  expect(model.requests.at(-1)!.userTexts).toEqual(
    expect.arrayContaining(["Remember", "The code word is plum", "Stop that", "Later"]),
  );
});

test("what a person allows is written, and what they do not is not", async () => {
  const { model, codex } = world.hub;
  const place = ["--cwd", codex.workspace, "--filesystem-sandbox", "read-only"];
  await world.json("create", "--handle", "@writer", ...place);
  for (const [name, decision] of [
    ["allowed", "accept"],
    ["refused", "decline"],
  ] as const) {
    const cmd = `touch ${name}`;
    model
      .when(`Write ${name}`)
      .turn(execCommand({ cmd, escalate: true, justification: "to see" }), text("Over."));
    await world.json("send", "@writer", `Write ${name}`);
    const { outcome, requests } = await world.json<Waited>("wait", "@writer");
    expect(outcome).toBe("needs_answer");
    await world.json("approval", "decide", requests[0]!.requestId, decision);
    expect((await world.json<Waited>("wait", "@writer")).reply).toBe("Over.");
    expect(existsSync(join(codex.workspace, name)), name).toBe(decision === "accept");
  }
});

test("a goal is set, changed without saying it again, and taken away", async () => {
  await world.json("create", "--handle", "@goal");
  expect((await world.run(["goal", "set", "@goal"])).code).toBe(2);
  expect((await world.run(["goal", "set", "@goal", "--status", "paused"])).err).toContain(
    "no goal yet",
  );
  await world.json("goal", "set", "@goal", "Rest well", "--status", "paused");
  await world.json("goal", "set", "@goal", "--token-budget", "5000");
  expect(await world.json("goal", "get", "@goal")).toMatchObject({
    goal: { objective: "Rest well", status: "paused", tokenBudget: 5_000 },
  });
  await world.json("goal", "clear", "@goal", "--yes");
  expect(await world.json("goal", "get", "@goal")).toMatchObject({ goal: null });
});

test("a copy goes its own way, turns are taken back, and what is long is made short", async () => {
  const { model } = world.hub;
  await world.json("create", "--handle", "@long");
  for (const n of ["one", "two", "three"]) await say("@long", `Say ${n}`, n);
  await world.json("fork", "@long", "--handle", "@copy");
  await world.json("rollback", "@long", "--num-turns", "2", "--yes");
  expect(await saidIn("@long")).toEqual(["Say one", "one"]);
  expect(await say("@copy", "Say four", "four")).toBe("four");
  expect(model.requests.at(-1)!.userTexts).toEqual(
    expect.arrayContaining(["Say one", "Say two", "Say three", "Say four"]),
  );
  expect(await saidIn("@long")).toEqual(["Say one", "one"]);

  model.turn(text("It was about one."));
  await world.json("compact", "@long");
  expect((await world.json<Waited>("wait", "@long")).outcome).not.toBe("failed");
  await say("@long", "And now?", "On we go.");
  expect(JSON.stringify(model.requests.at(-1)!.input)).toContain("It was about one.");
});

test("a thread of the day before is found, taken in and gone on with, put away and taken out again", async () => {
  const { model, codex } = world.hub;
  model.when("Note the plums").turn(text("Noted."));
  const threadId = await speakElsewhere(codex, "Note the plums");
  const { data } = await world.json<OperationOutput<"sessions.discover">>("discover");
  expect(data.find((thread) => thread.threadId === threadId)).toMatchObject({ kept: false });
  await world.json("resume", threadId);
  await world.json("rename", threadId, "--handle", "@yesterday");
  expect(await say("@yesterday", "What did I note?", "Plums.")).toBe("Plums.");
  expect(model.requests.at(-1)!.userTexts).toEqual(expect.arrayContaining(["Note the plums"]));

  await world.json("archive", "@yesterday", "--yes");
  const listed = async (...more: string[]) =>
    (await world.json<OperationOutput<"sessions.list">>("list", ...more)).data.map(
      ({ handle }) => handle,
    );
  expect(await listed()).not.toContain("@yesterday");
  expect(await listed("--archived")).toEqual(["@yesterday"]);
  await world.json("restore", "@yesterday");
  expect(await say("@yesterday", "Still there?", "Yes.")).toBe("Yes.");
});
