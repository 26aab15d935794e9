import type { AppServerSignal, RequestResolution, RequestSignal } from "@signalbox/contract";
import { operations } from "@signalbox/contract";
import { execCommand, functionCall, gate, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, callRaw, createHubWorld, StreamClient } from "../fixtures/hub-world.ts";

const uppercase = {
  name: "uppercase",
  description: "Gives a text back in capitals",
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
};

type ToolCall = RequestSignal<"item/tool/call", { tool: string; arguments: { text: string } }>;

test("a session's tool call reaches a client, and of two answers at once exactly one gets to the model", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { session } = await call(hub, operations["sessions.create"], { dynamicTools: [uppercase] });
  expect(session).toMatchObject({ title: "New chat", materialized: false, status: "idle" });
  using stream = await StreamClient.open(hub, { threadId: session.sessionId });
  model.turn(functionCall("uppercase", { text: "hello" }), text("It says HELLO."));
  const { turnId } = await call(hub, operations["sessions.send_message"], {
    sessionId: session.sessionId,
    text: "Shout hello",
  });

  const asked = await stream.event<ToolCall>("app_server.request.item.tool.call");
  expect(asked.payload).toMatchObject({
    source: "app_server",
    signalType: "request",
    method: "item/tool/call",
    context: { threadId: session.sessionId, turnId },
    params: { tool: "uppercase", arguments: { text: "hello" } },
    session: { id: session.sessionId, title: "New chat", projectId: null },
  });
  const { requestId } = asked.payload;
  expect(requestId).toMatch(/^req_[0-9a-f]{32}$/);
  const respond = (answer: string) =>
    callRaw(hub, operations["tool_calls.respond"], { requestId, text: answer });
  const answers = await Promise.all([respond("HELLO"), respond("GOODBYE")]);
  const [winner, loser] = answers.toSorted((a, b) => a.status - b.status);
  expect(winner).toEqual({
    status: 200,
    body: { status: "ok", requestId, threadId: session.sessionId },
  });
  expect(loser).toMatchObject({
    status: 409,
    body: {
      status: "reconciled",
      code: "already_resolved",
      retryable: false,
      details: { resolution: { outcome: "answered", success: true } },
    },
  });

  const completed = await stream.event<AppServerSignal>("app_server.turn.completed");
  expect(completed.payload.context.turnId).toBe(turnId);
  const given = answers[0]!.status === 200 ? "HELLO" : "GOODBYE";
  const output = JSON.stringify(model.requests[1]!.input);
  expect(output).toContain(given);
  expect(output).not.toContain(given === "HELLO" ? "GOODBYE" : '"HELLO"');
  const resolved = stream.events.filter((event) => event.type === "request.resolved");
  expect(resolved).toHaveLength(1);

  const read = await call(hub, operations["sessions.get"], { sessionId: session.sessionId });
  expect(read.transcript.map(({ role, type, content }) => [role, type, content])).toEqual([
    ["user", "userMessage", "Shout hello"],
    ["system", "dynamicToolCall", "uppercase (completed)"],
    ["system", "tool_call.resolved", "tool call: answered, success"],
    ["assistant", "agentMessage", "It says HELLO."],
  ]);
  expect(read.session).toMatchObject({ materialized: true, status: "idle", activeTurnId: null });
});

test("an approval is decided once, and what was decided is done", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  model.turn(
    execCommand({ cmd: "echo approved > proof.txt", escalate: true, justification: "to write" }),
    text("Done."),
  );
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Write the file" });
  const asked = await stream.event<RequestSignal>(
    "app_server.request.item.command_execution.request_approval",
  );
  const approvalId = asked.payload.requestId;
  const opened = await stream.event("request.opened");
  expect(opened.payload).toMatchObject({ requestId: approvalId, kind: "command_approval" });
  const decided = await call(hub, operations["approvals.decide"], {
    approvalId,
    decision: "accept",
  });
  expect(decided).toEqual({ status: "ok", approvalId, threadId: sessionId });
  const resolved = await stream.event<RequestResolution>("request.resolved");
  expect(resolved.payload).toMatchObject({
    requestId: approvalId,
    outcome: "answered",
    decision: "accept",
    scope: "turn",
  });
  const item = await stream.event<AppServerSignal<string, { item: Record<string, unknown> }>>(
    "app_server.item.completed",
    (event) => event.payload.params.item.type === "commandExecution",
  );
  expect(item.payload.params.item).toMatchObject({ status: "completed", exitCode: 0 });
  await stream.event("app_server.turn.completed");
  const again = await callRaw(hub, operations["approvals.decide"], {
    approvalId,
    decision: "decline",
  });
  expect(again).toMatchObject({
    status: 409,
    body: { status: "reconciled", code: "already_resolved" },
  });
});

test("a socket that is cut in mid-turn resumes after its last event with none missed and none doubled", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  const first = await StreamClient.open(hub);
  const words = Array.from({ length: 60 }, (_, i) => `word${i} `);
  model.turn(text([...words.slice(0, 20), gate("cut"), ...words.slice(20)]));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Talk" });
  await first.event("app_server.item.agent_message.delta");
  first.cut();
  const seen = first.seqs;
  const { epoch, head } = await first.frame("ready");
  model.gate("cut").release();

  using second = await StreamClient.open(hub, { after: `${epoch}:${seen.at(-1)}` });
  await second.frame("caught_up");
  const end = await second.event("app_server.turn.completed");
  const got = [...seen, ...second.seqs].filter((seq) => seq <= end.seq);
  expect(got).toEqual(Array.from({ length: end.seq - head }, (_, i) => head + 1 + i));
  const said = [...first.events, ...second.events]
    .filter(({ type }) => type === "app_server.item.agent_message.delta")
    .map(({ payload }) => (payload as AppServerSignal<string, { delta: string }>).params.delta);
  expect(said.join("")).toBe(words.join(""));
});
