/** What becomes of messages, decided on plain values. */
import { describe, expect, test } from "vitest";
import {
  emptyQueue,
  ended,
  idle,
  lost,
  said,
  shown,
  taken,
} from "../../../fixtures/queue-inputs.ts";
import { decide, nextOf, type QueueInput } from "./queue.ts";

/** The queue after these, and everything that was told. */
function after(...inputs: QueueInput[]) {
  let queue = emptyQueue;
  const told: string[] = [];
  for (const [at, input] of inputs.entries()) {
    const decided = decide(queue, input, at);
    queue = decided.queue;
    told.push(...decided.facts.map(({ type, message: of }) => `${of.messageId} ${type}`));
  }
  return { queue, told, waiting: queue.waiting.map(({ messageId }) => messageId) };
}

describe("holds", () => {
  test.each([
    ["failed", "turn_failed"],
    ["interrupted", "turn_interrupted"],
  ])("a turn that %s holds what waits, and says by which turn", (status, reason) => {
    const { queue } = after(said("a"), said("b"), idle, taken("a"), ended("a", status));
    expect(queue.hold).toMatchObject({ reason, since: 4, turnId: "turn of a", messageId: "a" });
    expect(nextOf(queue)).toBeUndefined();
  });

  describe("an interrupted message", () => {
    const why = (...inputs: QueueInput[]) => {
      const { queue } = after(said("a"), idle, taken("a"), ...inputs);
      const end = { type: "turn_ended", turnId: "turn of a", status: "interrupted" } as const;
      return (error: string | null) =>
        decide(queue, { ...end, error }, 3).facts[0]?.message.error?.message ?? null;
    };

    test("of whose turn Codex has no record says so", () => {
      expect(why()("No record")).toBe("No record");
      expect(why(shown("a"))("No record")).toBe("No record");
    });

    test("that Codex never told of in its turn says so, and none that it did", () => {
      expect(why()(null)).toContain("before it told that it took this message up");
      expect(why(shown("a"))(null)).toBeNull();
      expect(why(shown("a"), taken("a"))(null)).toBeNull();
    });

    test("that was context says nothing, since Codex never tells of it", () => {
      const told = said("a", { mode: "context", state: "starting" });
      expect(after(told, taken("a"), ended("a", "interrupted")).told).toEqual([
        "a created",
        "a accepted",
        "a interrupted",
      ]);
      const { queue } = after(told, taken("a"));
      const [fact] = decide(queue, ended("a", "interrupted"), 3).facts;
      expect(fact?.message.error).toBeNull();
    });
  });

  test("nothing is held where nothing waits", () => {
    const { queue } = after(said("a"), idle, taken("a"), ended("a", "failed"));
    expect(queue.hold).toBeNull();
    expect(
      after(said("a"), idle, taken("a"), ended("a", "failed"), said("b")).queue.hold,
    ).toBeNull();
  });

  test("a hold goes with the last message that waited", () => {
    const { queue } = after(said("a"), said("b"), idle, taken("a"), ended("a", "failed"), {
      type: "canceled",
      messageId: "b",
    });
    expect(queue.hold).toBeNull();
  });

  test("the end of a turn of another kind holds nothing", () => {
    expect(after(said("a"), ended("x", "failed")).queue.hold).toBeNull();
  });

  test("the turn that somebody cut into holds nothing, and the one who cut in is next", () => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "turn of a" });
    const { queue } = after(said("a"), said("b"), idle, taken("a"), cut, ended("a", "interrupted"));
    expect(queue.hold).toBeNull();
    expect(nextOf(queue)?.messageId).toBe("c");
  });

  test("who cuts in comes after those who cut in before", () => {
    const cut = (id: string) => said(id, { mode: "interject", interruptsTurnId: "t" });
    expect(after(said("a"), cut("b"), cut("c"), said("d")).waiting).toEqual(["b", "c", "a", "d"]);
  });

  test.each([
    ["before one that cuts in", "b", "c", "c"],
    ["behind one that only waits", "c", null, "c"],
  ])("nothing is moved %s", (_where, messageId, before, first) => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "t" });
    const { queue } = after(said("a"), said("b"), cut);
    expect(() => decide(queue, { type: "moved", messageId, before }, 9)).toThrow(
      expect.objectContaining({ code: "goes_first", details: { messageId: first } }),
    );
  });

  test("those that cut in can be moved among themselves, as can those that wait", () => {
    const cut = (id: string) => said(id, { mode: "interject", interruptsTurnId: "t" });
    const moved = (messageId: string, before: string | null) =>
      ({ type: "moved", messageId, before }) as const;
    const all = [said("a"), said("b"), cut("c"), cut("d")];
    expect(after(...all, moved("d", "c"), moved("b", "a")).waiting).toEqual(["d", "c", "b", "a"]);
    expect(after(...all, moved("c", "a"), moved("b", "a")).waiting).toEqual(["d", "c", "b", "a"]);
  });

  test("what is said again, or was put back, comes behind who cuts in", () => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "turn of b" });
    const again: QueueInput = { type: "resumed", ambiguous: "resend" };
    const start = said("b", { mode: "start", state: "starting" });
    const { waiting, queue } = after(
      ...[said("a"), idle, lost("a"), start, taken("b"), cut, again],
      ended("b", "interrupted"),
    );
    expect([waiting, queue.hold]).toEqual([["c", "a"], null]);
  });

  test("a message that was refused in its turn holds those behind it", () => {
    const refused: QueueInput = {
      type: "refused",
      messageId: "a",
      error: { code: "codex_error", message: "no" },
    };
    const { queue, told } = after(said("a"), said("b"), idle, refused);
    expect(queue.hold).toMatchObject({ reason: "refused", messageId: "a" });
    expect(told.at(-1)).toBe("a refused");
  });

  test("a message that was put back is the first again, and nothing is held", () => {
    const { queue, waiting } = after(said("a"), said("b"), idle, {
      type: "put_back",
      messageId: "a",
    });
    expect([waiting, queue.hold]).toEqual([["a", "b"], null]);
  });
});

