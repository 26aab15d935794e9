import { triggerGuards, triggerWhen } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Link, roundThrough } from "./loops.ts";

function link(from: string, to: string, more: { when?: object; guards?: object } = {}): Link {
  return {
    sessionId: from,
    when: triggerWhen.parse(more.when ?? { type: "turn" }),
    action: { type: "send", mode: "queue", text: "Go on", sessionId: to },
    guards: triggerGuards.parse(more.guards ?? {}),
  };
}

test.each([
  { type: "turn" },
  { type: "idle_for", seconds: 1 },
  { type: "request" },
  { type: "event", types: ["app_server.item.completed"] },
])("a trigger of %j that speaks to its own session goes round", (when) => {
  expect(roundThrough(link("a", "a", { when }), [])).toEqual(["a", "a"]);
});

test.each([{ maxPerHour: 1 }, { minIntervalSeconds: 1 }])("the guard %j bounds it", (guards) => {
  expect(roundThrough(link("a", "a", { guards }), [])).toBeUndefined();
  expect(roundThrough(link("a", "b"), [link("b", "a", { guards })])).toBeUndefined();
});

test.each([
  { type: "interval", seconds: 1 },
  { type: "cron", expression: "* * * * *" },
  { type: "webhook" },
])("a trigger of %j is set off by no session", (when) => {
  expect(roundThrough(link("a", "a", { when }), [])).toBeUndefined();
});

test("what posts or answers goes round nowhere", () => {
  const { sessionId, when, guards } = link("a", "a");
  const action = {
    type: "post",
    url: "http://localhost",
    headerNames: [],
  } satisfies Link["action"];
  expect(roundThrough({ sessionId, when, guards, action }, [])).toBeUndefined();
});

test("a round over several sessions is named", () => {
  expect(roundThrough(link("a", "b"), [link("b", "c"), link("b", "d"), link("d", "a")])).toEqual([
    "a",
    "b",
    "d",
    "a",
  ]);
});

test("triggers that were let in one after another never go round", () => {
  const session = fc.constantFrom("a", "b", "c", "d", "e");
  fc.assert(
    fc.property(fc.array(fc.tuple(session, session), { size: "max", maxLength: 30 }), (pairs) => {
      const kept: Link[] = [];
      for (const [from, to] of pairs) {
        const added = link(from, to);
        if (roundThrough(added, kept) === undefined) kept.push(added);
        else expect(reaches(to, from, kept)).toBe(true);
      }
      for (const { sessionId } of kept) {
        const on = kept.filter((one) => one.sessionId === sessionId);
        expect(on.some((one) => reaches(targetOf(one), sessionId, kept))).toBe(false);
      }
    }),
  );
});

const targetOf = ({ action, sessionId }: Link) =>
  action.type === "send" ? (action.sessionId ?? sessionId) : sessionId;

/** Whether one session comes to another, looked up step by step. */
function reaches(from: string, to: string, links: readonly Link[]): boolean {
  const seen = new Set([from]);
  for (let size = 0; size < seen.size; ) {
    size = seen.size;
    for (const one of links) if (seen.has(one.sessionId)) seen.add(targetOf(one));
  }
  return seen.has(to);
}

test("what tells by message goes round, unless it tells once; what is left in an inbox does not", () => {
  const tells = (from: string, to: string, deliver: "inbox" | "message", once = false): Link => ({
    ...link(from, to, { guards: { once } }),
    action: { type: "notice", to, deliver },
  });
  const there = tells("a", "b", "message");
  expect(roundThrough(tells("b", "a", "message"), [there])).toEqual(["b", "a", "b"]);
  expect(roundThrough(link("b", "a"), [there])).toEqual(["b", "a", "b"]);
  expect(roundThrough(tells("b", "a", "message", true), [there])).toBeUndefined();
  expect(roundThrough(tells("b", "a", "inbox"), [there])).toBeUndefined();
});
