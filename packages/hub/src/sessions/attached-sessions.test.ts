/** Watching the threads of other Codex clients, on the real codex. */
import { operations } from "@signalbox/contract";
import { neverAnswer, text } from "@signalbox/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { call, callRaw, createHubWorld, StreamClient } from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";
import { createSharedWorld } from "../../fixtures/shared-world.ts";
import { speakElsewhere } from "../../fixtures/thread-elsewhere.ts";
import { startHub } from "../index.ts";

interface UserSaid {
  readonly params: { readonly item: { readonly content?: readonly { readonly text: string }[] } };
  readonly recovered?: true;
}

const silent = { level: "silent" as const };

test("a thread of another client is watched by its id: read, named here, and nothing is asked of it but what is known", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("It builds."));
  const threadId = await speakElsewhere(world.codex, "Does it build?");
  using stream = await StreamClient.open(world.hub);
  const input = { threadId, handle: "@tui" };
  const { session } = await call(world.hub, operations["sessions.attach"], input);
  expect(session).toMatchObject({
    sessionId: threadId,
    handle: "@tui",
    authority: "attached",
    title: "Does it build?",
    materialized: true,
    status: "notLoaded",
  });
  const told = await stream.event("session.created");
  expect(told.payload).toEqual({ session });

  // Again, and with another handle: it is what it is.
  const again = await call(world.hub, operations["sessions.attach"], {
    threadId,
    handle: "@other",
  });
  expect(again.session).toEqual(session);
  const owned = (await call(world.hub, operations["sessions.create"], {})).session;
  const own = await call(world.hub, operations["sessions.attach"], { threadId: owned.sessionId });
  expect(own.session).toMatchObject({ authority: "owned", handle: null });

  const read = await call(world.hub, operations["sessions.get"], { sessionId: "@tui" });
  expect(read.transcript.map(({ role, content }) => [role, content])).toEqual([
    ["user", "Does it build?"],
    ["assistant", "It builds."],
  ]);
  const { data } = await call(world.hub, operations["sessions.list"], {});
  expect(data.map(({ sessionId }) => sessionId)).toContain(threadId);

  const renamed = await call(world.hub, operations["sessions.rename"], {
    sessionId: "@tui",
    title: "Their build",
    handle: "@build",
  });
  expect(renamed.session).toMatchObject({ title: "Their build", handle: "@build" });
  const there = await call(world.hub, operations["sessions.get"], { sessionId: "@build" });
  expect(there.thread.name ?? null).toBeNull();

  await world.restart();
  expect(await call(world.hub, operations["sessions.get"], { sessionId: "@build" })).toMatchObject({
    session: { authority: "attached", title: "Their build" },
  });
});

test("what codex does not have, or a handle that is another's, takes nothing in", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  const attach = (threadId: string, handle?: string) =>
    callRaw(world.hub, operations["sessions.attach"], {
      threadId,
      ...(handle === undefined ? {} : { handle }),
    });
  expect(await attach("01990000-0000-7000-8000-0000000000fe")).toMatchObject({
    status: 404,
    body: { code: "session_not_found", message: expect.stringContaining("sessions.discover") },
  });
  const threadId = await speakElsewhere(world.codex, "Hello");
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  await call(world.hub, operations["sessions.rename"], { sessionId, handle: "@one" });
  expect(await attach(threadId, "@ONE")).toMatchObject({
    status: 409,
    body: { code: "handle_taken", details: { sessionId } },
  });
  expect(
    await callRaw(world.hub, operations["sessions.get"], { sessionId: threadId }),
  ).toMatchObject({ body: { code: "session_not_found" } });
  // Many at once are one session and one event.
  using stream = await StreamClient.open(world.hub, { threadId });
  const all = await Promise.all([attach(threadId), attach(threadId), attach(threadId)]);
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
  await call(world.hub, operations["sessions.rename"], { sessionId: threadId, title: "End" });
  await stream.event("session.updated");
  expect(stream.events.map(({ type }) => type)).toEqual(["session.created", "session.updated"]);
});