describe("a lost answer", () => {
  test("holds even what comes later, until the message turns up", () => {
    const { queue } = after(said("a"), idle, lost("a"), said("b"));
    expect(queue.hold).toMatchObject({ reason: "ambiguous", messageId: "a" });
    expect(nextOf(queue)).toBeUndefined();
    const found = after(said("a"), idle, lost("a"), said("b"), taken("a"), ended("a", "completed"));
    expect(found.queue.hold).toBeNull();
    expect(nextOf(found.queue)?.messageId).toBe("b");
  });

  test("is still held by another when one of two turns up", () => {
    const open = { state: "starting", mode: "steer" } as const;
    const { queue } = after(said("a", open), said("b", open), lost("a"), lost("b"), taken("a"));
    expect(queue.hold).toMatchObject({ reason: "ambiguous", messageId: "b" });
  });

  test("keep lets the queue go on and the message as it is; it may still turn up", () => {
    const kept: QueueInput = { type: "resumed", ambiguous: "keep" };
    const { queue } = after(said("a"), said("b"), idle, lost("a"), kept);
    expect(nextOf(queue)?.messageId).toBe("b");
    expect(queue.open).toMatchObject([
      { messageId: "a", state: "ambiguous", ambiguity: { kept: true } },
    ]);
    const { told } = after(said("a"), idle, lost("a"), kept, taken("a"), ended("a", "completed"));
    expect(told.slice(-2)).toEqual(["a accepted", "a completed"]);
  });

  test("resend puts it first again, in the order of before; drop gives it up", () => {
    const again: QueueInput = { type: "resumed", ambiguous: "resend" };
    expect(after(said("a"), said("b"), idle, lost("a"), again).waiting).toEqual(["a", "b"]);
    const drop: QueueInput = { type: "resumed", ambiguous: "drop" };
    const dropped = after(said("a"), said("b"), idle, lost("a"), drop);
    expect([dropped.waiting, dropped.queue.open]).toEqual([["b"], []]);
    expect(dropped.told).toContain("a canceled");
  });

  test("a message that was to steer is not sent again", () => {
    const { queue } = after(said("a", { state: "starting", mode: "steer" }), lost("a"), {
      type: "resumed",
      ambiguous: "resend",
    });
    expect(queue.open).toMatchObject([{ state: "ambiguous", ambiguity: { kept: true } }]);
  });
});

test("what was found in another turn than the answer named belongs to that turn", () => {
  const { queue } = after(said("a"), idle, taken("a", "phantom"), taken("a", "real"));
  expect(queue.open).toMatchObject([{ state: "accepted", turnId: "real" }]);
});

test.each([
  ["canceled", { type: "canceled", messageId: "a" }],
  ["edited", { type: "edited", messageId: "a", text: "x" }],
  ["moved", { type: "moved", messageId: "a", before: null }],
] as const)("a message that waits no more can't be %s", (_what, input) => {
  const { queue } = after(said("a"), idle);
  expect(() => decide(queue, input, 9)).toThrow(
    expect.objectContaining({
      code: "message_not_queued",
      details: { messageId: "a", state: "starting" },
    }),
  );
});

test("an edited message says the new text when its turn comes", () => {
  const { queue } = after(said("a"), { type: "edited", messageId: "a", text: "new" }, idle);
  expect(queue.open).toMatchObject([{ state: "starting", text: "new" }]);
});

test("a queue that is cleared is empty and free", () => {
  const { queue, told } = after(said("a"), said("b"), said("c"), idle, lost("a"), {
    type: "cleared",
  });
  expect([queue.waiting, queue.hold]).toEqual([[], null]);
  expect(told.slice(-3)).toEqual(["b canceled", "c canceled", "a ambiguous"]);
});
