import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCursor, parseCursor } from "../index.ts";

test("a cursor names the position it was made of", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9a-z]{1,64}$/),
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      (epoch, seq) => {
        expect(parseCursor(formatCursor({ epoch, seq }))).toEqual({ epoch, seq });
      },
    ),
  );
});

test("anything else is refused with its code", () => {
  for (const text of [
    "",
    "a",
    ":1",
    "a:",
    "a:-1",
    "a:1.5",
    "a:01",
    "A:1",
    "a:b:1",
    "a:99999999999999999",
  ]) {
    expect(() => parseCursor(text), text).toThrow(
      expect.objectContaining({ code: "invalid_cursor" }),
    );
  }
});
