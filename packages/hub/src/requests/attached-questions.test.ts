/** What codex asks in the sessions of other clients, on the real codex: shown here, answered there. */
import type { Answer, AppServerClient } from "@signalbox/app-server";
import {
  type HubEventPayload,
  operations,
  type RequestAnswer,
  type RequestKind,
  type RequestResolution,
} from "@signalbox/contract";
import {
  execCommand,
  functionCall,
  mcpTestServer,
  mcpToolCall,
  type Reply,
  requestUserInput,
  text,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import { kill, spawnHub } from "../../fixtures/hub-process.ts";
import { call, callRaw, type HubAddress, StreamClient } from "../../fixtures/hub-world.ts";
import { createSharedWorld, type SharedWorld } from "../../fixtures/shared-world.ts";
import { startHub } from "../index.ts";

type Opened = HubEventPayload<"request.opened">;

const log = { level: "silent" as const };
/** A hub of its own would answer each kind before a client hears of it. */
const deadlines = { command_approval: 0, user_input: 0, elicitation: 0, tool_call: 0 };
const look = { type: "function", name: "look", description: "Looks", inputSchema: {} } as const;

/** Has another client ask; what it is asked waits until `answer` is called. */
async function askElsewhere(world: SharedWorld, ...replies: Reply[]) {
  const other = world.otherClient();
  const asked = Promise.withResolvers<Parameters<AppServerClient["respond"]>[0]>();
  other.onRequest(({ generation, message }) => asked.resolve({ generation, id: message.id }));
  world.model.turn(...replies, text("Done."));
  const { thread } = await other.request("thread/start", {
    cwd: world.codex.workspace,
    dynamicTools: [{ ...look, inputSchema: { type: "object" } }],
  });
  const threadId = thread.id;
  const input = [{ type: "text" as const, text: "Ask", text_elements: [] }];
  const { turn } = await other.request("turn/start", { threadId, input });
  return {
    threadId,
    interrupt: () => other.request("turn/interrupt", { threadId, turnId: turn.id }),
    async answer(answer: Answer) {
      const request = await asked.promise;
      expect(other.respond(request, answer)).toBe(true);
    },
  };
}

function lastOutput({ model }: SharedWorld): string {
  return JSON.stringify(model.requests.at(-1)!.input.at(-1));
}

async function pending(hub: HubAddress, sessionId: string) {
  const { data } = await call(hub, operations["requests.list"], { sessionId, state: "pending" });
  return data;
}

const question = {
  id: "q",
  header: "Q",
  question: "Why?",
  options: [{ label: "A", description: "" }],
};

const kinds: Partial<
  Record<RequestKind, { reply: Reply; here: RequestAnswer; there: unknown; seen: string }>
> = {
  command_approval: {
    reply: execCommand({ cmd: "echo ran", escalate: true }),
    here: { kind: "command_approval", decision: "decline" },
    there: { decision: "accept" },
    seen: "ran\\n",
  },
  user_input: {
    reply: requestUserInput([question]),
    here: { kind: "user_input", decision: "decline" },
    there: { answers: { q: { answers: ["since theirs"] } } },
    seen: "since theirs",
  },
  elicitation: {
    reply: mcpToolCall("helper", "echo", { text: "heard" }),
    here: { kind: "elicitation", action: "decline" },
    there: { action: "accept", content: {}, _meta: null },
    seen: "heard",
  },
  tool_call: {
    reply: functionCall("look", {}),
    here: { kind: "tool_call", text: "ours" },
    there: { success: true, contentItems: [{ type: "inputText", text: "theirs" }] },
    seen: "theirs",
  },
};

test.for(Object.entries(kinds))(
  "a question of another client's session (%s) is shown here and left to that client: no policy, no deadline, no answer",
  async ([kind, { reply, here, there, seen }]) => {
    await using world = await createSharedWorld({
      features: { default_mode_request_user_input: true },
      mcpServers: { helper: mcpTestServer() },
    });
    await using hub = await startHub({ ...world.options, deadlines, log });
    await call(hub, operations["policies.set"], {
      mode: "rules",
      rules: [
        { kind: "command_approval", action: "deny", prefix: ["echo"] },
        { kind: "user_input", action: "deny" },
        { kind: "elicitation", action: "deny", server: "helper" },
        { kind: "tool_call", action: "deny", tool: "look" },
      ],
    });
    using stream = await StreamClient.open(hub);
    const elsewhere = await askElsewhere(world, reply);
    const { payload } = await stream.event<Opened>("request.opened");
    const theirs = { kind, authority: "attached", deadlineAt: null, decidedBy: null };
    expect(payload).toMatchObject(theirs);
    const { requestId } = payload;
    expect(await pending(hub, elsewhere.threadId)).toMatchObject([{ ...theirs, requestId }]);

    const refused = { status: 403, body: { code: "session_attached" } };
    const { "requests.respond": respond, "tool_calls.claim": claim } = operations;
    expect(await callRaw(hub, respond, { requestId, answer: here })).toMatchObject(refused);
    // Before anything else is looked at, such as its kind.
    const odd = { kind: "permissions" as const, decision: "decline" as const };
    expect(await callRaw(hub, respond, { requestId, answer: odd })).toMatchObject(refused);
    const bound = { requestId, claimant: "here" };
    expect(await callRaw(hub, claim, bound)).toMatchObject(
      kind === "tool_call" ? refused : { status: 404 },
    );
    expect(await pending(hub, elsewhere.threadId)).toHaveLength(1);

    // Nobody here must answer, so whoever waits waits on.
    const patience = { sessionId: elsewhere.threadId, timeoutMs: 0 };
    const { outcome, requests } = await call(hub, operations["sessions.wait"], patience);
    expect(outcome).toBe("timed_out");
    expect(requests).toMatchObject([theirs]);

    await elsewhere.answer({ result: there });
    await stream.event("app_server.turn.completed");
    const ends = stream.events.filter(({ type }) => type === "request.resolved");
    expect(ends).toMatchObject([
      { payload: { requestId, outcome: "expired", reason: "withdrawn" } },
    ]);
    expect(lastOutput(world)).toContain(seen);
  },
);

test("a question of another client's session waits for that client over a restart of the hub, and ends with its turn", async () => {
  await using world = await createSharedWorld();
  const options = { ...world.options, deadlines, log };
  const first = await spawnHub(options);
  let asked: Awaited<ReturnType<typeof askElsewhere>>;
  let requestId: string;
  {
    using stream = await StreamClient.open(first);
    asked = await askElsewhere(world, execCommand({ cmd: "echo ran", escalate: true }));
    ({ requestId } = (await stream.event<Opened>("request.opened")).payload);
    await call(first, operations["policies.set"], { mode: "deny" });
  }
  await kill(first.child, "SIGKILL");
  await using hub = await startHub(options);
  using stream = await StreamClient.open(hub);
  expect(await pending(hub, asked.threadId)).toMatchObject([
    { requestId, authority: "attached", deadlineAt: null },
  ]);
  await asked.interrupt();
  await stream.event("app_server.turn.completed");
  const { request } = await call(hub, operations["requests.get"], { requestId });
  expect(request).toMatchObject({
    state: "resolved",
    authority: "attached",
    resolution: { outcome: "expired", decidedBy: null },
  });
});

test.for([
  ["its policy", "deny"],
  ["the people here", "ask"],
] as const)(
  "of a session that is let go of and adopted the open question ends and is asked anew: %s answers it from then on",
  async ([, mode]) => {
    await using world = await createSharedWorld();
    await using hub = await startHub({ ...world.options, log });
    await call(hub, operations["policies.set"], { mode });
    using stream = await StreamClient.open(hub);
    const elsewhere = await askElsewhere(world, execCommand({ cmd: "echo ran", escalate: true }));
    const sessionId = elsewhere.threadId;
    const { payload: theirs } = await stream.event<Opened>("request.opened");
    await call(hub, operations["sessions.detach"], { sessionId });
    await call(hub, operations["sessions.resume"], { sessionId });
    const { payload: ours } = await stream.event<Opened>(
      "request.opened",
      ({ payload }) => payload.requestId !== theirs.requestId,
    );
    expect(ours).toMatchObject({ authority: "owned", summary: theirs.summary });
    expect(ours.deadlineAt).toBe(ours.openedAt + 30 * 60_000);
    const { requestId } = ours;
    if (mode === "ask") {
      const answer = { kind: "command_approval", decision: "accept" } as const;
      await call(hub, operations["requests.respond"], { requestId, answer });
    }
    await stream.event("app_server.turn.completed");
    const ends = stream.events
      .filter(({ type }) => type === "request.resolved")
      .map(({ payload }) => payload as RequestResolution);
    expect(ends).toMatchObject([
      { requestId: theirs.requestId, outcome: "expired", reason: "session_ended" },
      {
        requestId,
        outcome: "answered",
        decidedBy: mode === "deny" ? { policy: "default", rule: null } : null,
      },
    ]);
    expect(lastOutput(world).includes("\\nran\\n")).toBe(mode === "ask");
  },
);
