/** Transcripts on the real codex. */
import { mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type InputOf,
  operations,
  type TranscriptEntry,
  transcriptTextLimit,
} from "@signalbox/contract";
import { execCommand, findCodex, functionCall, gate, text } from "@signalbox/testing";
import { expect, onTestFinished, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
const list = operations["sessions.transcript.list"];
const upsert = operations["sessions.transcript.upsert"];

async function create(hub: HubAddress): Promise<string> {
  const { session } = await call(hub, operations["sessions.create"], { dynamicTools: [tool] });
  return session.sessionId;
}

async function transcriptOf(hub: HubAddress, sessionId: string): Promise<TranscriptEntry[]> {
  return (await call(hub, list, { sessionId })).data;
}

/** One turn that calls a tool, asks for an approval and says something. */
async function play({ hub, model }: HubWorld, sessionId: string): Promise<StreamClient> {
  const stream = await StreamClient.open(hub, { threadId: sessionId }, { legacy: true });
  model.turn(functionCall("look", {}), execCommand({ cmd: "true", escalate: true }), text("Seen."));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Look" });
  const asked = await stream.event("app_server.request.item.tool.call");
  await call(hub, operations["tool_calls.respond"], {
    requestId: String(asked.payload.requestId),
    text: "a thing",
  });
  const approval = await stream.event("approval");
  await call(hub, operations["approvals.decide"], {
    approvalId: String(approval.payload.approvalId),
    decision: "accept",
  });
  await stream.event("app_server.turn.completed");
  return stream;
}

const told = (entries: readonly TranscriptEntry[]) =>
  entries.map(({ type, content, status }) => [type, content, status]);

const seen = [
  ["userMessage", "Look", "complete"],
  ["dynamicToolCall", "look (completed)", "complete"],
  ["tool_call.resolved", "tool call: answered, success", "complete"],
  ["commandExecution", expect.stringContaining("(completed)"), "complete"],
  ["approval.resolved", "command approval: answered, accept", "complete"],
  ["agentMessage", "Seen.", "complete"],
];

test("what was said, done and asked is there without codex, and after a restart", async () => {
  await using world = await createHubWorld();
  const sessionId = await create(world.hub);
  using _stream = await play(world, sessionId);
  const entries = await transcriptOf(world.hub, sessionId);
  expect(told(entries)).toEqual(seen);
  for (const entry of entries) {
    expect(entry.startedAt).toBeLessThanOrEqual(entry.completedAt!);
  }
  const read = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(read.transcript).toEqual(entries);
  await world.restart();
  expect(await transcriptOf(world.hub, sessionId)).toEqual(entries);
});

test("while codex can't be started the transcript is what the hub heard", async () => {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-codex-link-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const codexPath = join(folder, "codex");
  await symlink(findCodex(), codexPath);
  await using world = await createHubWorld({ hub: { codexPath } });
  const sessionId = await create(world.hub);
  using _stream = await play(world, sessionId);
  const { codex } = await call(world.hub, operations["system.health"], {});
  await rename(codexPath, `${codexPath}-away`);
  using runtime = await StreamClient.open(world.hub, { types: "runtime.*" });
  process.kill(codex.pid!, "SIGKILL");
  await runtime.event("runtime.exited");
  expect(told(await transcriptOf(world.hub, sessionId))).toEqual(seen);
  const read = await call(world.hub, operations["sessions.get"], { sessionId });
  expect(read.complete).toBe(false);
  const { data } = await call(world.hub, operations["sessions.list"], {});
  expect(data).toEqual([read.session]);
  expect(told(read.transcript)).toEqual(seen);
});

test("every start and end of an entry is told once, as it then stands in the transcript", async () => {
  await using world = await createHubWorld();
  const sessionId = await create(world.hub);
  using stream = await play(world, sessionId);
  const updates = stream.events.filter(({ type }) => type === "transcript_updated");
  const changing = stream.events.filter(({ type }) =>
    [
      "app_server.item.started",
      "app_server.item.completed",
      "app_server.turn.completed",
      "request.opened",
      "request.resolved",
    ].includes(type),
  );
  expect(updates.map(({ seq }) => seq)).toEqual(changing.map(({ seq }) => seq));
  const last = new Map<string, TranscriptEntry>();
  for (const { payload } of updates) {
    const { entry } = payload as { entry?: TranscriptEntry };
    if (entry !== undefined) last.set(entry.messageId, entry);
  }
  for (const entry of await transcriptOf(world.hub, sessionId)) {
    const { content, status, type } = last.get(entry.messageId)!;
    expect({ content, status, type }).toEqual({
      content: entry.content,
      status: entry.status,
      type: entry.type,
    });
  }
});

test("while an answer streams its text so far is read, and an interrupted one keeps what it said", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const sessionId = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  model.turn(text(["One ", "two ", gate("hold"), "three"]));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Count" });
  await stream.event("app_server.item.agent_message.delta", ({ payload }) =>
    JSON.stringify(payload).includes('"two "'),
  );
  expect(told(await transcriptOf(hub, sessionId))).toEqual([
    ["userMessage", "Count", "complete"],
    ["agentMessage", "One two ", "streaming"],
  ]);
  await call(hub, operations["sessions.interrupt"], { sessionId });
  await stream.event("app_server.turn.completed");
  const ended = [
    ["userMessage", "Count", "complete"],
    ["agentMessage", "One two ", "canceled"],
  ];
  expect(told(await transcriptOf(hub, sessionId))).toEqual(ended);
  // Codex itself keeps nothing of it.
  const { thread, transcript } = await call(hub, operations["sessions.get"], { sessionId });
  expect(thread.turns[0]!.items.map(({ type }) => type)).toEqual(["userMessage"]);
  expect(told(transcript)).toEqual(ended);
  await world.restart(() => {
    // Its deltas may go now: the row has the text.
    const database = new DatabaseSync(join(world.home, "signalbox.db"), { readOnly: true });
    const kept = database.prepare("SELECT content, partial_since FROM transcript_entry").all();
    database.close();
    expect(kept.at(-1)).toEqual({ content: "One two ", partial_since: null });
  });
  expect(told(await transcriptOf(world.hub, sessionId))).toEqual(ended);
});

