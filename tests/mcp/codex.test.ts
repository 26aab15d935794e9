/** How the real codex offers the tools of `signalbox mcp` to its model, and what it asks before a call. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations, toolsOf } from "@signalbox/contract";
import { mcpToolCall, type RecordedRequest, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../packages/hub/fixtures/hub-world.ts";
import { command } from "./client.ts";

let world: HubWorld;
const resources = new AsyncDisposableStack();
beforeAll(async () => {
  const dir = resources.use(await mkdtempDisposable(join(tmpdir(), "signalbox-mcp-codex-")));
  const home = join(dir.path, "hub");
  const args = [command, "mcp", "--home", home];
  // Codex waits for a server that is required before a session begins, and for no other.
  const signalbox = { command: process.execPath, args, required: true, startup_timeout_sec: 120 };
  world = resources.use(
    await createHubWorld({ hub: { home }, codex: { mcpServers: { signalbox } } }),
  );
});
afterAll(() => resources.disposeAsync());

/** Has the agent of a new session call a tool; gives the session, and its stream from its beginning on. */
async function haveCalled(tool: string, input: object) {
  world.model.turn(mcpToolCall("signalbox", tool, input), text("Done."));
  const { session } = await call(world.hub, operations["sessions.create"], {
    approvalPolicy: "on-request",
  });
  const { sessionId } = session;
  const stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: "Go on" });
  return { sessionId, stream };
}

function lastRequestOf(sessionId: string): RecordedRequest {
  return world.model.requests.findLast(({ threadId }) => threadId === sessionId)!;
}

interface Namespace {
  readonly type: string;
  readonly name?: string;
  readonly tools: readonly { readonly name: string; readonly description: string }[];
}

test("every tool reaches the model whole, and reading with one asks nobody", async () => {
  const { sessionId, stream } = await haveCalled("signalbox_sessions_read", {
    op: "sessions.list",
  });
  using _ = stream;
  await stream.event("app_server.turn.completed");
  const { tools, toolOutputs } = lastRequestOf(sessionId);
  const offered = (tools as unknown as Namespace[]).find(({ name }) => name === "mcp__signalbox");
  const all = toolsOf(operations);
  expect(offered?.tools.map(({ name }) => name).toSorted()).toEqual(
    all.map(({ name }) => name).toSorted(),
  );
  for (const { name, description } of offered!.tools) {
    expect(description).toBe(all.find((tool) => tool.name === name)?.description);
  }
  const [output] = [...toolOutputs.values()];
  expect(output).toContain(`"sessionId":"${sessionId}"`);
  expect(stream.events.map(({ type }) => type)).not.toContain("request.opened");
});

test("a change is asked about first, and the audit then names the session whose agent made it", async () => {
  const { sessionId, stream } = await haveCalled("signalbox_sessions_write", {
    op: "sessions.create",
    title: "Made by an agent",
  });
  using _ = stream;
  const { payload } = await stream.event("request.opened");
  const { requestId, kind } = payload as { requestId: string; kind: string };
  expect(kind).toBe("elicitation");
  const answer = { kind: "elicitation", action: "accept" } as const;
  await call(world.hub, operations["requests.respond"], { requestId, answer });
  await stream.event("app_server.turn.completed");
  const { data } = await call(world.hub, operations["audit.list"], {
    operation: "sessions.create",
    limit: 1,
  });
  expect(data).toMatchObject([{ surface: "mcp", actor: `codex:${sessionId}`, outcome: "ok" }]);
});

test("what went wrong reaches the model with its code and what to do", async () => {
  const { sessionId, stream } = await haveCalled("signalbox_sessions_read", {
    op: "sessions.get",
    sessionId: "@nobody",
  });
  using _ = stream;
  await stream.event("app_server.turn.completed");
  const output = JSON.stringify([...lastRequestOf(sessionId).toolOutputs.values()]);
  expect(output).toContain("session_not_found");
  expect(output).toContain("@nobody");
});
