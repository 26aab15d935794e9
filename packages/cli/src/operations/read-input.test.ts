/** What people type becomes the operation's input, and what is wrong with it is said by name. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Command,
  type CommandField,
  commandOf,
  commandsOf,
  defineOperation,
  type OperationName,
  operations,
  toCommandLine,
} from "@signalbox/contract";
import { Command as Program } from "commander";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Shell } from "../shell.ts";
import { parseWith } from "./parse-command.ts";
import { readInput } from "./read-input.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-input-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cwd = "/home/me/project";
const shellWith = (stdin: string) => ({ readInput: async () => stdin, cwd }) as Shell;

/** The input that these words, after the command's own, stand for. */
async function inputOf(command: Command, words: readonly string[], stdin = ""): Promise<unknown> {
  const target = new Program().exitOverride().configureOutput({ outputError: () => {} });
  let input: unknown;
  parseWith(target, command, async (given) => {
    input = await readInput(command, given, shellWith(stdin));
  });
  await target.parseAsync(words, { from: "user" });
  return input;
}
const of = (name: OperationName) => commandOf(operations[name]);
const refused = (path: string, message: RegExp) =>
  expect.objectContaining({
    code: "invalid_request",
    message: expect.stringMatching(message),
    details: { issues: [expect.objectContaining({ path })] },
  });

/** Values that a field takes, the awkward ones among them. */
function valuesFor(field: CommandField): fc.Arbitrary<unknown> {
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom("-", "--", "-x", "@file", "null", "true", "5", "", " ", "{}", "a=b", "ü 🙂"),
  );
  const one: Record<CommandField["kind"], fc.Arbitrary<unknown>> = {
    text:
      field.choices !== undefined
        ? fc.constantFrom(...field.choices)
        : field.isPath
          ? fc.constantFrom("", "/", "/tmp", "/home/ü 🙂/-")
          : texts,
    number: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1.5, 2 ** 53)),
    boolean: fc.boolean(),
    json: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
    value: fc.jsonValue(),
  };
  const values = field.isList ? fc.array(one[field.kind]) : one[field.kind];
  return field.isNullable ? fc.option(values) : values;
}

