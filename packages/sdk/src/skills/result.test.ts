import { describe, expect, it } from "vitest";
import { toSkillAnswer } from "./result.ts";

const text = (value: string) => ({
  success: true,
  contentItems: [{ type: "inputText", text: value }],
});

describe("toSkillAnswer", () => {
  it("gives a text as it is, also an empty one", () => {
    expect(toSkillAnswer("a")).toEqual(text("a"));
    expect(toSkillAnswer("")).toEqual(text(""));
  });

  it("gives other values as JSON, and nothing as null", () => {
    expect(toSkillAnswer({ a: [1] })).toEqual(text('{"a":[1]}'));
    expect(toSkillAnswer(undefined)).toEqual(text("null"));
    expect(toSkillAnswer(0)).toEqual(text("0"));
  });

  it("takes a whole answer with content items and its own success", () => {
    const contentItems = [{ type: "inputImage", imageUrl: "data:image/png;base64,AA==" }] as const;
    expect(toSkillAnswer({ success: false, contentItems })).toEqual({
      success: false,
      contentItems,
    });
    expect(toSkillAnswer({ contentItems: [] })).toEqual({ success: true, contentItems: [] });
  });

  it("refuses what is no item and what JSON can't say", () => {
    expect(() => toSkillAnswer({ contentItems: [{ type: "inputVideo" }] })).toThrow(
      /contentItems\[0\]/,
    );
    expect(() => toSkillAnswer(10n)).toThrow(TypeError);
    expect(() => toSkillAnswer(() => 1)).toThrow(/function/);
  });
});
