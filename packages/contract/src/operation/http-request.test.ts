import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  defineOperation,
  fromHttpRequest,
  operations,
  parseInput,
  routesOf,
  toHttpRequest,
} from "../index.ts";

const search = defineOperation({
  name: "things.search",
  summary: "Find things",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/groups/:groupId/things/:thingId" },
  input: z.strictObject({
    groupId: z.string(),
    thingId: z.string(),
    text: z.string().optional(),
    deep: z.boolean().optional(),
    limit: z.number().default(10),
  }),
  output: z.object({}),
  errors: [],
  examples: [
    { title: "a", input: { groupId: "g", thingId: "t" }, output: {} },
    { title: "b", input: {}, error: "invalid_request" },
  ],
});

function receive(path: string, body?: unknown) {
  const url = new URL(path, "http://hub");
  const [, , , groupId, , thingId] = url.pathname.split("/").map(decodeURIComponent);
  return parseInput(
    search,
    fromHttpRequest(search, {
      params: { groupId: groupId!, thingId: thingId! },
      query: url.searchParams,
      body,
    }),
  );
}

test("any input arrives as it was sent, whatever its texts hold", () => {
  const text = fc.string({ unit: "binary", minLength: 1 }).filter((value) => value.isWellFormed());
  fc.assert(
    fc.property(
      fc.record(
        {
          groupId: text.filter((id) => id !== "." && id !== ".."),
          thingId: text.filter((id) => id !== "." && id !== ".."),
          text,
          deep: fc.boolean(),
          limit: fc.integer(),
        },
        { requiredKeys: ["groupId", "thingId"] },
      ),
      (input) => {
        const request = toHttpRequest(search, input);
        expect(receive(request.path)).toEqual({ limit: 10, ...input });
      },
    ),
  );
});

test("the fields of a POST that the path does not name are its body", () => {
  const request = toHttpRequest(operations["sessions.send_message"], {
    sessionId: "a/b ?",
    text: "hi",
    model: undefined,
  });
  expect(request).toEqual({
    method: "POST",
    path: "/api/sessions/a%2Fb%20%3F/messages",
    body: { text: "hi" },
  });
});

test("an id that a URL would take for a step in its path is refused before it is sent", () => {
  for (const sessionId of ["", ".", ".."]) {
    expect(() => toHttpRequest(operations["sessions.get"], { sessionId })).toThrow(/sessionId/);
  }
});

test("a query text that is no boolean or number is refused by the field's name", () => {
  expect(() => receive("/api/groups/g/things/t?deep=yes")).toThrow(/deep/);
  expect(() => receive("/api/groups/g/things/t?limit=ten")).toThrow(/limit/);
  expect(() => receive("/api/groups/g/things/t?limit=")).toThrow(/limit/);
});

test("a field given twice, an unknown one, and one the path gives are refused by name", () => {
  expect(() => receive("/api/groups/g/things/t?text=a&text=b")).toThrow(/text is given twice/);
  expect(() => receive("/api/groups/g/things/t?surprise=1")).toThrow(/surprise/);
  expect(() => receive("/api/groups/g/things/t?thingId=x")).toThrow(/thingId/);
});

test("a body that is not an object, or a query on a POST, is refused", () => {
  const operation = operations["approvals.decide"];
  const received = { params: { approvalId: "a" }, query: [], body: undefined };
  expect(() => fromHttpRequest(operation, { ...received, body: [1] })).toThrow(/JSON object/);
  expect(() => fromHttpRequest(operation, { ...received, body: null })).toThrow(/JSON object/);
  expect(() =>
    fromHttpRequest(operation, { ...received, query: [["decision", "accept"]] }),
  ).toThrow(/decision/);
  expect(() =>
    fromHttpRequest(operation, { ...received, body: { approvalId: "b", decision: "accept" } }),
  ).toThrow(/approvalId/);
});

test("every wrong field of an input is named in the details", () => {
  try {
    parseInput(operations["sessions.create"], {
      modle: 1,
      approvalPolicy: "x",
      dynamicTools: [{ name: "a b", description: "d", inputSchema: {} }],
    });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid_request", category: "validation" });
    const { issues } = (error as { details: { issues: { path: string }[] } }).details;
    expect(issues.map((issue) => issue.path).sort()).toEqual([
      "approvalPolicy",
      "dynamicTools.0.name",
      "modle",
    ]);
  }
});

