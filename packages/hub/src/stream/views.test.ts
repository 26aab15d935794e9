/** The stream as a client of the earlier hub hears it, on the real codex. */
import { type EventPage, operations, type StreamEvent, viewEvents } from "@signalbox/contract";
import { execCommand, functionCall, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  createHubWorld,
  fetchJson,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

/** A session whose one turn calls a tool and asks for an approval, both answered. */
async function play(world: HubWorld, sessionId: string, stream: StreamClient): Promise<void> {
  const { hub, model } = world;
  model.turn(
    functionCall("look", { at: "it" }),
    execCommand({ cmd: "true", escalate: true }),
    text("Seen."),
  );
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Look" });
  const asked = await stream.event("app_server.request.item.tool.call");
  await call(hub, operations["tool_calls.respond"], {
    requestId: String(asked.payload.requestId),
    text: "a thing",
  });
  const approval = await stream.event("app_server.request.item.command_execution.request_approval");
  await call(hub, operations["approvals.decide"], {
    approvalId: String(approval.payload.requestId),
    decision: "accept",
  });
  await stream.event("app_server.turn.completed");
}

async function createSession(world: HubWorld): Promise<string> {
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [tool],
  });
  return session.sessionId;
}

test("a socket that names no version gets the earlier names right after each event, with its seq", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSession(world);
  using legacy = await StreamClient.open(world.hub, { threadId: sessionId }, { legacy: true });
  legacy.send({ type: "subscribe", threadId: sessionId });
  await play(world, sessionId, legacy);
  const { events } = legacy;
  const after = (type: string): StreamEvent => {
    const index = events.findIndex((event) => event.type === type);
    expect(events[index + 1]!.seq).toBe(events[index]!.seq);
    return events[index + 1]!;
  };
  const requested = after("app_server.request.item.tool.call");
  expect(requested).toMatchObject({
    type: "tool_call_requested",
    threadId: sessionId,
    payload: {
      method: "item/tool/call",
      tool: "look",
      arguments: { at: "it" },
      summary: "Call look",
      status: "pending",
    },
  });
  expect(after("app_server.request.item.command_execution.request_approval").type).toBe("approval");
  const types = events.map((event) => event.type);
  for (const type of ["tool_call_resolved", "approval_resolved", "transcript_updated"]) {
    expect(types).toContain(type);
  }
  expect(types).not.toContain("notification");
  expect(types).toContain("thread_token_usage_updated");
  const approved = events.find((event) => event.type === "approval_resolved")!.payload;
  expect(approved).toMatchObject({ status: "resolved", decision: "accept", scope: "turn" });
  const called = events.find((event) => event.type === "tool_call_resolved")!.payload;
  expect(called).toMatchObject({ status: "resolved", success: true });
  const updates = events.filter((event) => event.type === "transcript_updated");
  // The last one says that the turn's entries are final.
  expect(Object.keys(updates.at(-1)!.payload as object)).toEqual(["threadId", "turnId"]);
  expect(updates.at(-2)!.payload).toMatchObject({
    threadId: sessionId,
    type: "agentMessage",
    entry: { role: "assistant", content: "Seen.", status: "complete" },
  });
  for (const event of events) {
    const schema = viewEvents[event.type as keyof typeof viewEvents];
    if (schema !== undefined)
      expect(schema.safeParse(event.payload).error, event.type).toBeUndefined();
  }
});

test("a socket of version 1 gets no view but those it names", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSession(world);
  using all = await StreamClient.open(world.hub, { threadId: sessionId });
  using some = await StreamClient.open(world.hub, { types: "tool_call_*,notification,runtime.*" });
  await play(world, sessionId, all);
  await some.event("notification", ({ payload }) => payload.method === "turn/completed");
  expect(all.events.filter(({ type }) => type in viewEvents)).toEqual([]);
  const types = new Set(some.events.map(({ type }) => type));
  expect(types).toEqual(new Set(["tool_call_requested", "tool_call_resolved", "notification"]));
});

test("views come in replay as they came live", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSession(world);
  using live = await StreamClient.open(world.hub, { threadId: sessionId }, { legacy: true });
  await play(world, sessionId, live);
  const { epoch, head } = await live.frame("ready");
  using replayed = await StreamClient.open(
    world.hub,
    { threadId: sessionId, after: `${epoch}:${head}` },
    { legacy: true },
  );
  await replayed.frame("caught_up");
  const end = live.events.at(-1)!.seq;
  expect(replayed.events.filter(({ seq }) => seq <= end)).toEqual(live.events);
});

test("the same events come as pages, to the end and from a cursor", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSession(world);
  using live = await StreamClient.open(world.hub, { threadId: sessionId });
  await play(world, sessionId, live);
  const { epoch, head } = await live.frame("ready");
  const paged: StreamEvent[] = [];
  let after = `${epoch}:${head}`;
  for (;;) {
    const query = `limit=7&threadId=${sessionId}&after=${after}`;
    const page = (await fetchJson(world.hub, `/api/events?${query}`)).body as EventPage;
    expect(page.data.length).toBeLessThanOrEqual(7);
    paged.push(...(page.data as StreamEvent[]));
    after = page.cursor;
    if (page.next === null) break;
    expect(page.next).toBe(page.cursor);
  }
  expect(paged.slice(0, live.events.length)).toEqual(live.events);
  const gap = (await fetchJson(world.hub, "/api/events?after=other:1")).body as EventPage;
  expect(gap).toMatchObject({ data: [], next: null, gap: { reason: "epoch_changed" } });
});

/** What an SSE reader of a session gets of the past. */
async function readSse(
  { hub }: HubWorld,
  query: Record<string, string>,
  lastEventId: string,
): Promise<{ readonly contentType: string | null; readonly blocks: readonly string[] }> {
  const abort = new AbortController();
  const response = await fetch(`${hub.url}/api/events?${new URLSearchParams(query)}`, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${hub.token}`,
      accept: "text/event-stream",
      "last-event-id": lastEventId,
    },
  });
  let sse = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    sse += chunk;
    if (sse.includes("event: caught_up")) break;
  }
  abort.abort();
  const past = sse.slice(0, sse.indexOf("event: caught_up"));
  return {
    contentType: response.headers.get("content-type"),
    blocks: past.split("\n\n").filter((block) => block.startsWith("id: ")),
  };
}

test("the same events come as SSE, with cursors to resume from", async () => {
  await using world = await createHubWorld();
  const sessionId = await createSession(world);
  using live = await StreamClient.open(world.hub, { threadId: sessionId });
  await play(world, sessionId, live);
  const { epoch, head } = await live.frame("ready");
  const start = `${epoch}:${head}`;
  const { contentType, blocks } = await readSse(world, { threadId: sessionId }, start);
  expect(contentType).toBe("text/event-stream");
  const events = blocks.map((block) => {
    const [id, data] = block.split("\n");
    const event = JSON.parse(data!.slice("data: ".length)) as StreamEvent;
    expect(id).toBe(`id: ${epoch}:${event.seq}`);
    return event;
  });
  expect(events.slice(0, live.events.length)).toEqual(live.events);
  // Who comes back does so at the address it began with, and says what it had last.
  const third = `${epoch}:${events[2]!.seq}`;
  const rest = await readSse(world, { threadId: sessionId, after: start }, third);
  expect(rest.blocks.slice(0, blocks.length - 3)).toEqual(blocks.slice(3));
});
