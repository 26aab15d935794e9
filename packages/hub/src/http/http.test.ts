import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { operations, routesOf } from "@signalbox/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { callRaw, createHubWorld, fetchJson, type HubWorld } from "../../fixtures/hub-world.ts";

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const unknownId = "01990000-0000-7000-8000-0000000000ff";

/** One request with exactly these headers; `fetch` would not send some of them. */
async function send(
  path: string,
  headers: Record<string, string>,
  { method = "GET", body = "" } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const request = httpRequest({ port: world.hub.port, host: "127.0.0.1", path, method, headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, body: JSON.parse(text) as Record<string, unknown> };
}

/** What a socket's opening comes to: `open`, or the status it was refused with. */
async function openSocket(
  headers: Record<string, string>,
  protocols: string[] = [],
  path = "/api/stream",
): Promise<"open" | number> {
  const url = `ws://127.0.0.1:${world.hub.port}${path}`;
  const socket = new WebSocket(url, protocols, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve("open");
    });
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      socket.terminate();
      resolve(response.statusCode!);
    });
    socket.on("error", () => {});
  });
}

const bearer = () => ({ authorization: `Bearer ${world.hub.token}` });

describe("the token", () => {
  const paths = [
    ...routesOf(operations).map(({ path }) => path),
    "/api/events",
    "/api/stream",
    "/x",
  ];

  test.each(paths)("is needed on %s, and a wrong one is refused", async (path) => {
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: world.hub.token },
    ]) {
      const { status, body } = await send(path, headers as Record<string, string>);
      expect([status, body.code, body.status]).toEqual([401, "unauthorized", "error"]);
    }
  });

  test("is needed on a socket, in its header or as a subprotocol", async () => {
    expect(await openSocket({})).toBe(401);
    expect(await openSocket({ authorization: "Bearer wrong" })).toBe(401);
    expect(await openSocket({}, ["signalbox", "bearer.wrong"])).toBe(401);
    expect(await openSocket(bearer())).toBe("open");
    expect(await openSocket({}, ["signalbox", `bearer.${world.hub.token}`])).toBe("open");
  });

  test("is not sent back as the agreed subprotocol", async () => {
    const url = `ws://127.0.0.1:${world.hub.port}/api/stream`;
    const socket = new WebSocket(url, ["signalbox", `bearer.${world.hub.token}`]);
    await once(socket, "open");
    expect(socket.protocol).toBe("signalbox");
    socket.terminate();
  });

  test("is not needed to probe", async () => {
    expect(await send("/healthz", {})).toEqual({ status: 200, body: { status: "ok" } });
    expect(await send("/readyz", {})).toEqual({ status: 200, body: { status: "ready" } });
  });

  test("is kept in a file of its owner's and written to no log", async () => {
    const path = join(world.home, "token");
    expect(readFileSync(path, "utf8").trim()).toBe(world.hub.token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await send(`/api/nothing?token=${world.hub.token}`, bearer());
    expect(world.logged.join("")).not.toContain(world.hub.token);
  });
});

