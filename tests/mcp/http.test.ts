/** `signalbox mcp --http`, on the real hub. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import {
  Client,
  type ClientOptions,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, createHubWorld, type HubWorld } from "../../packages/hub/fixtures/hub-world.ts";
import { command, modern } from "./client.ts";

let world: HubWorld;
let server: ChildProcess;
let url: string;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("It is a test."));
  server = spawn(process.execPath, [command, "mcp", "--http", "--port", "0", "--json"], {
    env: { ...process.env, SIGNALBOX_URL: world.hub.url, SIGNALBOX_TOKEN: world.hub.token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout! })) {
    url = (JSON.parse(line) as { url: string }).url;
    break;
  }
});
afterAll(async () => {
  server.kill("SIGKILL");
  await world[Symbol.asyncDispose]();
});

async function connect(options?: ClientOptions) {
  const client = new Client({ name: "test", version: "1" }, options);
  const authorization = `Bearer ${world.hub.token}`;
  const requestInit = { headers: { authorization } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test.each([
  ["2025-11-25", {}],
  ["2026-07-28", modern],
])("protocol %s is spoken over HTTP: tools, resources, errors", async (version, options) => {
  await using client = await connect(options);
  expect(client.getNegotiatedProtocolVersion()).toBe(version);
  expect((await client.listTools()).tools.length).toBeGreaterThan(10);
  const { structuredContent } = await client.callTool({
    name: "signalbox_sessions_write",
    arguments: { op: "sessions.create" },
  });
  const { session } = operations["sessions.create"].output.parse(structuredContent);
  const uri = `signalbox://sessions/${session.sessionId}`;
  const { contents } = await client.readResource({ uri });
  expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
    sessionId: session.sessionId,
  });
  const missing = await client.callTool({
    name: "signalbox_sessions_read",
    arguments: { op: "sessions.get", sessionId: "nobody" },
  });
  expect(missing).toMatchObject({ isError: true, _meta: { code: "session_not_found", exit: 4 } });
});

test("a subscription over HTTP is told what changes from its answer on", async () => {
  await using client = await connect(modern);
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const uri = `signalbox://sessions/${session.sessionId}`;
  const updated = Promise.withResolvers<string>();
  client.setNotificationHandler("notifications/resources/updated", ({ params }) =>
    updated.resolve(params.uri),
  );
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  const { sessionId } = session;
  await call(world.hub, operations["sessions.rename"], { sessionId, title: "New title" });
  expect(await updated.promise).toBe(uri);
  await subscription.close();
});

/** The status and the code of an answer to a bare request; Host and Origin as given. */
async function knock(path: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method: "POST", headers });
  sent.end(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }));
  const [response] = (await once(sent, "response")) as [
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  let body = "";
  for await (const chunk of response) body += chunk;
  return [response.statusCode, /"code":"(\w+)"/.exec(body)?.[1]];
}

test("whom the hub would not let in is not let in here", async () => {
  const json = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const authorization = `Bearer ${world.hub.token}`;
  const good = { ...json, authorization };
  const { pathname, host } = new URL(url);
  expect(await knock(pathname, json)).toEqual([401, "unauthorized"]);
  expect(await knock(pathname, { ...json, authorization: "Bearer wrong" })).toEqual([
    401,
    "unauthorized",
  ]);
  expect(await knock(pathname, { ...good, host: "rebound.example" })).toEqual([
    403,
    "foreign_host",
  ]);
  expect(await knock(pathname, { ...good, origin: "http://elsewhere.example" })).toEqual([
    403,
    "foreign_origin",
  ]);
  expect(await knock("/api/sessions", good)).toEqual([404, "route_not_found"]);
  expect(await knock(pathname, { ...good, origin: `http://${host}` })).toEqual([200, undefined]);
});

test("a port that is taken is told, and SIGTERM is the end", async () => {
  const { port } = new URL(url);
  const second = spawn(process.execPath, [command, "mcp", "--http", "--port", port], {
    env: { ...process.env, SIGNALBOX_URL: world.hub.url, SIGNALBOX_TOKEN: world.hub.token },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  second.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  expect(await once(second, "close")).toEqual([9, null]);
  expect(stderr).toContain("something listens there already");
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});
