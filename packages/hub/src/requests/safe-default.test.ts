import { serverRequests } from "@signalbox/protocol";
import { expect, test } from "vitest";
import { newRequest } from "../../fixtures/new-request.ts";
import { toSafeDefault } from "./safe-default.ts";

function defaultOf(method: string, params: unknown = {}) {
  return toSafeDefault(
    newRequest("req_1", { method, params, summary: "Do it" }),
    "no answer came within 60 s",
  );
}

test("no default of any question there is says yes", () => {
  for (const method of [...Object.keys(serverRequests), "item/newKind/request"]) {
    const { answer } = defaultOf(method);
    expect(JSON.stringify(answer), method).not.toMatch(/accept|approved|"success":true/i);
    expect("result" in answer || "error" in answer, method).toBe(true);
  }
});

test("an approval is declined, which lets the turn go on", () => {
  for (const method of [
    "item/commandExecution/requestApproval",
    "item/fileChange/requestApproval",
  ]) {
    expect(defaultOf(method, { availableDecisions: ["accept", "cancel"] })).toEqual({
      answer: { result: { decision: "decline" } },
      ending: { outcome: "timed_out", decision: "decline", success: null },
    });
  }
});

test("a tool call fails with a text that says why", () => {
  expect(defaultOf("item/tool/call")).toEqual({
    answer: {
      result: {
        success: false,
        contentItems: [{ type: "inputText", text: "Do it: no answer came within 60 s." }],
      },
    },
    ending: { outcome: "timed_out", decision: null, success: false },
  });
});

test("a method nobody knows is refused with a JSON-RPC error", () => {
  expect(defaultOf("item/newKind/request")).toMatchObject({
    answer: { error: { code: -32601 } },
    ending: { outcome: "refused" },
  });
});

test("the time of day is told without asking anybody", () => {
  expect(defaultOf("currentTime/read")).toMatchObject({
    answer: { result: { currentTimeAt: expect.any(Number) as number } },
    ending: { outcome: "answered" },
  });
});
