/** The tools of `signalbox mcp` over stdio, on the real hub. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations, toolsOf } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, createHubWorld, type HubWorld } from "../../packages/hub/fixtures/hub-world.ts";
import { command, connectOverStdio, modern, type StdioClient } from "./client.ts";

let world: HubWorld;
let shared: StdioClient;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("It is a test."));
  shared = await connectOverStdio(world.hub);
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test("the tools are those of the contract, annotated as it says", async () => {
  const { tools } = await shared.client.listTools();
  const told = tools.map(({ name, description, annotations, inputSchema, outputSchema }) => {
    return { name, description, annotations, inputSchema, outputSchema };
  });
  expect(told).toEqual(
    toolsOf(operations).map(({ topic: _, intent: __, operations: ___, ...tool }) => tool),
  );
});

test.each([
  ["2025-06-18", { supportedProtocolVersions: ["2025-06-18"] }],
  ["2025-11-25", {}],
  ["2026-07-28", modern],
])("protocol %s is spoken", async (version, options) => {
  await using connected = await connectOverStdio(world.hub, { client: options });
  const { client } = connected;
  expect(client.getNegotiatedProtocolVersion()).toBe(version);
  expect(client.getServerVersion()).toMatchObject({ name: "signalbox" });
  expect(client.getInstructions()).toContain("op");
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(10);
  const result = await client.callTool({
    name: "signalbox_sessions_write",
    arguments: { op: "sessions.create" },
  });
  expect(operations["sessions.create"].output.safeParse(result.structuredContent).error).toBe(
    undefined,
  );
});

test("on stdout there is the protocol and nothing else, and the end of stdin is the end", async () => {
  const child = spawn(process.execPath, [command, "mcp"], {
    env: { ...process.env, SIGNALBOX_URL: world.hub.url, SIGNALBOX_TOKEN: world.hub.token },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let stdout = "";
  const answered = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk;
      if (stdout.includes('"id":2')) resolve();
    });
  });
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const clientInfo = { name: "bare", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  send({ id: 1, method: "initialize", params });
  send({ method: "notifications/initialized" });
  child.stdin.write("this is not JSON\n");
  send({
    id: 2,
    method: "tools/call",
    params: { name: "signalbox_hub_read", arguments: { op: "system.health" } },
  });
  await answered;
  child.stdin.end();
  expect(await closed).toEqual([0, null]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2]);
});

test("only the tools asked for are offered, and can be called", async () => {
  await using connected = await connectOverStdio(world.hub, {
    args: ["--tools", "sessions,hub", "--read-only"],
  });
  const { client } = connected;
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["signalbox_sessions_read", "signalbox_hub_read"]);
  const refused = await client.callTool({
    name: "signalbox_sessions_write",
    arguments: { op: "sessions.create" },
  });
  expect(refused).toMatchObject({ isError: true, _meta: { code: "mcp_route_error" } });
});

test("tools about nothing there is are refused as the command starts, with what there is", async () => {
  const child = spawn(process.execPath, [command, "mcp", "--tools", "sessions,sesions"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  expect(await once(child, "close")).toEqual([2, null]);
  expect(stderr).toMatch(/no tools about "sesions".*Known: sessions, turns/);
});

const health = { name: "signalbox_hub_read", arguments: { op: "system.health" } };

describe("what goes wrong", () => {
  test("an operation in the wrong tool is a result that names the right one", async () => {
    const result = await shared.client.callTool({
      name: "signalbox_sessions_read",
      arguments: { op: "sessions.delete", sessionId: "x" },
    });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("Call signalbox_sessions_destroy for it") }],
      _meta: { code: "mcp_route_error", exit: 2 },
      structuredContent: { error: { details: { elsewhere: "signalbox_sessions_destroy" } } },
    });
  });

  test("a field the operation does not take is named", async () => {
    const result = await shared.client.callTool({
      name: "signalbox_sessions_write",
      arguments: { op: "sessions.create", titel: "x" },
    });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("titel") }],
      _meta: { code: "invalid_request", category: "validation", exit: 2, rpc: 1002 },
    });
  });

  test("without a hub every call says how to start one", async () => {
    await using connected = await connectOverStdio({ url: "http://127.0.0.1:9", token: "t" });
    expect(await connected.client.callTool(health)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("signalbox serve") }],
      _meta: { code: "hub_unreachable", category: "unavailable", exit: 9, retryable: true },
    });
  });

  test("a hub that was never started is told as that, and reached once it is", async () => {
    await using dir = await mkdtempDisposable(join(tmpdir(), "signalbox-mcp-"));
    const tokenFile = join(dir.path, "token");
    const profiles = { new: { url: world.hub.url, tokenFile } };
    await mkdir(join(dir.path, "signalbox"));
    await writeFile(join(dir.path, "signalbox", "config.json"), JSON.stringify({ profiles }));
    await using connected = await connectOverStdio(undefined, {
      args: ["--profile", "new"],
      env: { XDG_CONFIG_HOME: dir.path },
    });
    expect(await connected.client.callTool(health)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/no token at .*signalbox serve/) }],
    });
    await writeFile(tokenFile, world.hub.token);
    expect(await connected.client.callTool(health)).not.toHaveProperty("isError");
  });

  test("a wrong token is told, and stands nowhere", async () => {
    await using connected = await connectOverStdio({ url: world.hub.url, token: "secret-word" });
    const result = await connected.client.callTool({
      name: "signalbox_hub_read",
      arguments: { op: "audit.list" },
    });
    expect(result).toMatchObject({ isError: true, _meta: { code: "unauthorized", exit: 3 } });
    expect(JSON.stringify(result) + connected.stderr).not.toContain("secret-word");
  });
});

describe("a call that takes its time", () => {
  /** A hub that answers nothing: it tells when it is asked, and when the one who asked is gone. */
  async function silentHub() {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      response.on("close", () => gone.resolve());
      request.resume();
      asked.resolve();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token: "t",
      asked: asked.promise,
      gone: gone.promise,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  test("is given up at the hub when the client gives it up", async () => {
    await using hub = await silentHub();
    await using connected = await connectOverStdio(hub);
    const stop = new AbortController();
    const calling = connected.client.callTool(
      { name: "signalbox_hub_read", arguments: { op: "audit.list" } },
      { signal: stop.signal },
    );
    const ended = calling.catch((error: unknown) => error);
    await hub.asked;
    stop.abort();
    await hub.gone;
    expect(await ended).toBeInstanceOf(Error);
  });

  test("tells a client that asks for it how long it has been going on", async () => {
    await using hub = await silentHub();
    await using connected = await connectOverStdio(hub);
    const stop = new AbortController();
    const told = Promise.withResolvers<unknown>();
    const calling = connected.client.callTool(
      { name: "signalbox_hub_read", arguments: { op: "audit.list" } },
      { signal: stop.signal, onprogress: told.resolve },
    );
    calling.catch(() => undefined);
    expect(await told.promise).toEqual({
      progress: expect.any(Number),
      message: expect.stringContaining("audit.list goes on"),
    });
    stop.abort();
  });
});

