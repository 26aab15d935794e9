import { triggerDefinition } from "@signalbox/contract";
import { expect, test } from "vitest";
import { causeOf, type TriggerEvent } from "./causes.ts";

function trigger(when: object) {
  return triggerDefinition.parse({
    triggerId: "trg_1",
    name: "Test",
    sessionId: "mine",
    when,
    action: { type: "send", text: "Hi" },
    guards: {},
    enabled: true,
    createdAt: 1,
    updatedAt: 1,
  });
}

const event = (type: string, payload: unknown, threadId: string | null = "mine"): TriggerEvent => ({
  type,
  threadId,
  seq: 7,
  at: 1,
  payload,
});

const ended = (status: string, threadId?: string) =>
  event("app_server.turn.completed", { params: { turn: { id: "t", status } } }, threadId);

test("a turn fires by how it ended, in its own session only", () => {
  const both = trigger({ type: "turn", status: ["failed", "interrupted"] });
  expect(causeOf(both, ended("failed"))).toEqual({
    type: "turn",
    seq: 7,
    turnId: "t",
    status: "failed",
  });
  expect(causeOf(both, ended("completed"))).toBeUndefined();
  expect(causeOf(both, ended("failed", "another"))).toBeUndefined();
  expect(causeOf(trigger({ type: "turn" }), ended("completed"))).toBeDefined();
});

test("a question fires by its kind", () => {
  const payload = { requestId: "req_1", kind: "user_input", turnId: "t" };
  const asked = event("request.opened", payload);
  expect(causeOf(trigger({ type: "request" }), asked)).toMatchObject({ requestId: "req_1" });
  const approvals = trigger({ type: "request", kinds: ["command_approval"] });
  expect(causeOf(approvals, asked)).toBeUndefined();
});

test("an event fires by its type, and those that concern every session do too; deltas never do", () => {
  const items = trigger({ type: "event", types: ["app_server.item.*", "runtime.exited"] });
  const fires = (type: string, threadId?: string | null) =>
    causeOf(items, event(type, {}, threadId)) !== undefined;
  expect(fires("app_server.item.completed")).toBe(true);
  expect(fires("app_server.item.completed", "another")).toBe(false);
  expect(fires("app_server.turn.completed")).toBe(false);
  expect(fires("runtime.exited", null)).toBe(true);
  expect(fires("app_server.item.agent_message.delta")).toBe(false);
  expect(fires("app_server.item.command_execution.output_delta")).toBe(false);
});

test("the turn an event is of is found in a signal's context or in the payload", () => {
  const any = trigger({ type: "event", types: ["app_server.*", "request.*"] });
  const turnOf = (payload: object) => causeOf(any, event("request.resolved", payload));
  expect(turnOf({ context: { turnId: "t" } })).toMatchObject({ turnId: "t" });
  expect(turnOf({ turnId: "u" })).toMatchObject({ turnId: "u" });
  expect(turnOf({})).toMatchObject({ turnId: null });
});
