import { expect, test } from "vitest";
import { toApprovalAnswer, toToolCallAnswer } from "./answers.ts";
import { kindOf } from "./kind.ts";
import { newRequestId } from "./request-id.ts";
import { summaryOf } from "./summary.ts";

const command = "item/commandExecution/requestApproval";

test("decisions become codex's words, with the scope of an acceptance", () => {
  const answer = (decision: "accept" | "decline" | "cancel", scope: "turn" | "session") =>
    toApprovalAnswer(command, {}, { kind: "command_approval", decision, scope }).decision;
  expect(answer("accept", "turn")).toBe("accept");
  expect(answer("accept", "session")).toBe("acceptForSession");
  expect(answer("decline", "session")).toBe("decline");
  expect(answer("cancel", "turn")).toBe("cancel");
});

test("the older methods have words of their own", () => {
  const answer = (decision: "accept" | "decline" | "cancel", scope: "turn" | "session") =>
    toApprovalAnswer("execCommandApproval", {}, { kind: "command_approval", decision, scope })
      .decision;
  expect(answer("accept", "turn")).toBe("approved");
  expect(answer("accept", "session")).toBe("approved_for_session");
  expect(answer("decline", "turn")).toEqual({ denied: { rejection: "Declined by the user." } });
  expect(answer("cancel", "turn")).toBe("abort");
});

test("where codex offers only some ways to accept one that allows no more is taken", () => {
  const offer = (availableDecisions: unknown[]) => ({ availableDecisions });
  const ask = (params: object, decision: "accept" | "decline" | "cancel") =>
    toApprovalAnswer(command, params, { kind: "command_approval", decision, scope: "session" })
      .decision;
  expect(ask(offer(["accept", "cancel"]), "accept")).toBe("accept");
  expect(ask(offer(["accept", "cancel"]), "decline")).toBe("decline");
  expect(ask(offer(["accept", "decline"]), "cancel")).toBe("cancel");
  expect(() => ask(offer([{ acceptWithExecpolicyAmendment: {} }, "decline"]), "accept")).toThrow(
    expect.objectContaining({ code: "invalid_state" }),
  );
});

test("a tool's whole response goes before its items, and they before a text", () => {
  const response = { success: false, contentItems: [] };
  const contentItems = [{ type: "inputText" as const, text: "items" }];
  expect(toToolCallAnswer({ response, contentItems, text: "t" })).toEqual(response);
  expect(toToolCallAnswer({ contentItems, text: "t" })).toEqual({
    success: true,
    contentItems,
  });
  expect(toToolCallAnswer({ text: "t", success: false })).toEqual({
    success: false,
    contentItems: [{ type: "inputText", text: "t" }],
  });
  expect(toToolCallAnswer({})).toEqual({ success: true, contentItems: [] });
});

test("methods of a newer codex are of kind other", () => {
  expect(kindOf(command)).toBe("command_approval");
  expect(kindOf("item/tool/dance")).toBe("other");
  expect(kindOf("constructor")).toBe("other");
});

test("a summary is one short line, whatever the params are", () => {
  expect(summaryOf("item/tool/call", { tool: "uppercase" })).toBe("Call uppercase");
  expect(summaryOf("execCommandApproval", { command: ["rm", "-r", "x"] })).toBe("Run rm -r x");
  expect(summaryOf(command, { command: "a\n  b", reason: "why" })).toBe("Run a b: why");
  expect(summaryOf(command, { command: "x".repeat(999) })).toHaveLength(200);
  for (const method of [
    command,
    "item/tool/requestUserInput",
    "item/tool/call",
    "",
    "new/method",
  ]) {
    for (const params of [undefined, null, 7, {}, { questions: [null], tool: 1, command: [] }]) {
      expect(summaryOf(method, params)).not.toBe("");
    }
  }
});

test("ids of questions are never the same", () => {
  const ids = Array.from({ length: 1000 }, newRequestId);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => /^req_[0-9a-f]{32}$/.test(id))).toBe(true);
});