test("a call that is made again under its key is done once and answered as before, also by another connection", async () => {
  const create = (name: string, idempotencyKey: string) => ({
    name: "signalbox_projects_write",
    arguments: { op: "projects.create", name, idempotencyKey },
  });
  const first = await shared.client.callTool(create("Once", "mcp-key-1"));
  await using other = await connectOverStdio(world.hub);
  const again = await other.client.callTool(create("Once", "mcp-key-1"));
  expect(again.structuredContent).toEqual(first.structuredContent);
  expect(first.structuredContent).toMatchObject({ project: { name: "Once" } });
  const conflict = await shared.client.callTool(create("Another", "mcp-key-1"));
  expect(conflict).toMatchObject({ isError: true, _meta: { code: "idempotency_conflict" } });
  const { projectId } = (first.structuredContent as { project: { projectId: string } }).project;
  const remove = {
    name: "signalbox_projects_destroy",
    arguments: { op: "projects.delete", projectId, idempotencyKey: "mcp-key-2" },
  };
  const removed = await shared.client.callTool(remove);
  expect(await shared.client.callTool(remove)).toEqual(removed);
  expect(removed.isError).toBeUndefined();
});

test("the audit says that it came by MCP and from whom", async () => {
  const create = { name: "signalbox_sessions_write", arguments: { op: "sessions.create" } };
  await shared.client.callTool(create);
  await shared.client.callTool({ ...create, _meta: { threadId: "thread-1" } });
  const { data } = await call(world.hub, operations["audit.list"], { limit: 2 });
  expect(data).toMatchObject([
    { operation: "sessions.create", surface: "mcp", actor: "codex:thread-1" },
    { operation: "sessions.create", surface: "mcp", actor: "mcp:test" },
  ]);
});
