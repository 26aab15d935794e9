import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  commandOf,
  commandsOf,
  defineOperation,
  type Operation,
  operations,
  toCommandLine,
} from "../index.ts";

const define = (name: `${string}.${string}`, shape: z.core.$ZodLooseShape, path = `/api/${name}`) =>
  defineOperation({
    name,
    summary: "Does it",
    intent: "write",
    idempotent: false,
    http: { method: "POST", path: path as `/${string}` },
    input: z.strictObject(shape),
    output: z.object({}),
    errors: [],
    examples: [
      { title: "Done", input: {}, output: {} },
      { title: "Refused", input: { b: 1 }, error: "invalid_request" },
    ] as never,
  }) as unknown as Operation;
const wordsOf = (name: string) =>
  commandsOf({ [name]: define(name as "a.b", {}) }, {})[0]?.words.join(" ");
const option = (shape: z.core.$ZodLooseShape, flag: string) =>
  commandOf(define("things.do", shape)).options.find((one) => one.flag === flag);

describe("the words of a command", () => {
  test.each([
    ["sessions.archive", "archive"],
    // The live view has the word alone.
    ["sessions.watch", "session watch"],
    ["sessions.goal.set", "goal set"],
    ["sessions.background_terminals.clean", "background-terminals clean"],
    ["queue.list", "queue list"],
    ["triggers.create", "trigger add"],
    ["triggers.delete", "trigger rm"],
    ["policies.check", "policy check"],
    ["tool_calls.respond", "tool-call respond"],
    ["skills.remote.get", "skill remote-get"],
  ])("of %s are %s", (name, words) => {
    expect(wordsOf(name)).toBe(words);
  });

  test("of every operation are one or two, and say nothing twice", () => {
    const all = commandsOf(operations);
    expect(all.map(({ operation }) => operation.name)).toEqual(Object.keys(operations));
    expect(all.filter(({ words }) => words.length < 1 || words.length > 2)).toEqual([]);
    expect(
      all.flatMap(({ words }) => words).filter((word) => !/^[a-z]+(-[a-z]+)*$/.test(word)),
    ).toEqual([]);
  });

  test.each([
    [{ words: ["do"] }, { words: ["do"] }],
    [{ words: ["do"] }, { words: ["do", "it"] }],
  ])("that stand in each other's way are refused: %j and %j", (one, other) => {
    const ops = { "a.b": define("a.b", {}), "a.c": define("a.c", {}) };
    expect(() => commandsOf(ops, { "a.b": one, "a.c": other })).toThrow(/a\.b.*a\.c|a\.c.*a\.b/);
  });
});

describe("what stands in places", () => {
  const places = (shape: z.core.$ZodLooseShape, path?: string) =>
    commandOf(define("things.do", shape, path)).positionals.map(({ name }) => name);

  test("is what the route names, then the texts that are needed", () => {
    const shape = { title: z.string(), note: z.string().optional(), sessionId: z.string() };
    expect(places(shape, "/api/sessions/:sessionId/things")).toEqual(["session", "title"]);
  });

  test("is no choice, no flag, no object and nothing that may be left out", () => {
    const shape = {
      a: z.enum(["x"]),
      b: z.boolean(),
      c: z.strictObject({}),
      d: z.number().default(1),
    };
    expect(places(shape)).toEqual([]);
  });

  test("is only what the route names where that would be more than three", () => {
    const texts = { a: z.string(), b: z.string(), c: z.string() };
    expect(places({ id: z.string(), ...texts }, "/api/things/:id")).toEqual(["id"]);
    expect(places(texts)).toEqual(["a", "b", "c"]);
  });

  test("ends with a list, where one is needed", () => {
    expect(places({ words: z.array(z.string()), name: z.string() })).toEqual(["name", "words"]);
  });

  test("that its words name and the input does not have is refused", () => {
    const ops = { "a.b": define("a.b", {}) };
    expect(() => commandsOf(ops, { "a.b": { positionals: ["ghost"] } })).toThrow(/a\.b.*ghost/);
  });
});

describe("an option", () => {
  test.each([
    [z.string(), { kind: "text" }],
    [z.number().int(), { kind: "number" }],
    [z.boolean(), { kind: "boolean" }],
    [z.enum(["a", "b"]), { kind: "text", choices: ["a", "b"] }],
    [z.string().nullable(), { kind: "text", isNullable: true }],
    [z.array(z.string()), { kind: "text", isList: true }],
    [z.array(z.strictObject({ a: z.string() })), { kind: "json", isList: false }],
    [z.record(z.string(), z.string()), { kind: "json" }],
    [z.unknown(), { kind: "value" }],
    [
      z.union([z.enum(["a"]), z.strictObject({ b: z.string() })]),
      { kind: "value", choices: undefined },
    ],
    [z.number().default(7), { kind: "number", default: 7 }],
    [z.string().describe("For people"), { description: "For people" }],
    [z.string().meta({ format: "password" }), { isSecret: true }],
  ])("says how its value is written: %#", (schema, said) => {
    const shape = { box: z.strictObject({ someField: schema as z.ZodType }) };
    expect(option(shape, "--box.some-field")).toMatchObject(said as object);
  });

  test("is there for each field of an object, and for the whole of it", () => {
    const shape = { limits: z.strictObject({ maxSize: z.number() }) };
    expect(option(shape, "--limits.max-size")).toMatchObject({
      path: ["limits", "maxSize"],
      kind: "number",
    });
    expect(option(shape, "--limits")).toMatchObject({ kind: "json", isRequired: true });
  });

  test("of an object that can be one of several has what any of them has", () => {
    const when = z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("cron"), at: z.string() }),
      z.strictObject({ type: z.literal("interval"), at: z.number() }),
    ]);
    expect(option({ when }, "--when.type")).toMatchObject({ choices: ["cron", "interval"] });
    expect(option({ when }, "--when.at")).toMatchObject({ kind: "value", choices: undefined });
  });

  test("of a list is named after one entry, and can be given again", () => {
    expect(option({ presets: z.array(z.string()).optional() }, "--preset")).toMatchObject({
      path: ["presets"],
      isList: true,
    });
  });

  test("of a list whose name is one already keeps it", () => {
    const shape = { when: z.strictObject({ status: z.array(z.enum(["a"])) }) };
    expect(option(shape, "--when.status")).toMatchObject({ isList: true, choices: ["a"] });
  });

  test("that every command has is taken", () => {
    expect(() => option({ profile: z.string().optional() }, "--profile")).toThrow(
      /--profile of things\.do is taken/,
    );
  });

  test("for who acts is none of its own, but where what somebody did is looked for", () => {
    expect(option({ actor: z.string().optional() }, "--actor")).toBeUndefined();
    expect(commandOf(operations["audit.list"]).options.map(({ flag }) => flag)).toContain("--by");
  });
});

test("each choice of a mode is a flag", () => {
  const [command] = commandsOf(
    { "a.b": define("a.b", { mode: z.enum(["start", "queue"]).default("start") }) },
    { "a.b": { modeFlags: "mode" } },
  );
  expect(toCommandLine(command!, { mode: "queue" }).slice(2)).toEqual(["--queue"]);
  expect(command?.modeFlags).toEqual([
    { flag: "--start", field: "mode", value: "start" },
    { flag: "--queue", field: "mode", value: "queue" },
  ]);
});

test("a list in pages says how many entries a page has", () => {
  expect(commandOf(operations["sessions.list"]).pageSize).toBe(200);
  expect(commandOf(operations["projects.list"]).pageSize).toBeUndefined();
});
