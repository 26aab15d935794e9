import { expect, test } from "vitest";
import { checkText, longestText, longestValue, renderText } from "./render.ts";

const facts = (payload: unknown) => ({
  event: { type: "webhook", threadId: null, seq: null, at: 5, payload },
  trigger: { id: "trg_1", name: "Build" },
  firing: { id: "fir_1", at: "2026-01-01T00:00:00.000Z" },
});

test("placeholders are filled in from the event, the trigger and the firing; what is not there is empty", () => {
  const text =
    "{{trigger.name}} ({{ firing.id }}): {{event.payload.branch}}, {{event.payload.files}}, {{event.payload.no}}!";
  expect(renderText(text, facts({ branch: "main", files: ["a", "b"] }))).toBe(
    'Build (fir_1): main, ["a","b"], !',
  );
});

test("what is put in is not looked at for placeholders or patterns of its own", () => {
  expect(renderText("{{event.payload.a}}", facts({ a: "{{trigger.id}} $& $1" }))).toBe(
    "{{trigger.id}} $& $1",
  );
});

test("values and texts are cut at their limits", () => {
  const value = (length: number) =>
    renderText("{{event.payload.a}}", facts({ a: "x".repeat(length) }));
  expect(value(longestValue)).toBe("x".repeat(longestValue));
  expect(value(longestValue + 1)).toBe(`${"x".repeat(longestValue - 1)}…`);
  const many = "{{event.payload.a}}".repeat(20);
  expect(renderText(many, facts({ a: "x".repeat(longestValue) }))).toHaveLength(longestText);
});

test.each(["{{payload.x}}", "{{event}}", "{{event.secrets}}", "{{}}", "{{trigger.secret}}"])(
  "the placeholder %s is refused, and the field named",
  (text) => {
    expect(() => checkText(`Look: ${text}`, "action.text")).toThrow(
      expect.objectContaining({ message: expect.stringContaining("action.text: ") }),
    );
  },
);

test("texts with braces that are no placeholders stay as they are", () => {
  const text = "{ a: {b} } }} {{";
  checkText(text, "action.text");
  expect(renderText(text, facts(null))).toBe(text);
});
