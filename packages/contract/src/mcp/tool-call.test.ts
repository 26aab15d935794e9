import { expect, test } from "vitest";
import {
  operations,
  SignalboxError,
  toolsOf,
  toToolCall,
  toToolFailure,
  toToolResult,
} from "../index.ts";

const tools = toolsOf(operations);
const routeError = (name: string, args: Record<string, unknown>) => {
  try {
    toToolCall(tools, name, args);
  } catch (error) {
    return error;
  }
  return undefined;
};

test("every operation is found where its tool says, and gets the other arguments", () => {
  for (const tool of tools) {
    for (const operation of tool.operations) {
      const call = toToolCall(tools, tool.name, { op: operation.name, sessionId: "s" });
      expect(call.operation).toBe(operation);
      expect(call.input).toEqual({ sessionId: "s" });
    }
  }
});

test("the key of a write is no field of its input, and is refused where it can't be a key", () => {
  const call = (tool: string, op: string, idempotencyKey: unknown) =>
    toToolCall(tools, `signalbox_${tool}`, { op, name: "A", idempotencyKey });
  const keyed = call("projects_write", "projects.create", "k1");
  expect(keyed).toMatchObject({ idempotencyKey: "k1", input: { name: "A" } });
  expect(keyed.input).not.toHaveProperty("idempotencyKey");
  expect(call("projects_destroy", "projects.delete", "k2").idempotencyKey).toBe("k2");
  expect(call("projects_write", "projects.create", "k".repeat(255)).idempotencyKey).toHaveLength(
    255,
  );
  for (const wrong of ["", "two words", "\u043a", "k".repeat(256), 5, null]) {
    expect(() => call("projects_write", "projects.create", wrong)).toThrow(/visible ASCII/);
  }
  // A read does nothing twice: there it is a field the hub does not know.
  const read = call("projects_read", "projects.list", "k3");
  expect(read.idempotencyKey).toBeUndefined();
  expect(read.input).toHaveProperty("idempotencyKey", "k3");
});

test("an operation of another tool is refused with that tool's name", () => {
  expect(routeError("signalbox_sessions_read", { op: "sessions.delete" })).toMatchObject({
    code: "mcp_route_error",
    category: "validation",
    message: expect.stringContaining("Call signalbox_sessions_destroy"),
    details: { tool: "signalbox_sessions_read", elsewhere: "signalbox_sessions_destroy" },
  });
});

test("an operation that is missing, unknown or no text is refused with those there are", () => {
  for (const args of [{}, { op: "sessions.lst" }, { op: 5 }, { op: null }]) {
    expect(routeError("signalbox_sessions_read", args)).toMatchObject({
      code: "mcp_route_error",
      message: expect.stringContaining("sessions.list"),
      details: { operations: expect.arrayContaining(["sessions.list", "sessions.get"]) },
    });
  }
});

test("an unknown tool is refused with those there are", () => {
  expect(routeError("signalbox_session_read", { op: "sessions.list" })).toMatchObject({
    code: "mcp_route_error",
    message: expect.stringContaining("signalbox_sessions_read"),
    details: { tools: tools.map(({ name }) => name) },
  });
});

test("a result is the output, as text and as structure", () => {
  expect(toToolResult({ data: [], nextCursor: null })).toEqual({
    content: [{ type: "text", text: '{"data":[],"nextCursor":null}' }],
    structuredContent: { data: [], nextCursor: null },
  });
});

test("a failure says what happened and what to do, with its code and its numbers", () => {
  const error = new SignalboxError("session_not_found", "No such session.", {
    details: { sessionId: "s" },
  });
  expect(toToolFailure(error)).toEqual({
    content: [{ type: "text", text: "No such session." }],
    structuredContent: {
      error: {
        status: "not_found",
        code: "session_not_found",
        category: "not_found",
        message: "No such session.",
        retryable: false,
        details: { sessionId: "s" },
      },
    },
    isError: true,
    _meta: {
      code: "session_not_found",
      category: "not_found",
      retryable: false,
      exit: 4,
      rpc: 1004,
    },
  });
});

test("a failure nobody foresaw keeps its text to itself", () => {
  expect(JSON.stringify(toToolFailure(new Error("password=hunter2")))).not.toContain("hunter2");
});
