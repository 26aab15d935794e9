import { type RequestRecord, requestAnswer, requestRecord } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { waysToAnswer } from "./answers.ts";
import { type Focus, initialFocus, lookAt, type Pressed, press } from "./keyboard.ts";

function question(number: number, rest: object): RequestRecord {
  return requestRecord.parse({
    requestId: `req_${number}`,
    method: "m",
    threadId: "t",
    turnId: null,
    itemId: null,
    summary: "s",
    openedAt: 0,
    deadlineAt: 1,
    authority: "owned",
    decidedBy: null,
    state: "pending",
    resolution: null,
    details: {},
    cwd: null,
    reason: null,
    ...rest,
  });
}

const userQuestion = (id: string, rest: object = {}) => ({
  id,
  header: id,
  question: id,
  isOther: false,
  isSecret: false,
  options: [
    { label: "red", description: "" },
    { label: "blue", description: "" },
  ],
  ...rest,
});

const command = question(1, {
  kind: "command_approval",
  command: "true",
  availableDecisions: null,
});
const files = question(2, { kind: "file_change_approval", paths: ["a"], grantRoot: null });
const permissions = question(3, { kind: "permissions", permissions: {} });
const input = question(4, {
  kind: "user_input",
  questions: [userQuestion("colour"), userQuestion("why", { isOther: true })],
});
const elicitation = { kind: "elicitation", serverName: "s", mode: "form", message: "m", url: null };
const form = question(5, {
  ...elicitation,
  tool: null,
  requestedSchema: {
    properties: { name: { type: "string" }, count: { type: "integer" }, yes: { type: "boolean" } },
    required: ["name"],
  },
});
const tool = question(6, { ...elicitation, tool: "delete", requestedSchema: null });
const call = question(7, {
  kind: "tool_call",
  tool: "look",
  callId: "c",
  arguments: {},
  claimant: null,
});
const other = question(8, { kind: "other" });
const all = [command, files, permissions, input, form, tool, call, other];

const named = { ENTER: "enter", ESC: "escape", BACK: "backspace", UP: "up", DOWN: "down" } as const;

/** Presses keys one after another; gives where that leads and what was to be done. */
function type(requests: readonly RequestRecord[], ...keys: readonly string[]) {
  let focus: Focus = initialFocus;
  const effects: unknown[] = [];
  for (const key of keys) {
    const name = named[key as keyof typeof named];
    const pressed: Pressed = name === undefined ? { text: key } : { text: "", name };
    const step = press(requests, lookAt(requests, focus, 0), pressed, 10_000);
    focus = step.focus;
    if (step.effect?.type === "answer") effects.push(step.effect.answer);
    else if (step.effect !== undefined) effects.push(step.effect.type);
  }
  return { focus, effects };
}

test("one key answers an approval, in every way its kind can be answered", () => {
  const decisions = (request: RequestRecord) =>
    waysToAnswer(request).choices.map(({ key }) => type([request], key).effects[0]);
  expect(decisions(command)).toEqual([
    { kind: "command_approval", decision: "accept" },
    { kind: "command_approval", decision: "accept", scope: "session" },
    { kind: "command_approval", decision: "decline" },
    { kind: "command_approval", decision: "cancel" },
  ]);
  expect(decisions(permissions)).toHaveLength(3);
  expect(decisions(tool)).toContainEqual({
    kind: "elicitation",
    action: "accept",
    content: {},
    persist: "session",
  });
  const narrow = { ...command, availableDecisions: ["accept", "cancel"] };
  expect(type([narrow as RequestRecord], "s").effects).toEqual([]);
});

test("every answer a key can give is one the hub takes", () => {
  for (const request of all) {
    const { choices, form } = waysToAnswer(request);
    expect(choices.length + (form === undefined ? 0 : 1)).toBeGreaterThan(0);
    for (const { answer } of choices) {
      expect(requestAnswer.safeParse(answer).success, request.kind).toBe(true);
      expect(answer.kind).toBe(request.kind);
    }
    if (form === undefined) continue;
    const values = form.fields.map(({ options }) => options[0] ?? "1");
    expect(requestAnswer.safeParse(form.toAnswer(values)).success, request.kind).toBe(true);
  }
});

