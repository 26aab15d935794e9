import type { ThreadItem } from "@signalbox/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finalText } from "./turn-result.ts";

const said = (text: string, phase?: string | null) =>
  ({
    type: "agentMessage",
    id: text,
    text,
    ...(phase === undefined ? {} : { phase }),
  }) as ThreadItem;
const other = { type: "reasoning", id: "r", summary: [], content: [] } as unknown as ThreadItem;

describe("the answer among a turn's items", () => {
  test("is the last final answer, whatever is said without a phase or as commentary around it", () => {
    const items = [
      said("a"),
      said("x", "final_answer"),
      said("y", "final_answer"),
      said("b"),
      said("c", "commentary"),
    ];
    expect(finalText(items)).toBe("y");
  });

  test("is the last message without a phase where there is no final answer", () => {
    expect(finalText([said("a"), said("b", null), other, said("c", "commentary")])).toBe("b");
  });

  test("may be empty, and then is not the one before it", () => {
    expect(finalText([said("a"), said("")])).toBe("");
    expect(finalText([said("a"), said("", "final_answer"), said("b")])).toBe("");
  });

  test("is null where there is only commentary, or a phase of a later codex, or nothing", () => {
    expect(finalText([])).toBeNull();
    expect(finalText([other, said("a", "commentary"), said("b", "someday")])).toBeNull();
  });

  test("is always one of the things the agent said", () => {
    const item = fc
      .tuple(fc.string(), fc.constantFrom("final_answer", "commentary", null, undefined))
      .map(([text, phase]) => said(text, phase));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const text = finalText(items);
        const texts = items.flatMap((one) =>
          one.type === "agentMessage" && one.phase !== "commentary" ? one.text : [],
        );
        if (texts.length === 0) expect(text).toBeNull();
        else expect(texts).toContain(text);
      }),
    );
  });
});
