/** A client of the earlier hub works unmodified: every frame it knows has the shape it knows. */
import {
  addFilePatch,
  applyPatch,
  execCommand,
  functionCall,
  requestUserInput,
  text,
  updatePlan,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import { EarlierClient, type Frame } from "../../fixtures/earlier-client.ts";
import { createHubWorld, type HubWorld } from "../../fixtures/hub-world.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
const question = {
  id: "colour",
  header: "Colour",
  question: "Which colour?",
  options: [
    { label: "Red", description: "Warm" },
    { label: "Blue", description: "Cool" },
  ],
};

/** What of a signal every signal has. */
const signalFields = [
  "context",
  "eventType",
  "method",
  "params",
  "receivedAt",
  "session",
  "signalType",
  "source",
];
const pendingFields = [
  "createdAt",
  "details",
  "itemId",
  "method",
  "status",
  "summary",
  "threadId",
  "turnId",
];

const fieldsOf = (value: unknown) => Object.keys(value as object).sort();
const sorted = (...names: string[]) => names.toSorted();

async function createSession(world: HubWorld): Promise<string> {
  using client = await EarlierClient.open(world.hub);
  const { body } = await client.post("/api/sessions", { dynamicTools: [tool] });
  return (body.session as { sessionId: string }).sessionId;
}

/** A turn that shows everything codex shows by itself; answers what it is asked. */
async function play(world: HubWorld, client: EarlierClient, sessionId: string): Promise<void> {
  world.model.turn(
    updatePlan([{ step: "Look", status: "in_progress" }]),
    functionCall("look", { at: "it" }),
    requestUserInput([question]),
    applyPatch(addFilePatch("made.txt", "hello\n")),
    execCommand({ cmd: "true", escalate: true }),
    text("Seen."),
  );
  await client.post(`/api/sessions/${sessionId}/messages`, { text: "Look" });
  const { payload: call } = await client.frame("tool_call_requested");
  await client.post(`/api/tool-calls/${call?.requestId}/response`, { text: "a thing" });
  for (const method of [
    "item/fileChange/requestApproval",
    "item/commandExecution/requestApproval",
  ]) {
    const { payload } = await client.frame("approval", (frame) => frame.payload?.method === method);
    await client.post(`/api/approvals/${payload?.approvalId}/decision`, {
      decision: "accept",
      scope: "turn",
    });
  }
  await client.frame("app_server.turn.completed");
}

const options = {
  hub: { deadlines: { user_input: 30 } },
  codex: { features: { default_mode_request_user_input: true }, sandboxMode: "read-only" },
} as const;

test("every frame of a session has the type, the fields and the place its earlier client knows", async () => {
  await using world = await createHubWorld(options);
  const sessionId = await createSession(world);
  using client = await EarlierClient.open(world.hub, sessionId);
  client.send(JSON.stringify({ type: "subscribe", threadId: sessionId }));
  await client.frame("ready");
  await play(world, client, sessionId);

  const { frames } = client;
  const control = ["ready", "subscribed"];
  const events = frames.filter(({ type }) => !control.includes(type));
  for (const event of events) {
    expect(fieldsOf(event), event.type).toEqual(sorted("type", "threadId", "payload", "seq", "at"));
  }
  const mine = events.filter(({ threadId }) => threadId !== null);
  expect(new Set(mine.map(({ threadId }) => threadId))).toEqual(new Set([sessionId]));

  const only = (type: string): readonly Frame[] => {
    const found = events.filter((event) => event.type === type);
    expect(found.length, type).toBeGreaterThan(0);
    return found;
  };
  for (const { type, payload } of events) {
    if (!type.startsWith("app_server.")) continue;
    const isRequest = payload?.signalType === "request";
    expect(fieldsOf(payload), type).toEqual(
      isRequest ? sorted(...signalFields, "requestId") : signalFields,
    );
    expect(fieldsOf(payload?.context)).toEqual(["threadId", "turnId"]);
    expect(type.startsWith("app_server.request.")).toBe(isRequest);
    expect(payload).toMatchObject({ source: "app_server", eventType: type });
    expect(new Date(String(payload?.receivedAt)).toISOString()).toBe(payload?.receivedAt);
    if (payload?.session !== null) {
      expect(fieldsOf(payload?.session)).toEqual(["id", "projectId", "title"]);
    }
  }
  for (const { payload } of only("approval")) {
    expect(fieldsOf(payload)).toEqual(sorted(...pendingFields, "approvalId"));
    expect(payload).toMatchObject({ threadId: sessionId, status: "pending" });
    expect(payload?.approvalId).toBeTypeOf("string");
  }
  for (const { payload } of only("approval_resolved")) {
    expect(payload).toEqual({
      approvalId: expect.any(String),
      status: "resolved",
      decision: "accept",
      scope: "turn",
    });
  }
  expect(only("approval")).toHaveLength(2);
  const [input] = only("tool_user_input_requested");
  expect(fieldsOf(input?.payload)).toEqual(sorted(...pendingFields, "questions", "requestId"));
  expect(input?.payload?.questions).toEqual([{ ...question, isOther: true, isSecret: false }]);
  const [answered] = only("tool_user_input_resolved");
  expect(answered?.payload).toEqual({ requestId: input?.payload?.requestId, status: "expired" });
  const [call] = only("tool_call_requested");
  expect(fieldsOf(call?.payload)).toEqual(
    sorted(...pendingFields, "arguments", "callId", "requestId", "tool"),
  );
  expect(call?.payload).toMatchObject({
    method: "item/tool/call",
    tool: "look",
    arguments: { at: "it" },
  });
  const [called] = only("tool_call_resolved");
  expect(called?.payload).toEqual({
    requestId: call?.payload?.requestId,
    status: "resolved",
    success: true,
  });
  for (const { payload } of only("transcript_updated")) {
    const known = ["entry", "messageId", "threadId", "turnId", "type"];
    expect(fieldsOf(payload).filter((field) => !known.includes(field))).toEqual([]);
    expect(payload?.threadId).toBe(sessionId);
  }
  const aliases = {
    turn_plan_updated: "app_server.turn.plan.updated",
    turn_diff_updated: "app_server.turn.diff.updated",
    thread_token_usage_updated: "app_server.thread.token_usage.updated",
  };
  for (const [alias, type] of Object.entries(aliases)) {
    expect(only(alias).map(({ payload }) => payload)).toEqual(
      only(type).map(({ payload }) => payload?.params),
    );
  }
  expect(events.some(({ type }) => type === "notification")).toBe(false);

  // The event first, then what derives from it; the end of a turn after all that it ends.
  const places = new Map(events.map(({ type }, index) => [type, index]));
  const follows = (view: string, type: string) => {
    expect(events[places.get(view)! - 1]?.type, view).toBe(type);
  };
  follows("tool_call_requested", "app_server.request.item.tool.call");
  follows("tool_user_input_requested", "app_server.request.item.tool.request_user_input");
  follows("approval", "app_server.request.item.command_execution.request_approval");
  for (const [alias, type] of Object.entries(aliases)) follows(alias, type);
});

test("commands are answered as they were, and the socket stays open whatever is sent", async () => {
  await using world = await createHubWorld();
  using client = await EarlierClient.open(world.hub, "some-thread");
  const ready = await client.frame("ready");
  expect(client.frames[0]).toBe(ready);
  expect(ready).toEqual({
    type: "ready",
    threadId: "some-thread",
    protocol: 1,
    epoch: expect.any(String),
    head: expect.any(Number),
  });
  for (const wrong of ["{", "[]", '{"type":"unheard"}', '{"type":"subscribe","threadId":""}']) {
    const before = client.frames.length;
    client.send("");
    client.send(wrong);
    await client.frame("error", (frame) => client.frames.indexOf(frame) >= before);
    expect(client.frames.slice(before)).toEqual([
      { type: "error", code: "invalid_command", message: expect.any(String) },
    ]);
  }
  const before = client.frames.length;
  client.send('{"type":"subscribe","threadId":"another"}');
  client.send('{"type":"unsubscribe"}');
  client.send('{"type":"ping"}');
  await client.frame("pong");
  expect(client.frames.slice(before)).toEqual([
    { type: "subscribed", threadId: "another", types: null, from: expect.any(String) },
    { type: "subscribed", threadId: null, types: null, from: expect.any(String) },
    { type: "pong" },
  ]);
  expect(client.isOpen).toBe(true);
});

test("a socket hears its thread and what concerns all, and after unsubscribe every thread", async () => {
  await using world = await createHubWorld();
  const [one, other] = [await createSession(world), await createSession(world)];
  using opened = await EarlierClient.open(world.hub, one);
  using moved = await EarlierClient.open(world.hub, other);
  using all = await EarlierClient.open(world.hub, one);
  await opened.frame("ready");
  moved.send(JSON.stringify({ type: "subscribe", threadId: one }));
  all.send('{"type":"unsubscribe"}');
  await Promise.all([moved.frame("subscribed"), all.frame("subscribed")]);
  for (const sessionId of [other, one]) {
    world.model.turn(text("Done."));
    await all.post(`/api/sessions/${sessionId}/messages`, { text: "Go" });
    const isEnd = (frame: Frame) => frame.threadId === sessionId;
    await all.frame("app_server.turn.completed", isEnd);
  }
  await Promise.all([opened, moved].map((client) => client.frame("app_server.turn.completed")));
  const heard = (client: EarlierClient) => {
    const events = client.frames.filter(({ payload }) => payload !== undefined);
    return new Set(events.map(({ threadId }) => threadId).filter((id) => id !== null));
  };
  expect(heard(opened)).toEqual(new Set([one]));
  expect(heard(moved)).toEqual(new Set([one]));
  expect(heard(all)).toEqual(new Set([one, other]));
});
