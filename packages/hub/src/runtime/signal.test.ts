import { appServerSignal } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toNotificationEvent, toRequestEvent } from "./signal.ts";

const context = {
  activeTurnOf: (threadId: string) => (threadId === "t" ? "running" : undefined),
  sessionOf: (threadId: string) =>
    threadId === "t" ? { title: "My title", projectId: "p" } : undefined,
};
const at = Date.UTC(2026, 0, 1);

test("a notification becomes one event with the whole signal", () => {
  const params = { threadId: "t", turnId: "u", itemId: "i", delta: "x" };
  const event = toNotificationEvent({ method: "item/agentMessage/delta", params }, at, context);
  expect(event).toMatchObject({
    type: "app_server.item.agent_message.delta",
    threadId: "t",
    at,
  });
  expect(JSON.parse(event.payload)).toEqual({
    source: "app_server",
    signalType: "notification",
    eventType: "app_server.item.agent_message.delta",
    method: "item/agentMessage/delta",
    receivedAt: "2026-01-01T00:00:00.000Z",
    context: { threadId: "t", turnId: "u" },
    params,
    session: { id: "t", title: "My title", projectId: "p" },
  });
});

test("a message that names no turn gets the one that runs on its thread", () => {
  const turnOf = (message: { method: string; params: unknown }) => {
    const event = toNotificationEvent(message, at, context);
    return (JSON.parse(event.payload) as { context: { turnId: string | null } }).context.turnId;
  };
  const status = (threadId: string) => ({
    method: "thread/status/changed",
    params: { threadId, status: { type: "active", activeFlags: [] } },
  });
  expect(turnOf(status("t"))).toBe("running");
  expect(turnOf(status("other"))).toBeNull();
  expect(
    turnOf({ method: "turn/completed", params: { threadId: "t", turn: { id: "done" } } }),
  ).toBe("done");
});

test("a question carries the hub's id, never app-server's own", () => {
  const message = { method: "item/tool/call", params: { threadId: "t" }, id: 0 };
  const event = toRequestEvent(message, "req_1", at, context);
  expect(event.type).toBe("app_server.request.item.tool.call");
  expect(JSON.parse(event.payload)).toMatchObject({ signalType: "request", requestId: "req_1" });
});

test("what the client made up after a crash is marked", () => {
  const message = { method: "turn/completed", params: { threadId: "t" }, recovered: true as const };
  expect(JSON.parse(toNotificationEvent(message, at, context).payload)).toMatchObject({
    recovered: true,
  });
});

test("methods and params of any shape give a signal of the contract", () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.jsonValue(), { nil: undefined }), (method, params) => {
      const event = toNotificationEvent({ method, params }, at, context);
      const payload = JSON.parse(event.payload) as unknown;
      expect(appServerSignal.safeParse(payload).error).toBeUndefined();
      expect(payload).toMatchObject({ method });
    }),
  );
});