test("whatever an input holds, the words made of it are read as that input again", async () => {
  const commands = commandsOf(operations);
  const inputs = fc.constantFrom(...commands).chain((command) => {
    const fields = [...command.positionals, ...command.options].filter(
      ({ path }) => path.length === 1,
    );
    const needed = fields.filter(({ isRequired }) => isRequired).map(({ path }) => path[0]!);
    const values = Object.fromEntries(fields.map((field) => [field.path[0]!, valuesFor(field)]));
    return fc.tuple(fc.constant(command), fc.record(values, { requiredKeys: needed }));
  });
  await fc.assert(
    fc.asyncProperty(inputs, async ([command, input]) => {
      const words = toCommandLine(command, input).slice(command.words.length);
      const standing = command.standsIn === undefined ? {} : { [command.standsIn]: cwd };
      const expected = { ...standing, ...JSON.parse(JSON.stringify(input)) };
      expect(await inputOf(command, words)).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

describe("places and options", () => {
  test("fill their fields, whatever their order", async () => {
    const words = ["--effort", "high", "@reviewer", "--sticky", "Look at it"];
    expect(await inputOf(of("sessions.send_message"), words)).toEqual({
      sessionId: "@reviewer",
      text: "Look at it",
      effort: "high",
      sticky: true,
    });
  });

  test("go over what --input says, and a field of an object over the whole of it", async () => {
    const input = JSON.stringify({
      sessionId: "a",
      controls: { model: "m", networkAccess: "enabled" },
    });
    const words = ["b", "--input", input, "--controls.model", "null"];
    expect(await inputOf(of("sessions.controls.apply"), words)).toEqual({
      sessionId: "b",
      controls: { model: null, networkAccess: "enabled" },
    });
  });

  test("take a text from stdin for -, and JSON from a file for @", async () => {
    expect(await inputOf(of("sessions.send_message"), ["a", "-"], "From\na pipe")).toMatchObject({
      text: "From\na pipe",
    });
    const file = join(folder, "rules.json");
    writeFileSync(file, '[{"kind":"command_approval"}]');
    expect(await inputOf(of("policies.set"), ["rules", "--rules", `@${file}`])).toMatchObject({
      rules: [{ kind: "command_approval" }],
    });
  });

  test("that name files and folders are made whole from where the command is run", async () => {
    expect(await inputOf(of("sessions.fork"), ["a", "--cwd", "../other"])).toEqual({
      sessionId: "a",
      cwd: "/home/me/other",
    });
    expect(await inputOf(of("sessions.create"), ["--developer-file", "notes.md"])).toEqual({
      folder: cwd,
      developerFile: `${cwd}/notes.md`,
    });
    expect(await inputOf(of("presets.list"), [])).toEqual({ cwd });
    expect(await inputOf(of("presets.list"), ["--cwd", "/tmp"])).toEqual({ cwd: "/tmp" });
  });

  test("take a secret from stdin, so that no list of processes shows it", async () => {
    const words = ["apiKey", "--api-key", "-"];
    expect(await inputOf(of("account.login.start"), words, "sk-1\n")).toMatchObject({
      apiKey: "sk-1",
    });
  });

  test("that may be any value are JSON, and a text where they are not", async () => {
    const set = (value: string) => inputOf(of("sessions.settings.set"), ["a", "key", value]);
    expect(await set("false")).toMatchObject({ value: false });
    expect(await set("gpt-5.4")).toMatchObject({ value: "gpt-5.4" });
    expect(await set('"5"')).toMatchObject({ value: "5" });
  });
});

describe("what is wrong is named by its place and its field", () => {
  test.each<[OperationName, readonly string[], string, RegExp]>([
    ["sessions.list", ["--limit", "many"], "limit", /^--limit: "many" is not a number/],
    [
      "sessions.create",
      ["--approval-policy", "x"],
      "approvalPolicy",
      /untrusted, on-request, never/,
    ],
    ["approvals.decide", ["req", "maybe"], "decision", /^<decision>: "maybe" is none of accept/],
    ["config.batch_set", ["--edits", "{"], "edits", /^--edits: Is not JSON/],
    ["config.batch_set", ["--edits", "@/no/such"], "edits", /\/no\/such can't be read \(ENOENT\)/],
    [
      "config.batch_set",
      ["--edits", "-", "--input", "-"],
      "edits",
      /stdin is already read for --input/,
    ],
    ["sessions.get", [], "sessionId", /^<session>: Is needed \(signalbox get --help\)/],
    ["config.set", ["a", "1"], "mergeStrategy", /^--merge-strategy: Is needed/],
    ["sessions.get", ["--input", "[]"], "", /^--input: Must be a JSON object/],
  ])("%s %j", async (name, words, path, message) => {
    await expect(inputOf(of(name), words, "{}")).rejects.toEqual(refused(path, message));
  });
});

describe("flags that stand for a mode", () => {
  const [command] = commandsOf(
    {
      "things.send": defineOperation({
        name: "things.send",
        summary: "Sends",
        intent: "write",
        idempotent: false,
        http: { method: "POST", path: "/api/things" },
        input: z.strictObject({ mode: z.enum(["start", "queue", "steer"]).default("start") }),
        output: z.object({}),
        errors: [],
        examples: [
          { title: "Sent", input: {}, output: {} },
          { title: "Refused", input: { mode: "x" }, error: "invalid_request" },
        ],
      }),
    },
    { "things.send": { modeFlags: "mode" } },
  );

  test("set it", async () => {
    expect(await inputOf(command!, ["--queue"])).toEqual({ mode: "queue" });
    expect(await inputOf(command!, ["--mode", "queue", "--queue"])).toEqual({ mode: "queue" });
  });

  test.each([[["--queue", "--steer"]], [["--queue", "--mode", "steer"]]])(
    "are refused where they say two things: %j",
    async (words) => {
      await expect(inputOf(command!, words)).rejects.toEqual(refused("mode", /give one of them/));
    },
  );
});