test("requests that are sent without waiting are answered in their order, a large one among them", async () => {
  const line = (path: string) =>
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${world.hub.port}\r\nauthorization: Bearer ${world.hub.token}\r\n`;
  const socket = connect(world.hub.port, "127.0.0.1");
  socket.write(
    `${line("/api/unknown")}\r\n${line("/api/openapi.json")}\r\n${line("/api/policies")}connection: close\r\n\r\n`,
  );
  let answered = "";
  for await (const chunk of socket.setEncoding("utf8")) answered += String(chunk);
  const statuses = [...answered.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual(["404", "200", "200"]);
  expect(answered.length).toBeGreaterThan(64 * 1024);
  expect(answered.indexOf("route_not_found")).toBeLessThan(answered.indexOf('"openapi"'));
});

describe("the place a request comes from", () => {
  const own = () => `http://127.0.0.1:${world.hub.port}`;

  test.each(["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])(
    "an Origin of %s is refused, on the socket too",
    async (origin) => {
      const { status, body } = await send("/api", { ...bearer(), origin });
      expect([status, body.code]).toEqual([403, "foreign_origin"]);
      expect(await openSocket({ ...bearer(), origin })).toBe(403);
      expect((await send("/healthz", { origin })).status).toBe(403);
    },
  );

  test("the hub's own Origin is let in", async () => {
    expect((await send("/api", { ...bearer(), origin: own() })).status).toBe(200);
    expect(await openSocket({ ...bearer(), origin: own() })).toBe("open");
  });

  test.each([
    "evil.example",
    "evil.example:4777",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
  ])("a Host of %s is refused, on the socket too", async (host) => {
    const { status, body } = await send("/api", { ...bearer(), host });
    expect([status, body.code]).toEqual([403, "foreign_host"]);
    expect(await openSocket({ ...bearer(), host })).toBe(403);
  });

  test.each(["localhost", "127.0.0.1:9", "[::1]:4777", "LOCALHOST:1"])(
    "a Host of %s is let in, whatever its port",
    async (host) => {
      expect((await send("/api", { ...bearer(), host })).status).toBe(200);
    },
  );
});

describe("bad input", () => {
  const post = (path: string, body: string) => fetchJson(world.hub, path, { method: "POST", body });

  test("a body that is not JSON is refused as such", async () => {
    expect(await post("/api/sessions", '{"cwd":')).toMatchObject({
      status: 400,
      body: { status: "error", code: "malformed_json", retryable: false },
    });
  });

  test("an unknown field is refused by its name", async () => {
    expect(await post("/api/sessions", '{"cwdd":"/"}')).toMatchObject({
      status: 400,
      body: {
        code: "invalid_request",
        message: "cwdd: Unknown field",
        details: { issues: [{ path: "cwdd" }] },
      },
    });
  });

  test("a wrong type is refused by the field's name", async () => {
    const { status, body } = await post(`/api/sessions/${unknownId}/messages`, '{"text":7}');
    expect(status).toBe(400);
    expect(body).toMatchObject({ details: { issues: [{ path: "text" }] } });
  });

  test("a field of the path given in the body as well is refused", async () => {
    const { status, body } = await post(
      `/api/sessions/${unknownId}/messages`,
      '{"text":"x","sessionId":"y"}',
    );
    expect([status, (body as { code: string }).code]).toEqual([400, "invalid_request"]);
  });

  test("bad query parameters are refused by name, on the stream before it opens", async () => {
    for (const path of ["/api/sessions?limit=ten", "/api/events?limit=0", "/api/events?typs=a"]) {
      expect((await fetchJson(world.hub, path)).status, path).toBe(400);
    }
    expect(await openSocket(bearer(), [], "/api/stream?v=2")).toBe(400);
    expect(await openSocket(bearer(), [], "/api/stream?after=nonsense")).toBe(400);
    expect(await openSocket(bearer(), [], "/api/stream?types=a*b")).toBe(400);
    expect(await openSocket(bearer(), [], "/api/streams")).toBe(404);
  });

  test("an unknown route is 404, and the answer has no stack trace", async () => {
    const { status, body } = await fetchJson(world.hub, "/api/unknown");
    expect(status).toBe(404);
    expect(body).toMatchObject({ status: "not_found", code: "route_not_found" });
    expect(JSON.stringify(body)).not.toMatch(/\.ts|node_modules| at /);
  });

  test("a body of exactly the limit is read, and one byte more is 413", async () => {
    const limit = 32 * 1024 * 1024;
    const codeOf = async (size: number) => {
      const { status, body } = await post("/api/sessions", `"${"x".repeat(size - 2)}"`);
      return [status, (body as { code: string }).code];
    };
    // Read, and found to be no object.
    expect(await codeOf(limit)).toEqual([400, "invalid_request"]);
    expect(await codeOf(limit + 1)).toEqual([413, "body_too_large"]);
  });

  test("an unknown session is 404 everywhere, be it a wrong id or no id at all", async () => {
    for (const sessionId of [unknownId, "not-an-id", "a/b?c"]) {
      const answers = await Promise.all([
        callRaw(world.hub, operations["sessions.get"], { sessionId }),
        callRaw(world.hub, operations["sessions.send_message"], { sessionId, text: "x" }),
        callRaw(world.hub, operations["sessions.interrupt"], { sessionId }),
        callRaw(world.hub, operations["sessions.interrupt"], { sessionId, turnId: unknownId }),
      ]);
      for (const { status, body } of answers) {
        expect(status).toBe(404);
        expect(body).toMatchObject({
          status: "not_found",
          code: "session_not_found",
          details: { sessionId },
        });
      }
    }
  });
});

test("health tells of codex, the journal and the login, and nothing secret", async () => {
  const { status, body } = await callRaw(world.hub, operations["system.health"], {});
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: "ok",
    service: "api",
    codex: { running: true, initialized: true, version: "0.169.0", generation: 1 },
    auth: { likelyUnauthenticated: true },
    journal: { writable: true },
  });
});