test("turns no hub heard come in from codex, in their places, with what the hub alone knows", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const sessionId = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  for (const words of ["first", "second"]) {
    model.turn(text(`Said ${words}`));
    const { turnId } = await call(hub, operations["sessions.send_message"], {
      sessionId,
      text: words,
    });
    await stream.event<{ context: { turnId: string } }>(
      "app_server.turn.completed",
      ({ payload }) => payload.context.turnId === turnId,
    );
  }
  const heard = await transcriptOf(hub, sessionId);
  await call(hub, upsert, note(sessionId, { turnId: heard[3]!.turnId }));
  const file = join(world.home, "signalbox.db");
  await world.restart(() => {
    const database = new DatabaseSync(file);
    database.exec(
      "DELETE FROM transcript_entry WHERE type <> 'note' AND content NOT LIKE 'Said second'",
    );
    database.close();
  });
  const found = await transcriptOf(world.hub, sessionId);
  expect(found.map(({ content }) => content)).toEqual([
    "first",
    "Said first",
    "second",
    "Said second",
    "n1",
  ]);
  expect(found.slice(0, 4)).toEqual(heard);
});

function note(sessionId: string, fields: Partial<InputOf<typeof upsert>> = {}) {
  return {
    sessionId,
    messageId: "n1",
    turnId: "turn-1",
    role: "system" as const,
    type: "note",
    content: "n1",
    status: "complete" as const,
    ...fields,
  };
}

