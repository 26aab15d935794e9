import type { FiringCause, RequestRecord } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventView } from "../triggers/event-view.ts";
import { longestNotice, messageText, noticeText } from "./notice-text.ts";
import { questionText } from "./question-text.ts";

const about = {
  sessionId: "s",
  handle: "@builder",
  title: "Build",
  turnId: "t",
  requestId: null,
};

const cause: FiringCause = { type: "turn", seq: 1, turnId: "t", status: "completed" };
const event: EventView = {
  type: "app_server.turn.completed",
  threadId: "s",
  seq: 1,
  at: 0,
  payload: { params: { turn: { id: "t", status: "completed" } } },
};

const endOf = (lastReply: string) =>
  noticeText(cause, event, {
    lastReply: () => lastReply,
    item: () => undefined,
    question: () => undefined,
  });

test("a reply of the longest length is told whole, and of one character more the end", () => {
  const whole = "a".repeat(longestNotice);
  expect(endOf(whole)).toBe(whole);
  expect(endOf(`b${whole}`)).toBe(`…${whole.slice(1)}`);
});

test("a reply is never cut within a character", () => {
  fc.assert(
    fc.property(fc.nat(3), fc.nat(3), (before, after) => {
      const reply = "x".repeat(before) + "\u{1F6A6}".repeat(longestNotice) + "y".repeat(after);
      const told = endOf(reply);
      expect(told.isWellFormed()).toBe(true);
      expect(told.length).toBeLessThanOrEqual(longestNotice);
      expect(reply.endsWith(told.slice(1))).toBe(true);
    }),
  );
});

test("whatever was said stands in a message as a quotation, and who it is from last and once", () => {
  const parts = ["--", "Signalbox,", "\n", "\r", "\u2028", "\u2029", "> ", " ", "\u{1F6A6}", "x"];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts)), (said) => {
      const text = said.join("");
      const message = messageText({ kind: "completed", about, text, triggerId: "trg" }, "done");
      const own = message.split(/[\n\r\u2028\u2029]/).filter((line) => !line.startsWith("> "));
      expect(own).toEqual([
        `@builder completed a turn${text === "" ? "." : ":"}`,
        ...(text === "" ? [] : [""]),
        "",
        "--",
        'Signalbox, about @builder (session s, turn t), by the subscription "done" (trg).',
      ]);
    }),
  );
});

const asked = {
  requestId: "req_1",
  method: "m",
  threadId: "s",
  turnId: "t",
  itemId: null,
  summary: "Run rm -rf build?",
  openedAt: 0,
  deadlineAt: 60_000,
  authority: "owned",
  decidedBy: null,
  state: "pending",
  resolution: null,
  details: {},
} as const;

test("the answers to a question are told however long the question is", () => {
  const question: RequestRecord = {
    ...asked,
    kind: "command_approval",
    command: `echo ${"x".repeat(100_000)}`,
    cwd: "/",
    reason: "y".repeat(100_000),
    availableDecisions: null,
  };
  const text = questionText(question);
  expect(text.length).toBeLessThan(longestNotice);
  expect(text).toContain("Answers: decision accept, decline, or cancel");
  expect(text).toMatch(/until 1970-01-01T00:01:00\.000Z\.$/);
});

test("of what another client's session asks it is told where it is answered, and no answer to give here", () => {
  const theirs = { ...asked, authority: "attached", deadlineAt: null } as const;
  const text = questionText({ ...theirs, kind: "user_input", questions: [] });
  expect(text.split("\n").at(-1)).toBe("It is answered in the client whose session it is.");
  expect(text).not.toContain("requests.respond");
});

test("of a question to the user each part is told with what can be chosen", () => {
  const question: RequestRecord = {
    ...asked,
    kind: "user_input",
    questions: [
      {
        id: "colour",
        header: "Colour",
        question: "Which colour?",
        isOther: true,
        isSecret: false,
        options: [
          { label: "Red", description: "" },
          { label: "Blue", description: "" },
        ],
      },
      { id: "why", header: "", question: "Why?", isOther: false, isSecret: false, options: null },
    ],
  };
  const text = questionText(question);
  expect(text).toContain("colour: Which colour? (Red | Blue | own words)");
  expect(text).toContain("why: Why? (own words)");
  expect(text).toContain(
    '"answer":{"kind":"user_input","answers":{"colour":{"answers":["Red"]},"why":{"answers":["..."]}}}',
  );
});
