import { createTypeMatcher, typePatterns } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactPatterns, includesViews } from "./wanted-types.ts";

describe("compactPatterns", () => {
  it("drops doubles and what a prefix covers", () => {
    expect(compactPatterns(["b.c", "a.*", "a.b", "b.c", "a.b.*"])).toEqual(["a.*", "b.c"]);
  });

  it("asks for nothing when nothing is wanted", () => {
    const matches = createTypeMatcher(compactPatterns([]));
    expect(["session.created", "notification", "app_server.turn.started"].some(matches)).toBe(
      false,
    );
  });

  it("lets names from app-server give way to their prefix past what a subscription may name", () => {
    const names = Array.from({ length: 300 }, (_, index) => `app_server.item.kind_${index}`);
    expect(compactPatterns([...names, "session.created"])).toEqual([
      "app_server.*",
      "session.created",
    ]);
  });

  it("covers exactly what the patterns did, in a form the contract takes", () => {
    const name = fc.stringMatching(/^[a-c](\.[a-c]){0,3}$/);
    const pattern = fc.oneof(
      name,
      name.map((prefix) => `${prefix}*`),
    );
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 20 }), name, (patterns, type) => {
        const compact = compactPatterns(patterns);
        expect(typePatterns.safeParse(compact).success).toBe(true);
        expect(createTypeMatcher(compact)(type)).toBe(createTypeMatcher(patterns)(type));
      }),
    );
  });
});

describe("includesViews", () => {
  it("knows views by name and by prefix, and that every event means no view", () => {
    for (const patterns of [["transcript_updated"], ["a.b", "tool_call_*"], ["*", "approval"]]) {
      expect(includesViews(patterns)).toBe(true);
    }
    for (const patterns of [undefined, [], ["*"], ["app_server.*", "session.created"]]) {
      expect(includesViews(patterns)).toBe(false);
    }
  });
});
