import type { Operations, OutputOf } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import { assistantReplyOf, turnEndOf } from "./turn-outcome.ts";

type Session = OutputOf<Operations["sessions.get"]>;

/** What of a session's answer is looked at. */
function answer(parts: {
  activeTurnId?: string | null;
  turns?: { id: string; status: string; error?: { message: string } }[];
  transcript?: { turnId: string; role: string; status: string; content: string }[];
}): Session {
  const { activeTurnId = null, turns = [], transcript = [] } = parts;
  return { session: { activeTurnId }, thread: { turns }, transcript } as unknown as Session;
}

describe("turnEndOf", () => {
  it("gives the end of a turn with its error", () => {
    const turns = [
      { id: "a", status: "completed" },
      { id: "b", status: "failed", error: { message: "no model" } },
    ];
    expect(turnEndOf(answer({ turns }), "a")).toEqual({
      turnId: "a",
      status: "completed",
      error: null,
    });
    expect(turnEndOf(answer({ turns }), "b")?.error).toEqual({ message: "no model" });
  });

  it("gives none for a turn that runs, whatever the thread says of it, and for an unknown one", () => {
    const turns = [{ id: "a", status: "interrupted" }];
    expect(turnEndOf(answer({ turns, activeTurnId: "a" }), "a")).toBeUndefined();
    expect(turnEndOf(answer({ turns: [{ id: "a", status: "inProgress" }] }), "a")).toBeUndefined();
    expect(turnEndOf(answer({ turns }), "b")).toBeUndefined();
  });
});

describe("assistantReplyOf", () => {
  it("gives the last whole thing that was said in the turn, and nothing else", () => {
    const said = (turnId: string, content: string, rest = {}) => ({
      turnId,
      content,
      role: "assistant",
      status: "complete",
      ...rest,
    });
    const transcript = [
      said("a", "first"),
      said("a", "second"),
      said("a", "  "),
      said("a", "asked", { role: "user" }),
      said("a", "half", { status: "streaming" }),
      said("b", "another turn"),
    ];
    expect(assistantReplyOf(answer({ transcript }), "a")).toBe("second");
    expect(assistantReplyOf(answer({ transcript }), "c")).toBeNull();
  });
});