test("a session that is let go of is forgotten, its thread is as before, and it can be watched or adopted again", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  const threadId = await speakElsewhere(world.codex, "Hello");
  await call(world.hub, operations["sessions.attach"], { threadId, handle: "@tui" });
  using stream = await StreamClient.open(world.hub, { threadId });
  expect(await call(world.hub, operations["sessions.detach"], { sessionId: "@tui" })).toEqual({
    status: "ok",
    sessionId: threadId,
    title: "Hello",
  });
  // Who follows another thread only hears of it too, as of a deleted one.
  expect(await stream.event("session.detached")).toMatchObject({
    threadId: null,
    payload: { sessionId: threadId, title: "Hello", handle: "@tui" },
  });
  const get = () => callRaw(world.hub, operations["sessions.get"], { sessionId: threadId });
  expect(await get()).toMatchObject({ status: 404, body: { code: "session_not_found" } });
  await world.restart();
  expect(await get()).toMatchObject({ status: 404, body: { code: "session_not_found" } });

  const again = await call(world.hub, operations["sessions.attach"], { threadId, handle: "@tui" });
  expect(again.session).toMatchObject({ handle: "@tui", authority: "attached" });
  await call(world.hub, operations["sessions.detach"], { sessionId: "@tui" });
  const adopted = await call(world.hub, operations["sessions.resume"], { sessionId: threadId });
  expect(adopted.session).toMatchObject({ authority: "owned", handle: null });
  expect(
    await callRaw(world.hub, operations["sessions.detach"], { sessionId: threadId }),
  ).toMatchObject({ status: 409, body: { code: "session_owned" } });
});

test("on a shared runtime a loaded thread is heard live once it is watched, and no more once it is let go of", async () => {
  await using world = await createSharedWorld();
  await using hub = await startHub({ ...world.options, log: silent });
  const other = world.otherClient();
  const say = async (threadId: string, words: string) => {
    const ended = new Promise<void>((resolve) => other.onTurnEnd(() => resolve()));
    const input = [{ type: "text" as const, text: words, text_elements: [] }];
    await other.request("turn/start", { threadId, input });
    await ended;
  };
  world.model.respond(() => text("Said."));
  const { thread } = await other.request("thread/start", { cwd: world.codex.workspace });
  const threadId = thread.id;
  using stream = await StreamClient.open(hub, { threadId });
  await say(threadId, "one");
  // Followed without being asked for, since it ran.
  await stream.event("app_server.turn.completed");
  await call(hub, operations["sessions.detach"], { sessionId: threadId });
  await say(threadId, "two");
  await say(threadId, "three");

  // Watched again, it is heard from here on, and what was missed is told first.
  await call(hub, operations["sessions.attach"], { threadId });
  await say(threadId, "four");
  const story = () =>
    stream.events.flatMap(({ type, payload }) => {
      if (type.startsWith("session.")) return [type];
      if (type !== "app_server.item.completed") return [];
      const { params, recovered = false } = payload as UserSaid;
      return (params.item.content ?? []).map(
        (piece) => `${piece.text}${recovered ? " (missed)" : ""}`,
      );
    });
  await stream.until(() => story().includes("four"));
  // Whether the hub came in time for the first turn to hear it live is the machine's matter.
  expect(["one", "one (missed)"]).toContain(story()[1]);
  expect(story().toSpliced(1, 1)).toEqual([
    "session.created",
    "session.detached",
    "session.created",
    "two (missed)",
    "three (missed)",
    "four",
  ]);
  const { transcript } = await call(hub, operations["sessions.get"], { sessionId: threadId });
  expect(transcript.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual([
    "one",
    "two",
    "three",
    "four",
  ]);
});

test("a codex that does not say within fifteen seconds what it knows of a thread takes nothing in", async () => {
  await using scripted = await startScriptedHub({ rules: [neverAnswer("thread/read")] });
  const { hub, codex } = scripted;
  const clock = new AbortController();
  const real = AbortSignal.timeout.bind(AbortSignal);
  const timeouts = vi
    .spyOn(AbortSignal, "timeout")
    .mockImplementation((ms) => (ms === 15_000 ? clock.signal : real(ms)));
  onTestFinished(() => timeouts.mockRestore());
  const answer = callRaw(hub, operations["sessions.attach"], { threadId: "thread-9" });
  const asked = await codex.processes[0]!.message("thread/read");
  expect(asked).toMatchObject({ params: { threadId: "thread-9", includeTurns: false } });
  clock.abort(new DOMException("Fifteen seconds are over", "TimeoutError"));
  expect(await answer).toMatchObject({ status: 504, body: { code: "codex_timeout" } });
  const { data } = await call(hub, operations["sessions.list"], {});
  expect(data).toEqual([]);
});
