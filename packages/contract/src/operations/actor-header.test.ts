import fc from "fast-check";
import { expect, test } from "vitest";
import { actorHeader, fromActorHeader, toActorHeader } from "./actor-header.ts";

test("an actor of any name arrives as it was given, but for blanks around it", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(
      name.filter((text) => text.trim() !== ""),
      (text) => {
        const value = toActorHeader(text);
        expect(value).toMatch(/^[\x21-\x7e]+$/);
        expect(fromActorHeader(value)).toBe(text.trim());
      },
    ),
  );
  expect(toActorHeader("ann@example.org")).toBe("ann%40example.org");
  expect(fromActorHeader("ann@example.org")).toBe("ann@example.org");
});

test("an actor has 200 characters at most, and what can't be one is refused by the header's name", () => {
  expect(fromActorHeader("x".repeat(200))).toHaveLength(200);
  for (const value of ["x".repeat(201), "", " ", "50%"]) {
    expect(() => fromActorHeader(value), value).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        details: { issues: [{ path: actorHeader, message: expect.any(String) }] },
      }),
    );
  }
  expect(() => toActorHeader(" ")).toThrow(/x-signalbox-actor/);
});
