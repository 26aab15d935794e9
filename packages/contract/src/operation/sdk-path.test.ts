import { expect, expectTypeOf, test } from "vitest";
import {
  type Operation,
  type Operations,
  operations,
  type SdkMethods,
  toSdkPath,
} from "../index.ts";

test("an operation's place in the SDK is its name in camelCase, a step for each part", () => {
  expect(toSdkPath("sessions.send_message")).toEqual({
    groups: ["sessions"],
    method: "sendMessage",
  });
  expect(toSdkPath("tool_calls.respond")).toEqual({ groups: ["toolCalls"], method: "respond" });
  expect(toSdkPath("sessions.tool_calls.list_all")).toEqual({
    groups: ["sessions", "toolCalls"],
    method: "listAll",
  });
});

test("groups within groups stand beside methods in the type", () => {
  type Of<Name extends string> = Operation<Name>;
  type Methods = SdkMethods<
    {
      a: Of<"sessions.get">;
      b: Of<"sessions.tool_calls.list">;
      c: Of<"sessions.tool_calls.drop_all">;
    },
    never
  >;
  expectTypeOf<keyof Methods>().toEqualTypeOf<"sessions">();
  expectTypeOf<keyof Methods["sessions"]>().toEqualTypeOf<"get" | "toolCalls">();
  expectTypeOf<keyof Methods["sessions"]["toolCalls"]>().toEqualTypeOf<"list" | "dropAll">();
  expectTypeOf<Methods["sessions"]["toolCalls"]["list"]>().toBeFunction();
  expectTypeOf<Methods["sessions"]["toolCalls"]>().not.toBeAny();
});

test("the type of the SDK's methods has each operation where toSdkPath puts it", () => {
  type Methods = SdkMethods<Operations, { signal: string }>;
  expectTypeOf<"system" | "sessions" | "toolCalls">().toExtend<keyof Methods>();
  expectTypeOf<"get" | "sendMessage" | "tools">().toExtend<keyof Methods["sessions"]>();
  expectTypeOf<keyof Methods["sessions"]["tools"]>().toEqualTypeOf<"get">();
  expectTypeOf<Methods["toolCalls"]["respond"]>().parameter(0).toHaveProperty("requestId");
  expectTypeOf<ReturnType<Methods["sessions"]["sendMessage"]>>().resolves.toEqualTypeOf<{
    status: "accepted";
    sessionId: string;
    turnId: string;
  }>();
  for (const name of Object.keys(operations)) {
    const { groups, method } = toSdkPath(name);
    expect([...groups, method].join(".")).toMatch(/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+$/);
  }
});

test("an operation that needs no input can be called without one", () => {
  type Methods = SdkMethods<Operations, { signal: string }>;
  expectTypeOf<Methods["system"]["health"]>().toBeCallableWith();
  expectTypeOf<Methods["sessions"]["list"]>().toBeCallableWith({ limit: 5 });
  // @ts-expect-error the session id is needed
  expectTypeOf<Methods["sessions"]["get"]>().toBeCallableWith();
});
