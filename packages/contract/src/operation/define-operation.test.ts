import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  defineOperation,
  type InputOf,
  type Operations,
  type OutputOf,
  operations,
  type ParsedInputOf,
} from "../index.ts";

const good = {
  name: "things.get",
  summary: "Read a thing",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/things/:thingId" },
  input: z.strictObject({ thingId: z.string(), depth: z.number().default(1) }),
  output: z.object({ thing: z.string() }),
  errors: ["session_not_found"],
  examples: [
    { title: "A thing", input: { thingId: "a" }, output: { thing: "a" } },
    { title: "None", input: { thingId: "b" }, error: "session_not_found" },
  ],
} as const;

test("a definition keeps what it was given", () => {
  const operation = defineOperation({ ...good });
  expect(operation.name).toBe("things.get");
  expectTypeOf(operation.name).toEqualTypeOf<"things.get">();
});

test("a path field that is not in the input is refused", () => {
  expect(() =>
    defineOperation({ ...good, http: { method: "GET", path: "/api/things/:otherId" } }),
  ).toThrow(/otherId/);
});

test("a definition without an example of failure is refused", () => {
  const [first] = good.examples;
  expect(() => defineOperation({ ...good, examples: [first, first] })).toThrow(/failure/);
});

test("an example of a failure the operation does not have is refused", () => {
  const [first] = good.examples;
  expect(() =>
    defineOperation({
      ...good,
      examples: [first, { title: "x", input: {}, error: "no_active_turn" }],
    }),
  ).toThrow(/no_active_turn/);
});

test("a name that is not group.verb, with groups in groups or not, is refused", () => {
  for (const name of ["Things", "things", "things.", "things..get"]) {
    expect(() => defineOperation({ ...good, name })).toThrow(/group\.verb/);
  }
  expect(defineOperation({ ...good, name: "things.parts.get_all" }).name).toBe(
    "things.parts.get_all",
  );
});

test("a loose input does not compile", () => {
  // @ts-expect-error the input must be a strict object
  defineOperation({ ...good, input: z.object({ thingId: z.string(), depth: z.number() }) });
});

test("inputs and outputs have the types their schemas say, and none is any", () => {
  const operation = defineOperation({ ...good });
  type Thing = typeof operation;
  expectTypeOf<InputOf<Thing>>().toEqualTypeOf<{ thingId: string; depth?: number | undefined }>();
  expectTypeOf<ParsedInputOf<Thing>>().toEqualTypeOf<{ thingId: string; depth: number }>();
  expectTypeOf<OutputOf<Thing>>().toEqualTypeOf<{ thing: string }>();

  type Send = Operations["sessions.send_message"];
  expectTypeOf<InputOf<Send>["text"]>().toEqualTypeOf<string>();
  expectTypeOf<OutputOf<Send>>().toEqualTypeOf<{
    status: "accepted";
    sessionId: string;
    turnId: string;
  }>();
  expectTypeOf<InputOf<Operations["approvals.decide"]>["decision"]>().toEqualTypeOf<
    "accept" | "decline" | "cancel"
  >();
  expectTypeOf<InputOf<Operations["sessions.create"]>>().not.toBeAny();
  expectTypeOf<OutputOf<Operations["sessions.get"]>["transcript"][number]["role"]>().toEqualTypeOf<
    "user" | "assistant" | "system"
  >();
  expectTypeOf<OutputOf<Operations["sessions.get"]>["thread"]["turns"][number]>().not.toBeAny();
});

for (const operation of Object.values(operations)) {
  test(`${operation.name}: success examples fit its schemas and invalid ones are refused by them`, () => {
    for (const example of operation.examples) {
      const input = operation.input.safeParse(example.input);
      if ("output" in example) {
        expect(input.error, example.title).toBeUndefined();
        expect(operation.output.safeParse(example.output).error, example.title).toBeUndefined();
      } else {
        expect(input.success, example.title).toBe(example.error !== "invalid_request");
      }
    }
  });

  test(`${operation.name}: an unknown field is refused`, () => {
    const fields = operation.examples.find((example) => "output" in example)!.input;
    const result = operation.input.safeParse({ ...(fields as object), surprise: 1 });
    expect(result.error?.issues[0]?.code).toBe("unrecognized_keys");
  });
}