test("the operations have the routes the HTTP interface promises", () => {
  expect(routesOf(operations).map((route) => `${route.method} ${route.path}`)).toEqual([
    "GET /api/health",
    "GET /api",
    "GET /api/status",
    "GET /api/openapi.json",
    "GET /api/capabilities",
    "GET /api/features/experimental",
    "GET /api/collaboration/modes",
    "GET /api/models",
    "GET /api/apps",
    "GET /api/permissions",
    "GET /api/skills",
    "POST /api/skills/config",
    "GET /api/skills/remote",
    "POST /api/skills/remote",
    "POST /api/mcp/reload",
    "GET /api/mcp/servers",
    "POST /api/mcp/servers/:serverName/oauth/login",
    "GET /api/account",
    "GET /api/account/rate-limits",
    "GET /api/account/usage",
    "POST /api/account/login/start",
    "POST /api/account/login/cancel",
    "POST /api/account/logout",
    "GET /api/config",
    "GET /api/config/requirements",
    "POST /api/config/value",
    "POST /api/config/batch",
    "POST /api/commands/exec",
    "POST /api/feedback",
    "POST /api/app-server/call",
    "POST /api/sessions",
    "POST /api/sessions/plan",
    "GET /api/presets",
    "GET /api/sessions",
    "GET /api/sessions/:sessionId",
    "POST /api/sessions/:sessionId/send",
    "POST /api/sessions/:sessionId/messages",
    "POST /api/sessions/:sessionId/interrupt",
    "POST /api/sessions/:sessionId/turns/:turnId/steer",
    "POST /api/sessions/:sessionId/rename",
    "POST /api/sessions/:sessionId/archive",
    "POST /api/sessions/:sessionId/unarchive",
    "POST /api/sessions/:sessionId/resume",
    "POST /api/sessions/:sessionId/fork",
    "DELETE /api/sessions/:sessionId",
    "POST /api/threads/:threadId/attach",
    "POST /api/sessions/:sessionId/detach",
    "GET /api/threads",
    "GET /api/threads/search",
    "GET /api/sessions/:sessionId/watch",
    "GET /api/sessions/:sessionId/wait",
    "POST /api/sessions/:sessionId/compact",
    "POST /api/sessions/:sessionId/rollback",
    "POST /api/sessions/:sessionId/review",
    "GET /api/sessions/:sessionId/goal",
    "PUT /api/sessions/:sessionId/goal",
    "DELETE /api/sessions/:sessionId/goal",
    "POST /api/sessions/:sessionId/background-terminals/clean",
    "POST /api/sessions/:sessionId/approval-policy",
    "GET /api/sessions/:sessionId/tools",
    "GET /api/sessions/:sessionId/tool-calls",
    "GET /api/messages/:messageId",
    "GET /api/messages",
    "POST /api/messages/:messageId/reconcile",
    "GET /api/sessions/:sessionId/queue",
    "POST /api/messages/:messageId/cancel",
    "PATCH /api/messages/:messageId",
    "POST /api/messages/:messageId/move",
    "POST /api/sessions/:sessionId/queue/resume",
    "DELETE /api/sessions/:sessionId/queue",
    "POST /api/sessions/:sessionId/project",
    "GET /api/sessions/:sessionId/session-controls",
    "POST /api/sessions/:sessionId/session-controls",
    "GET /api/sessions/:sessionId/settings",
    "POST /api/sessions/:sessionId/settings",
    "DELETE /api/sessions/:sessionId/settings/:key",
    "GET /api/sessions/:sessionId/transcript",
    "POST /api/sessions/:sessionId/transcript/upsert",
    "GET /api/sessions/:sessionId/approvals",
    "GET /api/sessions/:sessionId/tool-input",
    "GET /api/policies",
    "PUT /api/policies",
    "GET /api/sessions/:sessionId/policy",
    "PUT /api/sessions/:sessionId/policy",
    "DELETE /api/sessions/:sessionId/policy",
    "GET /api/requests",
    "GET /api/requests/:requestId",
    "POST /api/requests/:requestId/response",
    "POST /api/tool-input/:requestId/decision",
    "POST /api/approvals/:approvalId/decision",
    "GET /api/projects",
    "POST /api/projects",
    "POST /api/projects/:projectId/rename",
    "DELETE /api/projects/:projectId",
    "POST /api/projects/:projectId/chats/move-all",
    "POST /api/projects/:projectId/chats/delete-all",
    "POST /api/triggers",
    "GET /api/triggers",
    "GET /api/firings",
    "GET /api/triggers/:triggerId",
    "PATCH /api/triggers/:triggerId",
    "DELETE /api/triggers/:triggerId",
    "POST /api/triggers/:triggerId/pause",
    "POST /api/triggers/:triggerId/resume",
    "POST /api/triggers/:triggerId/test",
    "POST /api/triggers/:triggerId/rotate-secret",
    "POST /api/subscriptions",
    "GET /api/subscriptions",
    "DELETE /api/subscriptions/:triggerId",
    "GET /api/inbox",
    "GET /api/inbox/:noticeId",
    "POST /api/inbox/acknowledge",
    "GET /api/audit",
    "POST /api/tool-calls/:requestId/claim",
    "POST /api/tool-calls/:requestId/release",
    "POST /api/tool-calls/:requestId/response",
  ]);
});

test("a list goes into the query with commas and comes out of it as it was", () => {
  const operation = operations["sessions.watch"];
  const input = { sessionId: "a", types: ["app_server.turn.*", "request.opened"], limit: 3 };
  const { path } = toHttpRequest(operation, input);
  expect(path).toBe("/api/sessions/a/watch?types=app_server.turn.*%2Crequest.opened&limit=3");
  const received = fromHttpRequest(operation, {
    params: { sessionId: "a" },
    query: new URL(path, "http://hub").searchParams,
    body: undefined,
  });
  expect(received).toEqual(input);
});

test("two operations on one route are refused", () => {
  expect(() => routesOf({ a: search, b: { ...search, name: "things.find" } })).toThrow(
    /things\.search and things\.find/,
  );
});
