/** Questions on the real codex: answered once, or ended by their default or by what happens. */
import {
  type HubEventPayload,
  operations,
  type RequestResolution,
  type RequestSignal,
} from "@signalbox/contract";
import {
  addFilePatch,
  applyPatch,
  execCommand,
  functionCall,
  requestUserInput,
  text,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
  type WorldOptions,
} from "../../fixtures/hub-world.ts";
import type { Deadlines } from "./kind.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

/** A world with a session of one tool, and a stream on it. */
async function createSession(options: WorldOptions = {}) {
  const world = await createHubWorld(options);
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [tool],
  });
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  return {
    world,
    sessionId,
    stream,
    say: () => call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" }),
    async [Symbol.asyncDispose]() {
      stream[Symbol.dispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

const soon = (kind: keyof Deadlines): WorldOptions => ({ hub: { deadlines: { [kind]: 30 } } });

/** What the model was told of its last tool call. */
function lastOutput({ model }: HubWorld): string {
  return JSON.stringify(model.requests.at(-1)!.input.at(-1));
}

test("of an accept and a decline at once exactly one reaches codex, and the other is told which", async () => {
  await using s = await createSession();
  s.world.model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Done."));
  await s.say();
  const { payload: opened } =
    await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  const decide = (decision: "accept" | "decline") =>
    callRaw(s.world.hub, operations["approvals.decide"], {
      approvalId: opened.requestId,
      decision,
    });
  const [accepted, declined] = await Promise.all([decide("accept"), decide("decline")]);
  expect([accepted.status, declined.status].toSorted()).toEqual([200, 409]);
  const winner = accepted.status === 200 ? "accept" : "decline";
  const loser = accepted.status === 200 ? declined : accepted;
  expect(loser.body).toMatchObject({
    status: "reconciled",
    code: "already_resolved",
    details: { resolution: { outcome: "answered", decision: winner } },
  });
  await s.stream.event("app_server.turn.completed");
  expect(lastOutput(s.world).includes("ran\\n")).toBe(winner === "accept");
  expect(s.stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
});

test("the row and both events of a question are there when a client hears of it, with its deadline", async () => {
  await using s = await createSession();
  s.world.model.turn(execCommand({ cmd: "echo hi", escalate: true, justification: "to see" }));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  const signal = await s.stream.event<RequestSignal>(
    "app_server.request.item.command_execution.request_approval",
  );
  expect(signal.payload.requestId).toBe(payload.requestId);
  expect(signal.seq).toBeLessThan(
    s.stream.events.find(({ type }) => type === "request.opened")!.seq,
  );
  expect(payload).toMatchObject({ kind: "command_approval", threadId: s.sessionId });
  expect(payload.summary).toMatch(/^Run .*echo hi.*: to see$/);
  expect(payload.deadlineAt).toBe(payload.openedAt + 30 * 60_000);
});

test("a declined command does not run, and the turn goes on without it", async () => {
  await using s = await createSession();
  s.world.model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Fine."));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  await call(s.world.hub, operations["approvals.decide"], {
    approvalId: payload.requestId,
    decision: "decline",
  });
  const { payload: end } = await s.stream.event("app_server.turn.completed");
  expect(end).toMatchObject({ params: { turn: { status: "completed" } } });
  expect(s.world.model.requests).toHaveLength(2);
  expect(lastOutput(s.world)).not.toContain("ran\\n");
});

test("a cancelled approval ends its turn as interrupted", async () => {
  await using s = await createSession();
  s.world.model.turn(execCommand({ cmd: "true", escalate: true }));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  await call(s.world.hub, operations["approvals.decide"], {
    approvalId: payload.requestId,
    decision: "cancel",
  });
  const { payload: end } = await s.stream.event("app_server.turn.completed");
  expect(end).toMatchObject({ params: { turn: { status: "interrupted" } } });
});

test("an approval nobody decides is declined at its deadline, once, and told", async () => {
  await using s = await createSession(soon("command_approval"));
  s.world.model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Fine."));
  await s.say();
  const { payload } = await s.stream.event<RequestResolution>("request.resolved");
  expect(payload).toMatchObject({ kind: "command_approval", outcome: "timed_out", reason: null });
  expect(payload.decision).toBe("decline");
  const { payload: turn } = await s.stream.event("app_server.turn.completed");
  expect(turn).toMatchObject({ params: { turn: { status: "completed" } } });
  const late = await callRaw(s.world.hub, operations["approvals.decide"], {
    approvalId: payload.requestId,
    decision: "accept",
  });
  expect(late).toMatchObject({ status: 409, body: { code: "not_eligible", status: "reconciled" } });
  expect(s.stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
});

test("a tool call nobody answers fails at its deadline with a text that says so", async () => {
  await using s = await createSession(soon("tool_call"));
  s.world.model.turn(functionCall("look", {}), text("Nobody."));
  await s.say();
  const { payload } = await s.stream.event<RequestResolution>("request.resolved");
  expect(payload).toMatchObject({ kind: "tool_call", outcome: "timed_out", success: false });
  await s.stream.event("app_server.turn.completed");
  expect(lastOutput(s.world)).toMatch(
    /Call look: nobody that offers the tool took the call within 0\.03 s/,
  );
});

test("questions to the user become rows and events, and end by their default", async () => {
  await using s = await createSession({
    hub: { deadlines: { user_input: 30 } },
    codex: { features: { default_mode_request_user_input: true } },
  });
  const question = {
    id: "colour",
    header: "Colour",
    question: "Which colour?",
    options: [
      { label: "Red", description: "Warm" },
      { label: "Blue", description: "Cool" },
    ],
  };
  s.world.model.turn(requestUserInput([question]), text("No answer then."));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  expect(payload).toMatchObject({ kind: "user_input", summary: "Which colour?" });
  const { payload: end } = await s.stream.event<RequestResolution>("request.resolved");
  expect(end).toMatchObject({ requestId: payload.requestId, outcome: "timed_out", decision: null });
  await s.stream.event("app_server.turn.completed");
});

test("a file change is decided like a command", async () => {
  await using s = await createSession({ codex: { sandboxMode: "read-only" } });
  s.world.model.turn(applyPatch(addFilePatch("made.txt", "hello\n")), text("Made."));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  expect(payload).toMatchObject({ kind: "file_change_approval", summary: "Change files" });
  await call(s.world.hub, operations["approvals.decide"], {
    approvalId: payload.requestId,
    decision: "accept",
    scope: "session",
  });
  await s.stream.event("app_server.turn.completed");
  const { payload: end } = await s.stream.event<RequestResolution>("request.resolved");
  expect(end).toMatchObject({ decision: "accept", scope: "session" });
});

test("an interrupt ends the turn's open questions, once", async () => {
  await using s = await createSession();
  s.world.model.turn(functionCall("look", {}));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  await call(s.world.hub, operations["sessions.interrupt"], { sessionId: s.sessionId });
  const { payload: end } = await s.stream.event<RequestResolution>("request.resolved");
  expect(end).toMatchObject({ requestId: payload.requestId, outcome: "expired" });
  expect(["turn_ended", "withdrawn"]).toContain(end.reason);
  await s.stream.event("app_server.turn.completed");
  const late = await callRaw(s.world.hub, operations["tool_calls.respond"], {
    requestId: payload.requestId,
    text: "too late",
  });
  expect(late).toMatchObject({ status: 409, body: { code: "not_eligible" } });
  expect(s.stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
});

test("an approval can't be answered as a tool call, nor the other way round", async () => {
  await using s = await createSession();
  s.world.model.turn(functionCall("look", {}));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  const wrong = await callRaw(s.world.hub, operations["approvals.decide"], {
    approvalId: payload.requestId,
    decision: "accept",
  });
  expect(wrong).toMatchObject({ status: 404, body: { code: "approval_not_found" } });
});

test("when the hub is closed its open questions end, and say so", async () => {
  await using s = await createSession();
  s.world.model.turn(functionCall("look", {}));
  await s.say();
  const { payload } = await s.stream.event<HubEventPayload<"request.opened">>("request.opened");
  const { epoch, head } = await s.stream.frame("ready");
  await s.world.restart();
  using again = await StreamClient.open(s.world.hub, { after: `${epoch}:${head}` });
  const { payload: end } = await again.event<RequestResolution>("request.resolved");
  expect(end).toMatchObject({ requestId: payload.requestId, reason: "hub_closed" });
  await again.frame("caught_up");
  expect(again.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
});
