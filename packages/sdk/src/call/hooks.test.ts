import { SignalboxError } from "@signalbox/contract";
import { expect, expectTypeOf, test } from "vitest";
import { Hooks } from "./hooks.ts";
import { Retries } from "./retry.ts";

test("a hook's input and output have the types of its operation, and are unknown for all", () => {
  const hooks = new Hooks();
  hooks.before("sessions.send_message", ({ input }) => {
    expectTypeOf(input.text).toEqualTypeOf<string>();
    expectTypeOf(input).not.toBeAny();
  });
  hooks.after("sessions.send_message", (_, output) => {
    expectTypeOf(output.turnId).toEqualTypeOf<string>();
    expectTypeOf(output).not.toBeAny();
  });
  hooks.before("*", ({ input }) => {
    expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>();
  });
  hooks.after("newer.operation", (_, output) => {
    expectTypeOf(output).toBeUnknown();
  });
});

test("without a policy nothing is sent again, whatever it is", () => {
  const retries = new Retries(undefined, { operation: "sessions.list", isRead: true });
  expect(retries.waitAfter(new SignalboxError("overloaded", "busy"))).toBeUndefined();
});
