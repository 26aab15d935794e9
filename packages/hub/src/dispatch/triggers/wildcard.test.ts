import fc from "fast-check";
import { expect, test } from "vitest";
import { longestText, wildcard } from "./wildcard.ts";

/** What a pattern means, said by a regular expression. */
function asExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("\\*", "[^]*").replaceAll("\\?", "[^]")}$`);
}

test("a star is any text, a question mark one character, and everything else itself", () => {
  const few = fc.constantFrom("a", "b", ".", "\n");
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(few, fc.constantFrom("*", "?")), maxLength: 8 }),
      fc.string({ unit: few, maxLength: 12 }),
      (pattern, text) => {
        expect(wildcard(pattern, text)).toBe(asExpression(pattern).test(text));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("patterns that hang a regular expression end", () => {
  expect(wildcard("*a".repeat(50), "a".repeat(longestText))).toBe(true);
  expect(wildcard(`${"*a".repeat(50)}b`, "a".repeat(longestText))).toBe(false);
});

test("a text longer than is looked at matches nothing", () => {
  expect(wildcard("*", "a".repeat(longestText))).toBe(true);
  expect(wildcard("*", "a".repeat(longestText + 1))).toBe(false);
});
