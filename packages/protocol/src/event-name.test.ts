import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import {
  type ClientMethod,
  clientNotifications,
  clientRequests,
  methodOfNotificationName,
  methodOfRequestName,
  type NormalizedMethod,
  type NotificationMethodOf,
  type NotificationName,
  normalizeMethod,
  type RequestMethodOf,
  type RequestName,
  type ServerNotificationMethod,
  type ServerRequestMethod,
  serverNotifications,
  serverRequests,
  toEventName,
  toRequestEventName,
} from "./index.ts";

test.each([
  ["turn/started", "turn.started"],
  ["item/tool/call", "item.tool.call"],
  ["item/tool/requestUserInput", "item.tool.request_user_input"],
  ["item/fileChange/requestApproval", "item.file_change.request_approval"],
  ["execCommandApproval", "exec_command_approval"],
  ["thread/tokenUsage/updated", "thread.token_usage.updated"],
  ["mcpServer/oauthLogin/completed", "mcp_server.oauth_login.completed"],
  ["item/MCPToolCall/progress", "item.mcp_tool_call.progress"],
  ["HTTPServer/URLUpdated", "http_server.url_updated"],
  ["loginChatGptComplete", "login_chat_gpt_complete"],
  ["codex/event/agent_message_content_delta", "codex.event.agent_message_content_delta"],
  ["item2Call/v2Beta", "item2_call.v2_beta"],
  ["a.b/c-d", "a_b.c_d"],
  ["", "unknown"],
  ["/", "unknown.unknown"],
  ["a//b", "a.unknown.b"],
  ["/a", "unknown.a"],
  ["a/", "a.unknown"],
  ["$$/x", "x"],
  ["$$", "unknown"],
  ["Über/ünï", "ber.n"],
  [" a / \t /b", "a.unknown.b"],
])("%j is normalised to %s", (method, name) => {
  expect(normalizeMethod(method)).toBe(name);
  expect(toEventName(method)).toBe(`app_server.${name}`);
  expect(toRequestEventName(method)).toBe(`app_server.request.${name}`);
});

test("a notification request/foo and a request foo have the same event name", () => {
  expect(toEventName("request/foo")).toBe(toRequestEventName("foo"));
});

test("a normalised name is dotted snake_case and stays what it is when normalised again", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (method) => {
      const name = normalizeMethod(method);
      expect(name).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9]+(_[a-z0-9]+)*)*$/);
      expect(normalizeMethod(name.replaceAll(".", "/"))).toBe(name);
    }),
  );
});

test("an absurdly long method is normalised in no time", () => {
  expect(normalizeMethod("A".repeat(1_000_000))).toHaveLength(1_000_000);
});

test("for every known method the compiler's name is the function's", () => {
  const tables = [clientRequests, clientNotifications, serverNotifications, serverRequests];
  for (const [method, row] of tables.flatMap((table) => Object.entries(table))) {
    expect(row.normalized).toBe(normalizeMethod(method));
  }
  type Known = ClientMethod | "initialized" | ServerNotificationMethod | ServerRequestMethod;
  type Inexact = { [M in Known]: string extends NormalizedMethod<M> ? M : never }[Known];
  expectTypeOf<Inexact>().toBeNever();
});

test("the compiler knows the names of methods", () => {
  expectTypeOf<
    NormalizedMethod<"item/fileChange/requestApproval">
  >().toEqualTypeOf<"item.file_change.request_approval">();
  expectTypeOf<NormalizedMethod<"of/tomorrow">>().toEqualTypeOf<string>();
  expectTypeOf(toEventName("turn/started")).toEqualTypeOf<"app_server.turn.started">();
  expectTypeOf(
    toRequestEventName("item/tool/call"),
  ).toEqualTypeOf<"app_server.request.item.tool.call">();
  expectTypeOf<"item.started">().toExtend<NotificationName>();
  expectTypeOf<"item.tool.call">().toExtend<RequestName>();
  expectTypeOf<"item.tool.call">().not.toExtend<NotificationName>();
});

test("the compiler knows the methods of names", () => {
  expectTypeOf<NotificationMethodOf<"turn.started">>().toEqualTypeOf<"turn/started">();
  expectTypeOf<
    RequestMethodOf<"item.file_change.request_approval">
  >().toEqualTypeOf<"item/fileChange/requestApproval">();
  expectTypeOf<NotificationMethodOf<"item.tool.call">>().toBeNever();
  expectTypeOf<RequestMethodOf<"of.tomorrow">>().toBeNever();
  expectTypeOf<NotificationMethodOf<NotificationName>>().toEqualTypeOf<ServerNotificationMethod>();
  expectTypeOf<RequestMethodOf<RequestName>>().toEqualTypeOf<ServerRequestMethod>();
});

test("every known name leads back to its method", () => {
  for (const [method, row] of Object.entries(serverNotifications)) {
    expect(methodOfNotificationName(row.normalized)).toBe(method);
  }
  for (const [method, row] of Object.entries(serverRequests)) {
    expect(methodOfRequestName(row.normalized)).toBe(method);
  }
  expectTypeOf(methodOfRequestName("item.tool.call")).toEqualTypeOf<"item/tool/call" | undefined>();
});

test("an unknown name, or one of the other family, has no method", () => {
  expect(methodOfNotificationName("of.tomorrow")).toBeUndefined();
  expect(methodOfNotificationName("constructor")).toBeUndefined();
  expect(methodOfNotificationName("item.tool.call")).toBeUndefined();
  expect(methodOfRequestName("turn.started")).toBeUndefined();
});

test("no known notification and request share an event name", () => {
  const names = [
    ...Object.keys(serverNotifications).map(toEventName),
    ...Object.keys(serverRequests).map(toRequestEventName),
  ];
  expect(new Set(names).size).toBe(names.length);
});
