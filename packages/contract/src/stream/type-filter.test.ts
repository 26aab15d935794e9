import fc from "fast-check";
import { expect, test } from "vitest";
import { createTypeMatcher, matchesThread, typePatterns } from "../index.ts";

test("a pattern is an exact type or a prefix ending in *", () => {
  const matches = createTypeMatcher(["app_server.turn.*", "request.opened"]);
  expect(matches("app_server.turn.started")).toBe(true);
  expect(matches("app_server.turning")).toBe(false);
  expect(matches("request.opened")).toBe(true);
  expect(matches("request.opened.late")).toBe(false);
  expect(createTypeMatcher(undefined)("anything")).toBe(true);
  expect(createTypeMatcher(["*"])("anything")).toBe(true);
});

test("more patterns never let less through", () => {
  const type = fc.stringMatching(/^[a-c.]{1,6}$/);
  const pattern = fc.tuple(type, fc.constantFrom("", "*")).map(([text, star]) => text + star);
  fc.assert(
    fc.property(fc.array(pattern), fc.array(pattern), type, (some, more, candidate) => {
      const few = createTypeMatcher(some)(candidate);
      const many = createTypeMatcher([...some, ...more])(candidate);
      expect(many || !few).toBe(true);
      expect(many).toBe(few || createTypeMatcher(more)(candidate));
    }),
  );
});

test("patterns with a star inside, commas or blanks are refused", () => {
  for (const bad of ["a*b", "a,b", "a b", "", "**"]) {
    expect(typePatterns.safeParse([bad]).success, bad).toBe(false);
  }
  expect(typePatterns.safeParse([]).success).toBe(false);
});

test("a thread filter lets its own events and the runtime's facts through", () => {
  expect(matchesThread({ type: "session.created", threadId: "a" }, null)).toBe(true);
  expect(matchesThread({ type: "session.created", threadId: "a" }, "a")).toBe(true);
  expect(matchesThread({ type: "session.created", threadId: "a" }, "b")).toBe(false);
  expect(matchesThread({ type: "runtime.exited", threadId: null }, "b")).toBe(true);
  expect(matchesThread({ type: "app_server.config_warning", threadId: null }, "b")).toBe(false);
});