test("an entry put in is told once; the same again is no change; an end is not undone", async () => {
  await using world = await createHubWorld();
  const { hub } = world;
  const sessionId = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId }, { legacy: true });
  const streaming = note(sessionId, { status: "streaming", content: "So far", startedAt: 50 });
  await call(hub, upsert, streaming);
  await call(hub, upsert, streaming);
  const { entry } = await call(hub, upsert, note(sessionId, { content: "Done", completedAt: 20 }));
  expect(entry).toEqual({
    messageId: "n1",
    turnId: "turn-1",
    role: "system",
    type: "note",
    content: "Done",
    status: "complete",
    startedAt: 50,
    completedAt: 50,
  });
  const again = await call(hub, upsert, { ...streaming, startedAt: 10 });
  expect(again.entry).toEqual({ ...entry, startedAt: 10 });
  await call(hub, upsert, note(sessionId, { messageId: "n2" }));
  await stream.event("transcript_updated", ({ payload }) => payload.messageId === "n2");
  const updates = stream.events.filter(({ type }) => type === "transcript_updated");
  expect(
    updates.map(({ payload }) => (payload as { entry: TranscriptEntry }).entry.content),
  ).toEqual(["So far", "Done", "Done", "n1"]);
  expect(await transcriptOf(hub, sessionId)).toEqual([
    again.entry,
    expect.objectContaining({ messageId: "n2" }),
  ]);
});

test("entries put in at the same time are each told as they then are, and the last one told is the one kept", async () => {
  await using world = await createHubWorld();
  const { hub } = world;
  const sessionId = await create(hub);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      call(
        hub,
        upsert,
        note(sessionId, {
          content: `n${index}`,
          status: index % 2 === 0 ? "streaming" : "complete",
          startedAt: 100 - index,
        }),
      ),
    ),
  );
  expect(answers).toHaveLength(20);
  await call(hub, upsert, note(sessionId, { messageId: "end" }));
  await stream.event("transcript.upserted", ({ payload }) =>
    JSON.stringify(payload).includes('"end"'),
  );
  const told = stream.events
    .filter(({ type }) => type === "transcript.upserted")
    .map(({ payload }) => (payload as { entry: TranscriptEntry }).entry);
  const statuses = told.slice(0, -1).map(({ status }) => status);
  const firstEnd = statuses.indexOf("complete");
  expect(new Set(statuses.slice(firstEnd))).toEqual(new Set(["complete"]));
  expect((await transcriptOf(hub, sessionId))[0]).toEqual(told.at(-2));
  expect(told.at(-2)!.startedAt).toBe(81);
});

test("texts of the longest size are taken, one character more is refused by name", async () => {
  await using world = await createHubWorld();
  const sessionId = await create(world.hub);
  const longest = "x".repeat(transcriptTextLimit);
  const { entry } = await call(world.hub, upsert, note(sessionId, { content: longest }));
  expect(entry.content).toHaveLength(transcriptTextLimit);
  expect(
    await callRaw(world.hub, upsert, note(sessionId, { details: `${longest}x` })),
  ).toMatchObject({
    status: 400,
    body: { code: "invalid_request", details: { issues: [{ path: "details" }] } },
  });
});

test("a page goes on from its cursor while entries come in before and behind it", async () => {
  await using world = await createHubWorld();
  const { hub } = world;
  const sessionId = await create(hub);
  for (const id of ["a", "b", "c", "d"]) {
    await call(hub, upsert, note(sessionId, { messageId: id }));
  }
  const first = await call(hub, list, { sessionId, limit: 2 });
  expect(first.data.map(({ messageId }) => messageId)).toEqual(["a", "b"]);
  const behindA = JSON.stringify({ anchorItemId: "a" });
  await call(hub, upsert, note(sessionId, { messageId: "a1", details: behindA }));
  await call(hub, upsert, note(sessionId, { messageId: "e" }));
  const rest = await call(hub, list, { sessionId, after: first.nextCursor!, limit: 3 });
  expect(rest.data.map(({ messageId }) => messageId)).toEqual(["c", "d", "e"]);
  expect(rest.nextCursor).toBeNull();
  await call(hub, upsert, note(sessionId, { messageId: "f" }));
  const more = await call(hub, list, { sessionId, after: rest.cursor! });
  expect(more.data.map(({ messageId }) => messageId)).toEqual(["f"]);
  const newest = await call(hub, list, {
    sessionId,
    order: "newest",
    before: rest.cursor!,
    limit: 2,
  });
  expect(newest.data.map(({ messageId }) => messageId)).toEqual(["d", "c"]);
});
