/** Finding codex's threads: on the real codex, and on scripted ones where it must be a certain one. */
import { operations } from "@signalbox/contract";
import { on, reply, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";
import { speakElsewhere } from "../../fixtures/thread-elsewhere.ts";

/** Speaks in a session; codex has noted it then. */
async function say(hub: HubAddress, sessionId: string, input: { text: string; asSystem?: true }) {
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  await call(hub, operations["sessions.send_message"], { sessionId, ...input });
  await stream.event("app_server.turn.completed");
}

test("codex's threads are listed with those that are sessions told apart, and none is taken in by it", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  const { hub, codex } = world;
  const create = async (handle: string, input = {}) => {
    const { sessionId } = (await call(hub, operations["sessions.create"], input)).session;
    await call(hub, operations["sessions.rename"], { sessionId, handle });
    return sessionId;
  };
  const exact = "x".repeat(80);
  const unkept = await speakElsewhere(codex, exact);
  const long = await speakElsewhere(codex, ` one\n\t two   ${"🎉".repeat(80)}`);
  await call(hub, operations["sessions.attach"], { threadId: long, handle: "@tui" });
  const own = await create("@own");
  await say(hub, own, { text: "Mine" });
  const wait = () => call(hub, operations["sessions.list"], {});
  const before = await wait();

  const { data, nextCursor } = await call(hub, operations["sessions.discover"], {});
  expect(nextCursor).toBeNull();
  const byId = new Map(data.map((thread) => [thread.threadId, thread]));
  expect([...byId.keys()].toSorted()).toEqual([unkept, long, own].toSorted());
  expect(byId.get(unkept)).toMatchObject({
    kept: false,
    handle: null,
    authority: null,
    preview: exact,
    cwd: codex.workspace,
    status: "notLoaded",
  });
  expect(byId.get(long)).toMatchObject({ kept: true, handle: "@tui", authority: "attached" });
  expect(byId.get(long)!.preview).toBe(`one two ${"🎉".repeat(71)}…`);
  expect(byId.get(own)).toMatchObject({ kept: true, handle: "@own", authority: "owned" });
  expect((await wait()).data.map(({ sessionId }) => sessionId)).toEqual(
    before.data.map(({ sessionId }) => sessionId),
  );

  // Page by page it is the same.
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(hub, operations["sessions.discover"], {
      limit: 1,
      ...(cursor === undefined ? {} : { cursor }),
    });
    ids.push(...page.data.map(({ threadId }) => threadId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(ids).toEqual(data.map(({ threadId }) => threadId));
});

test("archived threads are listed apart, and what the hub runs for itself is not listed", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  const { hub, codex } = world;
  const archived = await speakElsewhere(codex, "Put away");
  await call(hub, operations["sessions.resume"], { sessionId: archived });
  await call(hub, operations["sessions.archive"], { sessionId: archived });
  const there = await speakElsewhere(codex, "There");
  const { session } = await call(hub, operations["sessions.create"], { systemOwned: true });
  await say(hub, session.sessionId, { text: "Hidden", asSystem: true });
  const idsOf = async (input: { archived?: boolean }) =>
    (await call(hub, operations["sessions.discover"], input)).data.map(({ threadId }) => threadId);
  expect(await idsOf({})).toEqual([there]);
  expect(await idsOf({ archived: true })).toEqual([archived]);
});

test("what began a thread is a word, in whichever form codex says it", async () => {
  const sources = [
    ["cli", "cli"],
    ["teleport", "teleport"],
    [{ custom: "mine" }, "mine"],
    [{ subAgent: { other: "later" } }, "subAgent"],
    [null, "unknown"],
  ] as const;
  const row = { preview: "", cwd: "/", modelProvider: "p", createdAt: 1, updatedAt: 1, turns: [] };
  const data = sources.map(([source], n) => {
    return { ...row, id: `thread-${n}`, name: null, status: { type: "notLoaded" }, source };
  });
  await using scripted = await startScriptedHub({
    rules: [on("thread/list", reply({ data, nextCursor: null }))],
  });
  const found = await call(scripted.hub, operations["sessions.discover"], {});
  expect(found.data.map(({ source }) => source)).toEqual(sources.map(([, word]) => word));
});

test("codex is asked for its notes only, so that a long history costs nothing", async () => {
  await using scripted = await startScriptedHub({
    rules: [on("thread/list", reply({ data: [], nextCursor: "there", backwardsCursor: null }))],
  });
  expect(
    await call(scripted.hub, operations["sessions.discover"], { limit: 7, cursor: "here" }),
  ).toEqual({ data: [], nextCursor: "there" });
  expect(await scripted.codex.processes[0]!.message("thread/list")).toMatchObject({
    params: { useStateDbOnly: true, modelProviders: [], limit: 7, cursor: "here", archived: false },
  });
  expect(scripted.asked()).toEqual(["thread/list"]);
});

test("what was said in a thread is found, kept or not, and what nobody said is not", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("The heron stood still."));
  const { hub, codex } = world;
  const unkept = await speakElsewhere(codex, "Tell me of a heron");
  const watched = await speakElsewhere(codex, "Another heron, please");
  await call(hub, operations["sessions.attach"], { threadId: watched, handle: "@birds" });
  const { data } = await call(hub, operations["sessions.search"], { query: "HERON" });
  expect(data.map(({ threadId }) => threadId)).toEqual([watched, unkept]);
  expect(data[0]).toMatchObject({ kept: true, handle: "@birds" });
  expect(data[1]).toMatchObject({ kept: false });
  for (const { snippet } of data) expect(snippet.toLowerCase()).toContain("heron");
  const first = await call(hub, operations["sessions.search"], { query: "heron", limit: 1 });
  expect(first.data.map(({ threadId }) => threadId)).toEqual([watched]);
  const rest = await call(hub, operations["sessions.search"], {
    query: "heron",
    limit: 1,
    cursor: first.nextCursor!,
  });
  expect(rest.data.map(({ threadId }) => threadId)).toEqual([unkept]);
  const none = await call(hub, operations["sessions.search"], { query: "albatross" });
  expect(none).toEqual({ data: [], nextCursor: null });
});

test("a codex that can't search says so, and names what it can't do", async () => {
  await using older = await startScriptedHub(
    { version: "0.150.0" },
    { schema: ["initialize", "thread/list"] },
  );
  expect(await callRaw(older.hub, operations["sessions.search"], { query: "heron" })).toMatchObject(
    {
      status: 501,
      body: { code: "method_not_supported", message: expect.stringContaining("thread/search") },
    },
  );
});
