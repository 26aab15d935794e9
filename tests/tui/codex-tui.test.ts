/** Codex's own terminal program on the socket of a hub's shared codex, beside the hub. */
import { join } from "node:path";
import { type HubEventPayload, operations, type StreamEvent } from "@signalbox/contract";
import { startHub } from "@signalbox/hub";
import { findCodex, gate, type RecordedRequest, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { Terminal } from "../../packages/cli/fixtures/terminal.ts";
import { call, StreamClient } from "../../packages/hub/fixtures/hub-world.ts";
import {
  createSharedWorld,
  itemsOf,
  type SharedWorld,
} from "../../packages/hub/fixtures/shared-world.ts";

const log = { level: "silent" as const };
const ready = "To get started";
/** Leaves the program, where nothing is typed. */
const controlD = "\u0004";

/** Starts the terminal program on the world's codex; `before` are its arguments before `--remote`. */
function openTui({ home, codex }: SharedWorld, ...before: string[]): Terminal {
  const remote = `unix://${join(home, "app-server.sock")}`;
  return new Terminal([findCodex(), ...before, "--remote", remote], {
    env: codex.env,
    cwd: codex.workspace,
    rows: 40,
    columns: 120,
  });
}

/** Whether the terminal program asks for a title, in a thread of its own that nobody can join. */
const asksForTitle = ({ input }: RecordedRequest) => JSON.stringify(input).includes("User prompt:");

function deltasOf(events: readonly StreamEvent[]): string {
  return events
    .filter(({ type }) => type === "app_server.item.agent_message.delta")
    .map(({ payload }) => (payload as { params: { delta: string } }).params.delta)
    .join("");
}

test("what is typed into the terminal program is an attached session at the hub, live, with its transcript", async () => {
  await using world = await createSharedWorld();
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub);
  world.model.respond((request) =>
    asksForTitle(request) ? text("A title") : [gate("joined"), text(["one ", gate("held"), "two"])],
  );
  await using tui = openTui(world);
  await tui.see(ready);
  tui.enter("Typed into the terminal");
  const created = await stream.event<HubEventPayload<"session.created">>("session.created");
  const { sessionId, authority } = created.payload.session;
  expect(authority).toBe("attached");
  world.model.gate("joined").release();
  await stream.event("app_server.item.agent_message.delta");
  expect(deltasOf(stream.events)).toBe("one ");
  world.model.gate("held").release();
  const end = await stream.event<{ params: { turn: { status: string } } }>(
    "app_server.turn.completed",
  );
  expect(end).toMatchObject({
    threadId: sessionId,
    payload: { params: { turn: { status: "completed" } } },
  });
  expect(deltasOf(stream.events)).toBe("one two");
  expect(stream.events.map(({ type }) => type)).not.toContain("runtime.deltas_lost");

  const { data } = await call(hub, operations["sessions.transcript.list"], { sessionId });
  expect(data.map(({ role, content }) => [role, content])).toEqual([
    ["user", "Typed into the terminal"],
    ["assistant", "one two"],
  ]);
  tui.type(controlD);
  expect(await tui.ended()).toBe(0);
  // How to come back, in its own words.
  expect(tui.text).toContain(`app-server.sock resume ${sessionId}`);
  const { data: sessions } = await call(hub, operations["sessions.list"], {});
  expect(sessions.map((session) => session.sessionId)).toEqual([sessionId]);
}, 60_000);

test("the terminal program opens a session of the hub, shows what was said, and both go on with it", async () => {
  await using world = await createSharedWorld();
  const { model } = world;
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub);
  model.respond((request) => {
    if (asksForTitle(request)) return text("A title");
    return text(JSON.stringify(request.input).includes("Third") ? "Gamma." : "Alpha.");
  });
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  const endsOf = () =>
    stream.events.filter(({ type }) => type === "app_server.turn.completed").length;
  await call(hub, operations["sessions.send_message"], { sessionId, text: "First" });
  await stream.until(() => endsOf() === 1);

  await using tui = openTui(world, "resume", sessionId);
  await tui.see(/First.*Alpha\./s);
  tui.enter("Second");
  await stream.until(() => endsOf() === 2);
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Third" });
  await stream.until(() => endsOf() === 3);
  await tui.see("Gamma.");
  const said = itemsOf(stream.events.filter(({ threadId }) => threadId === sessionId));
  expect(said.map(({ type, text: words }) => words ?? type)).toEqual([
    ...["userMessage", "Alpha."],
    ...["userMessage", "Alpha."],
    ...["userMessage", "Gamma."],
  ]);
  const { data } = await call(hub, operations["sessions.list"], {});
  expect(data).toMatchObject([{ sessionId, authority: "owned" }]);
}, 60_000);
