import { expect, expectTypeOf, test } from "vitest";
import { type Operations, operations, type SdkMethods, toSdkPath } from "../index.ts";

test("an operation's place in the SDK is its name in camelCase", () => {
  expect(toSdkPath("sessions.send_message")).toEqual({ group: "sessions", method: "sendMessage" });
  expect(toSdkPath("tool_calls.respond")).toEqual({ group: "toolCalls", method: "respond" });
});

test("the type of the SDK's methods has each operation where toSdkPath puts it", () => {
  type Methods = SdkMethods<Operations, { signal: string }>;
  expectTypeOf<keyof Methods>().toEqualTypeOf<"system" | "sessions" | "approvals" | "toolCalls">();
  expectTypeOf<keyof Methods["sessions"]>().toEqualTypeOf<
    "create" | "list" | "get" | "sendMessage" | "interrupt"
  >();
  expectTypeOf<Methods["toolCalls"]["respond"]>().parameter(0).toHaveProperty("requestId");
  expectTypeOf<ReturnType<Methods["sessions"]["sendMessage"]>>().resolves.toEqualTypeOf<{
    status: "accepted";
    sessionId: string;
    turnId: string;
  }>();
  for (const name of Object.keys(operations)) {
    const { group, method } = toSdkPath(name);
    expect(`${group}.${method}`).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
  }
});

test("an operation that needs no input can be called without one", () => {
  type Methods = SdkMethods<Operations, { signal: string }>;
  expectTypeOf<Methods["system"]["health"]>().toBeCallableWith();
  expectTypeOf<Methods["sessions"]["list"]>().toBeCallableWith({ limit: 5 });
  // @ts-expect-error the session id is needed
  expectTypeOf<Methods["sessions"]["get"]>().toBeCallableWith();
});
