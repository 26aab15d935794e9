/** Policies on the real codex: what they allow happens without anybody being asked, and nothing else. */
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  type HubEventPayload,
  operations,
  type PolicyRule,
  type RequestResolution,
} from "@signalbox/contract";
import {
  addFilePatch,
  applyPatch,
  execCommand,
  functionCall,
  mcpTestServer,
  mcpToolCall,
  requestUserInput,
  text,
} from "@signalbox/testing";
import { expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  StreamClient,
  type WorldOptions,
} from "../../fixtures/hub-world.ts";

async function createSession(options: WorldOptions = {}) {
  const world = await createHubWorld(options);
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
  });
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  return {
    world,
    sessionId,
    stream,
    say: () => call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go" }),
    resolved: () => stream.event<RequestResolution>("request.resolved"),
    opened: () => stream.event<HubEventPayload<"request.opened">>("request.opened"),
    async [Symbol.asyncDispose]() {
      stream[Symbol.dispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

const command = (action: "allow" | "deny", ...prefix: string[]): PolicyRule => ({
  kind: "command_approval",
  action,
  prefix,
});
const echo = command("allow", "echo", "ran");

test("a command that a rule allows runs without anybody being asked, and it is said which rule it was", async () => {
  await using s = await createSession();
  const { hub, model } = s.world;
  const deny = command("deny", "rm");
  const { policy } = await call(hub, operations["sessions.policy.set"], {
    sessionId: s.sessionId,
    mode: "rules",
    rules: [deny, echo],
  });
  expect(policy.rules).toEqual([deny, echo]);
  model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Done."));
  await s.say();
  const { payload } = await s.resolved();
  expect(payload).toMatchObject({
    outcome: "answered",
    decision: "accept",
    decidedBy: { policy: s.sessionId, rule: 1 },
  });
  // Whoever hears that it is asked hears that it is answered.
  expect((await s.opened()).payload.decidedBy).toEqual(payload.decidedBy);
  await s.stream.event("app_server.turn.completed");
  expect(JSON.stringify(model.requests.at(-1)!.input.at(-1))).toContain("ran\\n");
  const { data } = await call(hub, operations["audit.list"], { operation: "request.resolved" });
  expect(data).toMatchObject([
    {
      surface: "hub",
      sessionId: s.sessionId,
      outcome: "answered",
      details: { decision: "accept", decidedBy: { rule: 1 } },
    },
  ]);
});

test("a command that only begins as an allowed one is asked for", async () => {
  await using s = await createSession();
  await call(s.world.hub, operations["policies.set"], { mode: "rules", rules: [echo] });
  s.world.model.turn(execCommand({ cmd: "echo ran; touch x", escalate: true }), text("Done."));
  await s.say();
  const { payload } = await s.opened();
  const { request } = await call(s.world.hub, operations["requests.get"], {
    requestId: payload.requestId,
  });
  expect(request).toMatchObject({ kind: "command_approval", state: "pending" });
  expect(payload.decidedBy).toBeNull();
  expect(s.stream.events.map(({ type }) => type)).not.toContain("request.resolved");
});

test("in mode deny a command is declined at once, and the policy outlives a restart and ends with its unset", async () => {
  await using s = await createSession();
  const { sessionId, world } = s;
  await call(world.hub, operations["sessions.policy.set"], { sessionId, mode: "deny" });
  world.model.turn(execCommand({ cmd: "echo ran", escalate: true }), text("Fine."));
  await s.say();
  const { payload } = await s.resolved();
  expect(payload).toMatchObject({
    outcome: "answered",
    decision: "decline",
    decidedBy: { policy: sessionId, rule: null },
  });
  await s.stream.event("app_server.turn.completed");
  await world.restart();
  const read = () => call(world.hub, operations["sessions.policy.get"], { sessionId });
  expect(await read()).toMatchObject({ source: "session", policy: { mode: "deny" } });
  await call(world.hub, operations["sessions.policy.unset"], { sessionId });
  expect(await read()).toMatchObject({ source: "default", policy: { mode: "ask" } });
});

test("a file change is allowed in a folder, and asked for where a link leads out of it", async () => {
  await using s = await createSession({ codex: { sandboxMode: "read-only" } });
  const { hub, model, codex } = s.world;
  const folder = join(codex.workspace, "inside");
  mkdirSync(folder);
  mkdirSync(join(codex.workspace, "outside"));
  symlinkSync(join(codex.workspace, "outside"), join(folder, "link"));
  const { policy } = await call(hub, operations["policies.set"], {
    mode: "rules",
    rules: [{ kind: "file_change_approval", action: "allow", folder }],
  });
  expect(policy.rules).toMatchObject([{ folder: realpathSync(folder) }]);
  model.turn(
    applyPatch(addFilePatch("inside/a.txt", "a\n")),
    applyPatch(addFilePatch("inside/link/b.txt", "b\n")),
    text("Done."),
  );
  await s.say();
  const { payload: first } = await s.resolved();
  expect(first).toMatchObject({ decision: "accept", decidedBy: { policy: "default", rule: 0 } });
  const { payload: second } = await s.stream.event<HubEventPayload<"request.opened">>(
    "request.opened",
    ({ payload }) => payload.requestId !== first.requestId,
  );
  const { request } = await call(hub, operations["requests.get"], {
    requestId: second.requestId,
  });
  expect(request).toMatchObject({ state: "pending", kind: "file_change_approval" });
  expect(request.kind === "file_change_approval" && request.paths?.[0]).toMatch(/link\/b\.txt$/);
});

test("an MCP tool is allowed by name, and a form is asked however the rules say", async () => {
  await using s = await createSession({ codex: { mcpServers: { helper: mcpTestServer() } } });
  const { hub, model } = s.world;
  await call(hub, operations["policies.set"], {
    mode: "rules",
    rules: [{ kind: "elicitation", action: "allow", server: "helper" }],
  });
  model.turn(mcpToolCall("helper", "ask", { message: "Your name?" }), text("Done."));
  await s.say();
  const { payload: allowed } = await s.resolved();
  expect(allowed).toMatchObject({ kind: "elicitation", decidedBy: { rule: 0 } });
  const { payload: form } = await s.stream.event<HubEventPayload<"request.opened">>(
    "request.opened",
    ({ payload }) => payload.requestId !== allowed.requestId,
  );
  const { requestId } = form;
  const respond = (answer: object) =>
    callRaw(hub, operations["requests.respond"], {
      requestId,
      answer: { kind: "elicitation", action: "accept", ...answer },
    });
  expect(await respond({ content: { name: 7 } })).toMatchObject({
    status: 400,
    body: { code: "invalid_answer", details: { issues: [{ path: "answer.content.name" }] } },
  });
  expect(await respond({ persist: "always" })).toMatchObject({ body: { code: "invalid_answer" } });
  expect(await respond({ content: { name: "Ada" } })).toMatchObject({ status: 200 });
  await s.stream.event("app_server.turn.completed");
  expect(JSON.stringify(model.requests.at(-1)!.input.at(-1))).toContain("Ada");
});

test("a tool call is denied by name, and a deadline of the session's own holds", async () => {
  await using s = await createSession({
    codex: { features: { default_mode_request_user_input: true } },
  });
  const { hub, model } = s.world;
  await call(hub, operations["sessions.policy.set"], {
    sessionId: s.sessionId,
    mode: "rules",
    rules: [{ kind: "tool_call", action: "deny", tool: "look" }],
    deadlines: { user_input: 1_000 },
  });
  const options = ["Yes", "No"].map((label) => ({ label, description: label }));
  const question = { id: "q", header: "Q", question: "Why?", options };
  model.turn(functionCall("look", {}), requestUserInput([question]), text("Done."));
  await s.say();
  const { payload } = await s.resolved();
  expect(payload).toMatchObject({ kind: "tool_call", outcome: "answered", success: false });
  const { payload: asked } = await s.stream.event<HubEventPayload<"request.opened">>(
    "request.opened",
    (event) => event.payload.kind === "user_input",
  );
  expect(asked.deadlineAt).toBe(asked.openedAt + 1_000);
  await s.stream.event("app_server.turn.completed");
});
