/** The inbox on the real codex: every kind is listed, read and answered, and only as codex takes it. */
import { type HubEventPayload, operations } from "@signalbox/contract";
import { execCommand, functionCall, requestUserInput, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, callRaw, createHubWorld, StreamClient } from "../../fixtures/hub-world.ts";

const option = (label: string) => ({ label, description: label });
const question = {
  id: "colour",
  header: "Colour",
  question: "Which colour?",
  options: [option("Red"), option("Blue")],
};

async function createSession() {
  const world = await createHubWorld({
    codex: { features: { default_mode_request_user_input: true } },
  });
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
  });
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  return {
    world,
    hub: world.hub,
    sessionId,
    stream,
    say: () => call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" }),
    opened: async (kind: string) =>
      (
        await stream.event<HubEventPayload<"request.opened">>(
          "request.opened",
          ({ payload }) => payload.kind === kind,
        )
      ).payload.requestId,
    told: () => JSON.stringify(world.model.requests.at(-1)!.input.at(-1)),
    async [Symbol.asyncDispose]() {
      stream[Symbol.dispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

test("questions of every kind are in one list, by session, kind and state, a page at a time in both orders", async () => {
  await using s = await createSession();
  s.world.model.turn(functionCall("look", {}), requestUserInput([question]), text("Done."));
  await s.say();
  const toolCall = await s.opened("tool_call");
  await call(s.hub, operations["requests.respond"], {
    requestId: toolCall,
    answer: { kind: "tool_call", text: "seen" },
    actor: "ann",
  });
  const input = await s.opened("user_input");
  const { sessionId } = s;
  const ids = async (filter: object) =>
    (await call(s.hub, operations["requests.list"], filter)).data.map((each) => each.requestId);
  expect(await ids({})).toEqual([input, toolCall]);
  expect(await ids({ order: "oldest" })).toEqual([toolCall, input]);
  expect(await ids({ sessionId, state: "pending" })).toEqual([input]);
  expect(await ids({ state: "resolved" })).toEqual([toolCall]);
  expect(await ids({ kind: "tool_call" })).toEqual([toolCall]);
  expect(await ids({ sessionId: "another" })).toEqual([]);
  for (const order of ["newest", "oldest"] as const) {
    const first = await call(s.hub, operations["requests.list"], { order, limit: 1 });
    const cursor = first.nextCursor!;
    const second = await call(s.hub, operations["requests.list"], { order, limit: 1, cursor });
    expect([...first.data, ...second.data].map(({ requestId }) => requestId)).toEqual(
      order === "newest" ? [input, toolCall] : [toolCall, input],
    );
    expect(second.nextCursor).toBeNull();
  }
  const { request } = await call(s.hub, operations["requests.get"], { requestId: toolCall });
  expect(request).toMatchObject({
    kind: "tool_call",
    tool: "look",
    state: "resolved",
    resolution: { outcome: "answered", success: true, actor: "ann", decidedBy: null },
  });
  const { data } = await call(s.hub, operations["audit.list"], { actor: "ann" });
  expect(data).toMatchObject([
    { operation: "requests.respond", sessionId, outcome: "ok", details: { requestId: toolCall } },
  ]);
});

test("a question to the user is listed with its questions, and its answer reaches the model", async () => {
  await using s = await createSession();
  s.world.model.turn(requestUserInput([question]), text("Done."));
  await s.say();
  const requestId = await s.opened("user_input");
  const { sessionId } = s;
  const list = () => call(s.hub, operations["sessions.tool_input.list"], { sessionId });
  expect((await list()).data).toMatchObject([
    {
      requestId,
      threadId: sessionId,
      status: "pending",
      summary: "Which colour?",
      questions: [{ id: "colour", isSecret: false, options: [{ label: "Red" }, {}] }],
    },
  ]);
  await call(s.hub, operations["tool_input.decide"], {
    requestId,
    decision: "accept",
    answers: { colour: { answers: ["Blue"] } },
  });
  expect((await list()).data).toEqual([]);
  await s.stream.event("app_server.turn.completed");
  expect(s.told()).toContain("Blue");
});

test.each(["decline", "cancel"] as const)(
  "a question to the user that gets a %s is answered as codex's schema has it, and the turn goes on",
  async (decision) => {
    await using s = await createSession();
    s.world.model.turn(requestUserInput([question]), text("Then not."));
    await s.say();
    const requestId = await s.opened("user_input");
    await call(s.hub, operations["tool_input.decide"], { requestId, decision });
    const { payload } = await s.stream.event("app_server.turn.completed");
    expect(payload).toMatchObject({ params: { turn: { status: "completed" } } });
    expect(s.told()).toContain('\\"answers\\":{}');
    expect(s.stream.events.find(({ type }) => type === "request.resolved")?.payload).toMatchObject({
      outcome: "answered",
      decision,
    });
  },
);

test("of many decisions at once one reaches codex, whichever route they take", async () => {
  await using s = await createSession();
  s.world.model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Done."));
  await s.say();
  const requestId = await s.opened("command_approval");
  const { sessionId } = s;
  const { data } = await call(s.hub, operations["sessions.approvals.list"], { sessionId });
  expect(data).toMatchObject([
    { approvalId: requestId, status: "pending", turnId: expect.any(String) },
  ]);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const decision = index % 3 === 0 ? "accept" : "decline";
      return index % 2 === 0
        ? callRaw(s.hub, operations["approvals.decide"], { approvalId: requestId, decision })
        : callRaw(s.hub, operations["requests.respond"], {
            requestId,
            answer: { kind: "command_approval", decision },
          });
    }),
  );
  const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
  expect(winners).toHaveLength(1);
  const decision = winners[0]! % 3 === 0 ? "accept" : "decline";
  for (const { status, body } of answers.filter((each) => each.status !== 200)) {
    expect(status).toBe(409);
    expect(body).toMatchObject({
      status: "reconciled",
      code: "already_resolved",
      details: { resolution: { decision } },
    });
  }
  await s.stream.event("app_server.turn.completed");
  expect(s.told().includes("ran\\n")).toBe(decision === "accept");
  expect(s.stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
});