test("questions are filled in one after another, by number or by text, and can be left", () => {
  expect(type([input], "1", ..."mine", "ENTER").effects).toEqual([
    {
      kind: "user_input",
      answers: { colour: { answers: ["red"] }, why: { answers: ["mine"] } },
    },
  ]);
  // The first question takes nothing but its options.
  const stuck = type([input], "t", "x", "ENTER");
  expect([stuck.effects, stuck.focus.notice]).toEqual([[], "Choose one of them by its number."]);
  expect(type([input], "t", "2", "x", "ESC", "1", "2").effects).toEqual([
    { kind: "user_input", answers: { colour: { answers: ["red"] }, why: { answers: ["blue"] } } },
  ]);
  expect(type([call], "t", ..."abc", "BACK", "ENTER").effects).toEqual([
    { kind: "tool_call", text: "ab" },
  ]);
});

test("a form's fields become what their schema says, and one that does not fit sends nothing", () => {
  const filled = type([form], "t", "n", "ENTER", "4", "2", "ENTER", "1");
  expect(filled.effects).toEqual([
    { kind: "elicitation", action: "accept", content: { name: "n", count: 42, yes: true } },
  ]);
  const wrong = type([form], "t", "n", "ENTER", "x", "ENTER", "2");
  expect(wrong.effects).toEqual([]);
  expect(wrong.focus.notice).toMatch(/count must be a whole number\. Nothing was sent\./);
});

test("letters that are commands are letters while something is typed, and ctrl-c always leaves", () => {
  expect(type([call], "t", "q", "a", "d", "ENTER").effects).toEqual([
    { kind: "tool_call", text: "qad" },
  ]);
  expect(type([call], "q").effects).toEqual(["quit"]);
  const typing = type([call], "t").focus;
  expect(press([call], typing, { text: "", name: "interrupt" }, 0).effect).toEqual({
    type: "quit",
  });
});

test("a key answers the question that is looked at, also when others come and go", () => {
  const { focus } = type([command, files, permissions], "DOWN");
  const both = [permissions, files];
  const step = press(both, lookAt(both, focus, 10_000), { text: "d" }, 10_000);
  expect(step.effect).toMatchObject({ request: { requestId: "req_2" } });
  expect(type([command, files], "DOWN", "DOWN", "UP", "d").effects).toEqual([
    { kind: "command_approval", decision: "decline" },
  ]);
  expect(type([], "a", "UP", "DOWN", "t", "ENTER").effects).toEqual([]);
});

test("a key that was meant for a question that is gone does not answer the one in its place", () => {
  const { focus } = type([command, files], "DOWN");
  const left = [command];
  const moved = lookAt(left, focus, 20_000);
  expect(moved).toMatchObject({ requestId: "req_1", replacedAt: 20_000 });
  const early = press(left, moved, { text: "a" }, 20_699);
  expect(early.effect).toBeUndefined();
  expect(early.focus.notice).toContain("look at this one first");
  expect(press(left, early.focus, { text: "a" }, 20_700).effect).toMatchObject({
    request: { requestId: "req_1" },
  });
});

test("what is pasted fills a field, and answers nothing", () => {
  const pasted: Pressed = { text: "a", name: "paste" };
  const looked = lookAt([command], initialFocus, 0);
  expect(press([command], looked, pasted, 10_000).effect).toBeUndefined();
  const { focus } = type([input], "1");
  const filled = press([input], focus, { text: "1", name: "paste" }, 10_000).focus;
  expect(filled.filling?.draft).toBe("1");
});

test("whatever is pressed, only a key of the question says yes to it", () => {
  const keys = fc.array(
    fc.oneof(
      fc.constantFrom("d", "c", "j", "k", "x", "?", " ", "UP", "DOWN", "ESC", "BACK"),
      fc.string({ maxLength: 3 }),
    ),
    { size: "max", maxLength: 40 },
  );
  fc.assert(
    fc.property(keys, (pressed) => {
      const refusing = pressed.filter((key) => !["a", "s"].includes(key));
      for (const effect of type([command, files, permissions, tool], ...refusing).effects) {
        expect(JSON.stringify(effect)).not.toContain("accept");
      }
    }),
  );
});

test("a question that another client answers has no keys to answer it here", () => {
  const theirs = { ...command, authority: "attached", deadlineAt: null } as const;
  expect(waysToAnswer(theirs)).toEqual({ choices: [], form: undefined });
  const focus = lookAt([theirs], initialFocus, 0);
  for (const text of ["a", "s", "d", "c", "t"]) {
    expect(press([theirs], focus, { text }, 10_000).effect).toBeUndefined();
  }
});
