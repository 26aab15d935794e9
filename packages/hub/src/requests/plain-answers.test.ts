import type { ParsedRequestAnswer } from "@signalbox/contract";
import { expect, test } from "vitest";
import { newRequest } from "../../fixtures/new-request.ts";
import { type PlainAnswer, toAnswer } from "./answers.ts";

function answerTo(method: string, params: object, given: PlainAnswer) {
  return toAnswer(newRequest("r", { method, params }), given).answer;
}

type Of<Kind> = Extract<ParsedRequestAnswer, { kind: Kind }>;
const permissions = (fields: Partial<Of<"permissions">>): PlainAnswer => ({
  kind: "permissions",
  decision: "accept",
  scope: "turn",
  ...fields,
});
const elicited = (fields: Partial<Of<"elicitation">>): PlainAnswer => ({
  kind: "elicitation",
  action: "accept",
  ...fields,
});

test("permissions are granted as asked for, in part, or not at all", () => {
  const asked = {
    permissions: { network: { enabled: true }, fileSystem: null },
  };
  const method = "item/permissions/requestApproval";
  expect(answerTo(method, asked, permissions({ scope: "session" }))).toEqual({
    result: { permissions: { network: { enabled: true } }, scope: "session" },
  });
  const part = { fileSystem: { read: ["/a"], write: null } };
  expect(
    answerTo(method, asked, permissions({ permissions: part, strictAutoReview: true })),
  ).toEqual({ result: { permissions: part, scope: "turn", strictAutoReview: true } });
  expect(answerTo(method, asked, permissions({ decision: "decline", scope: "session" }))).toEqual({
    result: { permissions: {}, scope: "turn" },
  });
  expect(() =>
    answerTo(method, asked, permissions({ decision: "decline", permissions: part })),
  ).toThrow(expect.objectContaining({ code: "invalid_answer" }));
});

test("questions to the user take answers to what was asked, and a no is no answers at all", () => {
  const method = "item/tool/requestUserInput";
  const params = { questions: [{ id: "q" }] };
  const given = (fields: Partial<Of<"user_input">>): PlainAnswer => ({
    kind: "user_input",
    decision: "accept",
    ...fields,
  });
  const answers = { q: { answers: ["a", "b"] } };
  expect(answerTo(method, params, given({ answers }))).toEqual({ result: { answers } });
  for (const decision of ["decline", "cancel"] as const) {
    expect(answerTo(method, params, given({ decision, answers }))).toEqual({
      result: { answers: {} },
    });
  }
  for (const wrong of [{}, { answers: { x: { answers: [] } } }]) {
    expect(() => answerTo(method, params, given(wrong))).toThrow(
      expect.objectContaining({ code: "invalid_answer" }),
    );
  }
});

test("an MCP server's form takes content that fits it, and a URL none", () => {
  const method = "mcpServer/elicitation/request";
  const requestedSchema = {
    type: "object",
    properties: { age: { type: "integer" } },
    required: ["age"],
  };
  const form = { mode: "form", requestedSchema, _meta: { persist: ["session"] } };
  expect(answerTo(method, form, elicited({ content: { age: 7 }, persist: "session" }))).toEqual({
    result: { action: "accept", content: { age: 7 }, _meta: { persist: "session" } },
  });
  for (const action of ["decline", "cancel"] as const) {
    expect(answerTo(method, form, elicited({ action }))).toEqual({
      result: { action, content: null, _meta: null },
    });
  }
  const url = { mode: "url", url: "https://example.com" };
  expect(answerTo(method, url, elicited({}))).toMatchObject({ result: { content: null } });
  for (const [params, fields, code] of [
    [form, {}, "invalid_answer"],
    [form, { content: { age: "7" } }, "invalid_answer"],
    [form, { content: { age: 7 }, persist: "always" }, "invalid_state"],
    [form, { action: "decline", content: { age: 7 } }, "invalid_answer"],
    [url, { content: {} }, "invalid_answer"],
  ] as const) {
    expect(() => answerTo(method, params, elicited(fields))).toThrow(
      expect.objectContaining({ code }),
    );
  }
});

test("an amendment goes with a yes, where codex offers it, one at a time", () => {
  const method = "item/commandExecution/requestApproval";
  const availableDecisions = ["accept", { acceptWithExecpolicyAmendment: {} }, "cancel"];
  const given = (fields: Partial<Of<"command_approval">>): PlainAnswer => ({
    kind: "command_approval",
    decision: "accept",
    scope: "turn",
    ...fields,
  });
  const words = { execpolicyAmendment: ["git", "status"] };
  const host = { networkPolicyAmendment: { host: "example.com", action: "allow" as const } };
  expect(answerTo(method, { availableDecisions }, given(words))).toEqual({
    result: {
      decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ["git", "status"] } },
    },
  });
  for (const [fields, code] of [
    [host, "invalid_state"],
    [{ ...words, ...host }, "invalid_answer"],
    [{ ...words, decision: "decline" }, "invalid_answer"],
  ] as const) {
    expect(() => answerTo(method, { availableDecisions }, given(fields))).toThrow(
      expect.objectContaining({ code }),
    );
  }
});

test("an answer of a kind nobody knows is a result or an error, not both and not neither", () => {
  const other = (fields: Partial<Of<"other">>): PlainAnswer => ({ kind: "other", ...fields });
  const error = { code: -32000, message: "No" };
  expect(answerTo("attestation/generate", {}, other({ result: { token: "t" } }))).toEqual({
    result: { token: "t" },
  });
  expect(answerTo("attestation/generate", {}, other({ error }))).toEqual({ error });
  for (const fields of [{}, { result: {}, error }]) {
    expect(() => answerTo("attestation/generate", {}, other(fields))).toThrow(
      expect.objectContaining({ code: "invalid_answer" }),
    );
  }
});
